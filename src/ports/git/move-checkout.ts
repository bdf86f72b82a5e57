// Moving a branch to another commit together with the checkout that has it: never over anything that a person has there.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Git } from "./call";
import { registrations, textOf } from "./registrations";
import { diskPath, insideOf, lookAt, parentOf } from "./import-stream";

/** A path in which two commits differ. Modes are git's: 000000 where it is absent. Paths are latin1 strings. */
export interface Change {
  path: string;
  before: string;
  after: string;
}

const ABSENT = "000000";
const GITLINK = "160000";
// Programs of the repository's own, which a look or a move must not start.
const QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "submodule.recurse=false"];

/** Throws ProcessError. */
export async function changesBetween(git: Git, cwd: string, from: string, to: string): Promise<Change[]> {
  if (from === to) return [];
  const output = await git.call(cwd, ["diff-tree", "-r", "-z", "--raw", "--no-renames", from, to, "--"], { encoding: "latin1" });
  const records = output.split("\0");
  const changes: Change[] = [];
  for (let i = 0; i + 1 < records.length; i += 2) {
    const [before = "", after = ""] = records[i]!.replace(/^:/, "").split(" ");
    changes.push({ path: records[i + 1]!, before, after });
  }
  return changes;
}

/** Paths of a checkout that differ from its HEAD as git sees it: staged, changed, untracked. Throws ProcessError. */
export async function visibleChanges(git: Git, checkout: string): Promise<Set<string>> {
  const status = await git.call(checkout, [...QUIET, "status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=none"], { encoding: "latin1" });
  const found = new Set<string>();
  for (const record of status.split("\0")) {
    const fields = { "1": 8, u: 10, "?": 1 }[record[0] ?? ""];
    if (fields !== undefined) found.add(record.split(" ").slice(fields).join(" "));
  }
  return found;
}

/** The same, and what a flag hides from git. Throws ProcessError. */
export async function localChanges(git: Git, checkout: string): Promise<Set<string>> {
  const [found, flags] = await Promise.all([visibleChanges(git, checkout), git.call(checkout, [...QUIET, "ls-files", "-z", "-v"], { encoding: "latin1" })]);
  // Lower case is assume-unchanged, S skip-worktree: git looks away from what is there, and would write over it.
  for (const record of flags.split("\0")) if (/^[a-zS] /.test(record) && lookAt(checkout, record.slice(2))) found.add(record.slice(2));
  return found;
}

/** What is there and would be lost, were these changes made in the checkout: local changes, and files that git does not know or ignores. */
export function inTheWay(checkout: string, changes: readonly Change[], local: ReadonlySet<string>, ignoreCase = false): string[] {
  const gone = new Set(changes.filter(({ after }) => after === ABSENT || after === GITLINK).map(({ path }) => path));
  const goneFolded = ignoreCase ? new Set([...gone].map((path) => path.toLowerCase())) : null;
  const isInside = insideOf(checkout);
  const blocked = new Set<string>();
  for (const { path, before, after } of changes) {
    if (local.has(path)) blocked.add(path);
    if (after === ABSENT || (before !== ABSENT && (before === GITLINK) === (after === GITLINK))) continue;
    if (before !== ABSENT && before !== GITLINK) continue;
    if (goneFolded?.has(path.toLowerCase())) continue;
    // Behind a link lies nothing of this checkout; the link itself is looked at below.
    for (const found of isInside(path) ? occupants(checkout, path) : []) if (!gone.has(found)) blocked.add(found);
    for (let part = parentOf(path); part !== ""; part = parentOf(part)) {
      const stat = lookAt(checkout, part);
      if (stat && !stat.isDirectory() && !gone.has(part)) blocked.add(part);
    }
  }
  return [...blocked];
}

/** The file at a path, or all in the directory there. */
function occupants(checkout: string, path: string): string[] {
  const stat = lookAt(checkout, path);
  if (!stat) return [];
  if (!stat.isDirectory()) return [path];
  const names = readdirSync(diskPath(checkout, path), { encoding: "buffer" }) as unknown as Buffer[];
  return names.flatMap((name) => occupants(checkout, `${path}/${name.toString("latin1")}`));
}

/** Point a branch at `to` while it is at `from`. false: it has moved. In the checkout that has it, so that HEAD's reflog knows too. */
export async function moveBranch(git: Git, cwd: string, branch: string, { from, to, reason }: { from: string; to: string; reason: string }): Promise<boolean> {
  const ran = await git.try(cwd, [...(existsSync(join(cwd, ".git")) ? [] : ["--git-dir=."]), "update-ref", "-m", reason, `refs/heads/${branch}`, to, from]);
  return ran.code === 0;
}

/**
 * Bring files and index from one commit to another. May be called again where it was cut off: what is at `to` already stays. git
 * refuses, before it writes anything, where a file differs from the index. Throws ProcessError.
 */
export async function moveFiles(git: Git, checkout: string, from: string, to: string): Promise<void> {
  if (from === to) return;
  // read-tree trusts stat data alone, which a copied checkout has lost.
  await git.try(checkout, [...QUIET, "update-index", "-q", "--refresh"]);
  await git.call(checkout, [...QUIET, "read-tree", "-m", "-u", "--no-recurse-submodules", from, to]);
}

/** What git is in the middle of in a checkout with this git directory: "merge", "rebase" …; null when in nothing. */
export function underWay(gitDir: string): string | null {
  const signs = { MERGE_HEAD: "merge", "rebase-merge": "rebase", "rebase-apply": "rebase", CHERRY_PICK_HEAD: "cherry-pick", REVERT_HEAD: "revert", BISECT_START: "bisect" };
  for (const [name, what] of Object.entries(signs)) if (existsSync(join(gitDir, name))) return what;
  return null;
}

/** Git directories of the checkouts in which a branch is checked out, or being rebased. */
export function holdersOf(common: string, branch: string): { gitDir: string; how: "checked out" | "being rebased" }[] {
  const found: { gitDir: string; how: "checked out" | "being rebased" }[] = [];
  for (const gitDir of [common, ...registrations(common)]) {
    if (textOf(join(gitDir, "HEAD")) === `ref: refs/heads/${branch}`) found.push({ gitDir, how: "checked out" });
    else if (["rebase-merge", "rebase-apply"].some((name) => textOf(join(gitDir, name, "head-name")) === `refs/heads/${branch}`)) found.push({ gitDir, how: "being rebased" });
  }
  return found;
}

/** Whether the repository treats names that differ in case alone as one. */
export async function ignoresCase(git: Git, cwd: string): Promise<boolean> {
  return (await git.try(cwd, ["config", "--type=bool", "--get", "core.ignoreCase"])).stdout.trim() === "true";
}
