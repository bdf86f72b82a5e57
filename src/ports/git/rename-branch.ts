// A branch under another name: with its reflog, its configuration, and the checkouts that have it.
import type { Git } from "./call";

/** Throws ProcessError, also where a branch of the new name is there. */
export async function renameBranch(git: Git, cwd: string, from: string, to: string): Promise<void> {
  await git.call(cwd, ["branch", "-m", "--", from, to]);
}
