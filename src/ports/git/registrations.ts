// Where git keeps what it knows of a repository's linked worktrees, read without a process.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { namesIn } from "../directory";

/** The git directories of all linked worktrees; a name that is no directory has no files to read. */
export function registrations(common: string): string[] {
  return namesIn(join(common, "worktrees")).map((name) => join(common, "worktrees", name));
}

/** The linked worktrees of a repository that are there and lie below a directory (a real path). */
export function worktreesBelow(common: string, path: string): string[] {
  return registrations(common).flatMap((dir) => {
    const gitdir = textOf(join(dir, "gitdir"));
    const worktree = gitdir === null ? "" : dirname(resolve(dir, gitdir));
    return worktree.startsWith(`${path}/`) && existsSync(worktree) ? [worktree] : [];
  });
}

/** The text of one of git's small files; null where it is not there. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch {
    return null;
  }
}
