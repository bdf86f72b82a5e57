// What a worktree holds that its base does not: committed, uncommitted and untracked lines. Reads only, takes no lock.
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Git, GitOptions } from "./call";

export interface MeasuredChanges {
  added: number;
  removed: number;
  /** Paths with uncommitted or untracked content; an untracked repository inside counts as one. */
  dirty: number;
  /** Paths that differ from where HEAD parted from the base, both names of a rename; of a heap only the first. */
  touched: string[];
}

/** More touched paths than these are no answer to "where": a forgotten node_modules, a tree that was reformatted. */
const MOST_TOUCHED = 300;

// A repository's fsmonitor and hooks are programs: looking must not start them.
const QUIET = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
// Plumbing: it neither refreshes the index nor follows the diff.* settings that start programs.
const NUMSTAT = ["-r", "-z", "-M", "--numstat", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty"];
// --no-renames: an entry is one path.
const STATUS = ["status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignore-submodules=dirty", "--no-renames"];

/**
 * Lines added and removed since the worktree's HEAD parted from `base` (a commit). Binary files have no lines.
 * null: no answer, because git failed or was out of time, HEAD has no commit, or nothing is shared with base.
 */
export async function measureChanges(git: Git, worktree: string, base: string): Promise<MeasuredChanges | null> {
  // A worktree that lost its .git file must not be taken for a directory of a repository around it.
  const options: GitOptions = { env: { GIT_CEILING_DIRECTORIES: dirname(worktree), GIT_NO_LAZY_FETCH: "1" } };
  const status = await git.try(worktree, [...QUIET, ...STATUS], options);
  if (status.code !== 0) return null;
  const { changed, untracked } = parseStatus(status.stdout);
  const tracked = await trackedLines(git, worktree, base, changed > 0, options);
  if (!tracked) return null;
  const { paths, ...lines } = tracked;
  return { ...lines, added: lines.added + untrackedLines(worktree, untracked), dirty: changed + untracked.length, touched: [...paths, ...untracked].slice(0, MOST_TOUCHED) };
}

type Lines = { added: number; removed: number };
type Tracked = Lines & { paths: string[] };

/** Where no tracked file is changed, two trees are compared, which spares a second look at every file. */
async function trackedLines(git: Git, worktree: string, base: string, edited: boolean, options: GitOptions): Promise<Tracked | null> {
  const diff = (...from: string[]) =>
    git.try(worktree, [...QUIET, edited ? "diff-index" : "diff-tree", ...NUMSTAT, ...from, ...(edited ? [] : ["HEAD"]), "--"], options);
  const first = await diff("--merge-base", base);
  if (first.code === 0) return sumNumstat(first.stdout);
  // Several merge bases (a criss-cross) are refused: any of them will do. None: there is nothing to measure against.
  const bases = first.timedOut ? null : await git.try(worktree, [...QUIET, "merge-base", base, "HEAD"], options);
  const chosen = bases?.code === 0 ? bases.stdout.split("\n")[0] : undefined;
  const second = chosen ? await diff(chosen) : null;
  return second?.code === 0 ? sumNumstat(second.stdout) : null;
}

/** Records of `git status --porcelain=v2 -z --no-renames`. */
export function parseStatus(output: string): { changed: number; untracked: string[] } {
  let changed = 0;
  const untracked: string[] = [];
  for (const record of output.split("\0")) {
    if (record.startsWith("? ")) untracked.push(record.slice(2));
    else if (/^[12u] /.test(record)) changed++;
  }
  return { changed, untracked };
}

/** The sum over `--numstat -z` records, and their paths: "1\t2\tpath", a rename "1\t2\t" and then both paths, "-" for binary. */
export function sumNumstat(output: string): Tracked {
  const sum: Tracked = { added: 0, removed: 0, paths: [] };
  const records = output.split("\0");
  for (let i = 0; i < records.length; i++) {
    const [, added, removed, path] = /^([^\t]*)\t([^\t]*)\t(.*)$/s.exec(records[i]!) ?? [];
    if (removed === undefined) continue;
    // A path may itself look like a record, so the two of a rename are stepped over.
    if (path === "") sum.paths.push(...records.slice(i + 1, i + 3)), (i += 2);
    else sum.paths.push(path!);
    sum.added += Number(added) || 0;
    sum.removed += Number(removed) || 0;
  }
  return sum;
}

// Beyond these an untracked heap (a forgotten node_modules) is counted as paths, but no more as lines.
const MOST_FILES = 2_000;
const MOST_BYTES = 16 * 1024 * 1024;

function untrackedLines(worktree: string, paths: readonly string[]): number {
  let lines = 0;
  let budget = MOST_BYTES;
  const buffer = paths.length > 0 ? Buffer.allocUnsafe(64 * 1024) : Buffer.alloc(0);
  for (const path of paths.slice(0, MOST_FILES)) {
    // A path that ends with a slash is a repository of its own.
    if (path.endsWith("/")) continue;
    const read = fileLines(join(worktree, path), buffer, budget);
    lines += read.lines;
    budget -= read.bytes;
    if (budget <= 0) break;
  }
  return lines;
}

/** Lines of a regular file as git counts them: 0 for a binary one (NUL in its first 8000 bytes), 1 for a symlink. */
function fileLines(file: string, buffer: Buffer, budget: number): { lines: number; bytes: number } {
  const nothing = { lines: 0, bytes: 0 };
  let fd: number;
  try {
    if (lstatSync(file).isSymbolicLink()) return { lines: 1, bytes: 0 };
    // A pipe in this place would hold the opener for ever.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return nothing;
  }
  try {
    if (!fstatSync(fd).isFile()) return nothing;
    let [lines, bytes, last] = [0, 0, 0x0a];
    for (let n = 0; bytes < budget && (n = readSync(fd, buffer, 0, buffer.length, null)) > 0; ) {
      const chunk = buffer.subarray(0, n);
      if (bytes === 0 && chunk.subarray(0, 8000).includes(0)) return { lines: 0, bytes: n };
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines++;
      bytes += n;
      last = chunk[n - 1]!;
    }
    return { lines: last === 0x0a ? lines : lines + 1, bytes };
  } catch {
    return nothing;
  } finally {
    closeSync(fd);
  }
}
