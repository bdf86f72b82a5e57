// Copies and links: what git ignores and an agent still needs (.env and the like), from the main checkout into its worktree.
import { constants, cpSync, copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { Placed } from "../../base/model";
import type { Git } from "../../ports/git/call";
import { ignoredPaths, untrackedMatching } from "../../ports/git/ignored";

export interface Candidate {
  /** Relative to the checkout. */
  path: string;
  how: "copy" | "link";
}

/** A candidate that was not placed, and why: complete sentences. */
export interface Refused {
  path: string;
  why: string;
}

/** What the patterns find in the main checkout. No git call where they find nothing. */
export async function findCandidates(git: Git, main: string, patterns: { copy: readonly string[]; link: readonly string[] }): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  const add = (path: string, how: Candidate["how"]) => {
    const clean = normalize(path).replace(/\/+$/, "");
    if (!found.has(clean)) found.set(clean, { path: clean, how });
  };
  for (const how of ["link", "copy"] as const) {
    for (const pattern of patterns[how]) for (const path of matches(main, pattern)) add(path, how);
  }
  for (const path of await included(git, main)) add(path, "copy");
  return [...found.values()];
}

function matches(main: string, pattern: string): string[] {
  if (!/[*?[{]/.test(pattern)) return existsWithin(main, pattern) ? [pattern] : [];
  return [...new Bun.Glob(pattern.replace(/\/+$/, "")).scanSync({ cwd: main, dot: true, onlyFiles: false, followSymlinks: false })];
}

function existsWithin(main: string, path: string): boolean {
  try {
    lstatSync(join(main, path));
    return true;
  } catch {
    return false;
  }
}

/** `.worktreeinclude`, in gitignore's own syntax: untracked files it matches. */
async function included(git: Git, main: string): Promise<string[]> {
  if (!existsSync(join(main, ".worktreeinclude"))) return [];
  return untrackedMatching(git, main, ".worktreeinclude");
}

/** Place candidates: only what git ignores in the worktree, never outside it, never over what is there. */
export async function place(git: Git, main: string, worktree: string, candidates: readonly Candidate[]): Promise<{ placed: Placed[]; refused: Refused[] }> {
  const placed: Placed[] = [];
  const refused: Refused[] = [];
  const inside: Candidate[] = [];
  for (const candidate of candidates) {
    const why = outside(main, worktree, candidate.path);
    if (why) refused.push({ path: candidate.path, why });
    else if (!existsWithin(worktree, candidate.path)) inside.push(candidate);
  }
  const ignored = await ignoredIn(git, worktree, main, inside);
  for (const candidate of inside) {
    if (!ignored.has(candidate.path)) {
      refused.push({ path: candidate.path, why: notIgnored(candidate) });
      continue;
    }
    const [from, to] = [join(main, candidate.path), join(worktree, candidate.path)];
    try {
      mkdirSync(dirname(to), { recursive: true });
      if (candidate.how === "link") symlinkSync(from, to);
      else copy(from, to);
      placed.push({ path: candidate.path, hash: hashOf(to) });
    } catch (error) {
      // It was not there before: what lies there is half a copy.
      rmSync(to, { recursive: true, force: true });
      refused.push({ path: candidate.path, why: `it can't be copied: ${(error as Error).message}` });
    }
  }
  return { placed, refused };
}

function notIgnored({ path, how }: Candidate): string {
  const line = `/${path}`;
  const trap = how === "link" ? "; a pattern that ends in / does not match a link" : "";
  return `git does not ignore it, so it would look like the agent's work: add the line ${line} to .gitignore${trap}`;
}

/** Both ends must be within their checkouts even when a directory on the way is a link; the worktree's way has none at all. */
function outside(main: string, worktree: string, path: string): string | null {
  if (path.startsWith("/") || path.split("/").includes("..") || path === ".git" || path.startsWith(".git/")) return "it is not a path inside the checkout";
  for (const root of [main, worktree]) {
    let parent = dirname(join(root, path));
    while (!existsSync(parent)) parent = dirname(parent);
    const real = realpathSync(parent);
    if (real !== root && !real.startsWith(`${root}/`)) return `a directory on its way is a link that leads outside: ${parent}`;
    // git answers nothing more once it is asked about a path beyond a link.
    if (root === worktree && real !== parent) return `a directory on its way is a link: ${parent}`;
  }
  return null;
}

async function ignoredIn(git: Git, worktree: string, main: string, candidates: readonly Candidate[]): Promise<Set<string>> {
  if (candidates.length === 0) return new Set();
  // A path that is not there counts as a file unless it ends in "/": exactly what a link to a directory is.
  const asked = candidates.map(({ path, how }) => (how === "copy" && isDirectory(join(main, path)) ? `${path}/` : path));
  return new Set([...(await ignoredPaths(git, worktree, asked))].map((path) => path.replace(/\/$/, "")));
}

function isDirectory(path: string): boolean {
  return lstatSync(path).isDirectory();
}

function copy(from: string, to: string): void {
  const stat = lstatSync(from);
  if (stat.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else if (stat.isDirectory()) cpSync(from, to, { recursive: true, verbatimSymlinks: true, errorOnExist: true, force: false });
  else if (stat.isFile()) copyFileSync(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  else throw new Error("neither a file, a directory nor a link");
}

/** Tells later whether somebody changed what fleet put there. Directories are not looked into: git ignores them anyway. */
export function hashOf(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return `link:${readlinkSync(path)}`;
  return stat.isDirectory() ? "directory" : Bun.hash(readFileSync(path)).toString(16);
}
