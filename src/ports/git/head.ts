// The branch that a worktree has checked out, from the two files in which git keeps it: no process for a look at fifty.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The git directory that a worktree's `.git` file names, as seen from `place`; null when it names none. Throws as reading does. */
export function pointedAt(worktree: string, place = worktree): string | null {
  const pointer = /^gitdir: (.*?)\n*$/s.exec(readFileSync(join(worktree, ".git"), "utf8"))?.[1];
  return pointer ? resolve(place, pointer) : null;
}

/** null when detached, gone, or kept in another way (reftable): then git itself must be asked. */
export function checkedOutBranch(worktree: string): string | null {
  try {
    const admin = pointedAt(worktree);
    if (!admin) return null;
    const head = readFileSync(join(admin, "HEAD"), "utf8");
    const branch = /^ref: refs\/heads\/(.+)\n$/.exec(head)?.[1];
    return branch === undefined || branch === ".invalid" ? null : branch;
  } catch {
    return null;
  }
}
