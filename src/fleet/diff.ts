// An agent's change against its base.
import { existsSync } from "node:fs";
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import { mergeBase } from "../ports/git/branches";
import type { Git } from "../ports/git/call";
import { type ChangedFile, changedFiles, readDiff, showDiff } from "../ports/git/diff";

/** Show it through the person's own pager. Returns git's exit code. */
export async function diffAgent(git: Git, agent: Agent, flags: readonly string[]): Promise<number> {
  return showDiff(git, agent.record.worktree, await partedAt(git, agent), flags);
}

/** The same in colours, as text: how much first. */
export async function diffText(git: Git, agent: Agent): Promise<string> {
  return readDiff(git, agent.record.worktree, await partedAt(git, agent), ["--stat", "--patch", "--color=always"]);
}

/** The same as data: what `base` is the commit of. */
export async function changesOfAgent(git: Git, agent: Agent): Promise<{ id: string; branch: string; base: string; files: ChangedFile[] }> {
  const base = await partedAt(git, agent);
  return { id: agent.record.id, branch: agent.branch, base, files: await changedFiles(git, agent.record.worktree, base) };
}

/** Where the agent parted from its base: what came into the base later is not its change. */
async function partedAt(git: Git, agent: Agent): Promise<string> {
  const { record } = agent;
  if (!existsSync(record.worktree)) {
    throw new UserError(`the worktree of ${oneLine(agent.branch)} is gone: ${record.worktree}`, { hint: `git -C ${shellWord(record.main)} diff ${shellWord(`${record.base.commit.slice(0, 12)}...${record.branch}`)}` });
  }
  const parted = await mergeBase(git, record.worktree, record.base.branch ?? record.base.commit, "HEAD");
  return parted ?? record.base.commit;
}
