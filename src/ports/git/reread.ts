// Readers of a repo's worktrees fail now and then while another process adds or removes one (git 2.39, 2 % under load).
import type { Ran } from "../spawn";
import type { Git } from "./call";

const PAUSES_MS = [3, 10, 30, 100];

/** As git.try, asked again after a failure: once, and more often where git met a worktree half made or half removed. */
export async function tryReading(git: Git, cwd: string, args: readonly string[]): Promise<Ran> {
  for (const [i, pause] of PAUSES_MS.entries()) {
    const ran = await git.try(cwd, args);
    if (ran.code === 0 || ran.timedOut || (i > 0 && !/worktrees\//.test(ran.stderr))) return ran;
    await Bun.sleep(pause);
  }
  return git.try(cwd, args);
}
