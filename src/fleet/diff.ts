// An agent's change against its base.
import { existsSync } from "node:fs";
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import { mergeBase } from "../ports/git/branches";
import type { Git } from "../ports/git/call";
import { showDiff } from "../ports/git/diff";

/** Since the agent parted from its base: what came into the base later is not its change. Returns git's exit code. */
export async function diffAgent(git: Git, agent: Agent, flags: readonly string[]): Promise<number> {
  const { record } = agent;
  if (!existsSync(record.worktree)) {
    throw new UserError(`the worktree of ${oneLine(agent.branch)} is gone: ${record.worktree}`, { hint: `git -C ${shellWord(record.main)} diff ${shellWord(`${record.base.commit.slice(0, 12)}...${record.branch}`)}` });
  }
  const parted = await mergeBase(git, record.worktree, record.base.branch ?? record.base.commit, "HEAD");
  return showDiff(git, record.worktree, parted ?? record.base.commit, flags);
}
