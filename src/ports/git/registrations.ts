// Where git keeps what it knows of a repository's linked worktrees, read without a process.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { namesIn } from "../directory";

/** The git directories of all linked worktrees; a name that is no directory has no files to read. */
export function registrations(common: string): string[] {
  return namesIn(join(common, "worktrees")).map((name) => join(common, "worktrees", name));
}

/** The `.git` file of such a directory's worktree, where git last saw it; null where that was never filled in. */
export function linkOf(dir: string): string | null {
  const gitdir = textOf(join(dir, "gitdir"));
  // git ≥ 2.48 may write it relative to `dir`.
  return gitdir === null ? null : resolve(dir, gitdir);
}

/** The linked worktrees of a repository that are there and lie below a directory (a real path). */
export function worktreesBelow(common: string, path: string): string[] {
  return registrations(common).flatMap((dir) => linkOf(dir) ?? []).map(dirname).filter((worktree) => worktree.startsWith(`${path}/`) && existsSync(worktree));
}

/** The text of one of git's small files; null where it is not there. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch {
    return null;
  }
}
