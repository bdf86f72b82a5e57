// Where the skill file goes, and what it may replace there: only what fleet itself wrote and nobody edited since.
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../base/errors";
import { shellWord, visible } from "../base/text";
import { writeFileAtomic } from "../ports/store";

const FILE = "SKILL.md";

/** What lies at the place. `link` is where a symlink points. */
export interface SkillFacts {
  path: string;
  is: "nothing" | "file" | "directory" | "other";
  link: string | null;
  text: string | null;
}

export interface SkillPlan {
  path: string;
  does: "write" | "replace" | "nothing";
  /** In the present tense, for a dry run. */
  line: string;
  /** What --force writes over; null where it takes none. */
  over: string | null;
}

/** The file that is meant by a path: of a directory of skills, the one in its directory `fleet`. Throws UserError. */
export function skillPath(word: string, cwd: string): string {
  const path = resolve(cwd, word);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) return basename(path) === "fleet" && existsSync(join(path, FILE)) ? join(path, FILE) : join(path, "fleet", FILE);
  if (!there && !path.endsWith(".md")) throw new UserError(`no such directory: ${visible(word)}`, { hint: `mkdir -p ${shellWord(word)} && fleet skill install ${shellWord(word)}` });
  const parent = dirname(path);
  if (!statSync(parent, { throwIfNoEntry: false })?.isDirectory()) throw new UserError(`no such directory: ${visible(dirname(word))}`, { hint: `mkdir -p ${shellWord(dirname(word))}` });
  return path;
}

export function skillFacts(path: string): SkillFacts {
  // The directory of its own is looked at as well: a link there leads elsewhere as much as one at the file.
  const own = dirname(path);
  const folder = basename(own) === "fleet" && basename(path) === FILE ? lstatSync(own, { throwIfNoEntry: false }) : undefined;
  if (folder && !folder.isDirectory()) return { path: own, is: "other", link: folder.isSymbolicLink() ? readlinkSync(own) : null, text: null };
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat) return { path, is: "nothing", link: null, text: null };
  if (stat.isSymbolicLink()) return { path, is: "other", link: readlinkSync(path), text: null };
  if (stat.isFile()) return { path, is: "file", link: null, text: readFileSync(path, "utf8") };
  return { path, is: stat.isDirectory() ? "directory" : "other", link: null, text: null };
}

/** `originOf` tells who wrote a text. Pure. Throws UserError. */
export function planSkill(facts: SkillFacts, text: string, originOf: (text: string) => { version: string; edited: boolean } | null, force: boolean): SkillPlan {
  const { path, is, link } = facts;
  if (link !== null) throw new UserError(`a symlink is there: ${visible(path)} → ${visible(link)}`, { hint: "fleet skill install PATH, with the place that is meant" });
  if (is === "directory") throw new UserError(`a directory is where a file should be: ${visible(path)}`);
  if (is === "other") throw new UserError(`something else is there: ${visible(path)}`);
  if (is === "nothing") return { path, does: "write", line: `writes   ${visible(path)}`, over: null };
  if (facts.text === text) return { path, does: "nothing", line: `leaves   ${visible(path)}, which is the same`, over: null };
  const origin = originOf(facts.text!);
  if (origin && !origin.edited) return { path, does: "replace", line: `replaces ${visible(path)}, written by fleet ${visible(origin.version)}`, over: null };
  const whose = origin ? "fleet wrote it, and it has been edited since" : "fleet did not write it";
  if (!force) throw new UserError(`a file is there already (${whose}): ${visible(path)}`, { hint: `fleet skill install ${shellWord(path)} --force replaces it` });
  return { path, does: "replace", line: `replaces ${visible(path)}, with --force: ${whose}`, over: whose };
}

/** Throws UserError where it can't be written: a file system that is read-only or full, a directory of somebody else. */
export function writeSkill({ path, does }: SkillPlan, text: string): void {
  if (does === "nothing") return;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileAtomic(path, text, 0o644);
  } catch (error) {
    throw new UserError(`it can't be written there: ${visible(path)}`, { detail: (error as Error).message, hint: "fleet skill show >FILE" });
  }
}
