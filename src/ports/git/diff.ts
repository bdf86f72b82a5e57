// Everything that a worktree changed since a commit, untracked files too, through the user's own pager.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Git } from "./call";

/**
 * Show the difference between `base` and the worktree. Untracked files are entered in a copy of the index, so that
 * the worktree's own index stays as it is. git talks to the terminal itself. Returns its exit code.
 */
export async function showDiff(git: Git, worktree: string, base: string, flags: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "fleet-diff-"));
  const copy = join(folder, "index");
  try {
    const own = (await git.call(worktree, ["rev-parse", "--path-format=absolute", "--git-path", "index"])).trim();
    if (existsSync(own)) copyFileSync(own, copy);
    const env = { GIT_INDEX_FILE: copy };
    await git.call(worktree, ["add", "--intent-to-add", "--", ":/"], { env });
    const child = Bun.spawn(["git", "-C", worktree, "diff", ...flags, base, "--"], { env: { ...git.env, ...env }, stdio: ["inherit", "inherit", "inherit"] });
    return await child.exited;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
