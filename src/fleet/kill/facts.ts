// What must be known of an agent before it may be killed. A question without an answer is null, and null is not safe.
import { existsSync, lstatSync, realpathSync } from "node:fs";
import type { Agent } from "../../base/model";
import { mergeBase } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import { readWorktree, type WorktreeState } from "../../ports/git/worktree-state";
import type { FleetPane } from "../../ports/tmux/sessions";

export interface KillFacts {
  agent: Agent;
  /** null: the directory is gone. A string says why it is not a worktree that fleet may move. */
  worktree: WorktreeState | { refused: string } | null;
  /** The commit of the agent's branch; null when there is no such branch. */
  tip: string | null;
  /** The branch holds nothing of its own: no commit since its base. null when git had no answer. */
  empty: boolean | null;
  /** Its base has all its commits. */
  merged: boolean | null;
  /** Panes of the session besides the agent's own: a person's. */
  otherPanes: FleetPane[];
  /** The caller stands in the worktree. */
  callerInside: boolean;
}

export async function gatherKillFacts(git: Git, agent: Agent, panes: readonly FleetPane[], cwd: string): Promise<KillFacts> {
  const { record } = agent;
  const repoThere = existsSync(record.repo);
  const [worktree, tip, baseTip] = await Promise.all([
    worktreeOf(git, agent),
    repoThere ? commitOf(git, record.repo, `refs/heads/${record.branch}`) : null,
    repoThere && record.base.branch !== null ? commitOf(git, record.repo, `refs/heads/${record.base.branch}`) : null,
  ]);
  const base = baseTip ?? record.base.commit;
  return {
    agent,
    worktree,
    tip,
    empty: tip === null ? null : tip === record.base.commit,
    merged: tip === null || !base ? null : (await mergeBase(git, record.repo, tip, base)) === tip,
    otherPanes: panes.filter((pane) => pane.options.id === record.id && pane.pane !== pane.options.pane),
    callerInside: isInside(cwd, record.worktree),
  };
}

async function worktreeOf(git: Git, agent: Agent): Promise<KillFacts["worktree"]> {
  const stat = lstatSync(agent.record.worktree, { throwIfNoEntry: false });
  if (!stat) return null;
  if (stat.isSymbolicLink()) return { refused: "it is a link to another place" };
  return readWorktree(git, agent.record.repo, agent.record.worktree);
}

async function commitOf(git: Git, common: string, ref: string): Promise<string | null> {
  const ran = await git.try(common, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  return ran.code === 0 ? ran.stdout.trim() : null;
}

function isInside(cwd: string, worktree: string): boolean {
  try {
    const [here, there] = [realpathSync(cwd), realpathSync(worktree)];
    return here === there || here.startsWith(`${there}/`);
  } catch {
    return false;
  }
}
