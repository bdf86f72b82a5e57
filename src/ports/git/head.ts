// The branch that a worktree has checked out, from the two files in which git keeps it: no process for a look at fifty.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** null when detached, gone, or kept in another way (reftable): then git itself must be asked. */
export function checkedOutBranch(worktree: string): string | null {
  try {
    const pointer = /^gitdir: ([^]*?)\n?$/.exec(readFileSync(join(worktree, ".git"), "utf8"))?.[1];
    if (!pointer) return null;
    const head = readFileSync(join(pointer.startsWith("/") ? "" : worktree, pointer, "HEAD"), "utf8");
    const branch = /^ref: refs\/heads\/(.+)\n$/.exec(head)?.[1];
    return branch === undefined || branch === ".invalid" ? null : branch;
  } catch {
    return null;
  }
}
