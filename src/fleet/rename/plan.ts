// An agent under another name, decided before anything is done. Pure.
import { UserError } from "../../base/errors";
import type { Agent, AgentRecord } from "../../base/model";
import { oneLine, shellWord, visible } from "../../base/text";
import type { BranchFacts } from "../../ports/git/branches";
import { repoName } from "../find";
import { sessionName } from "../naming";

export interface RenameFacts {
  agent: Agent;
  /** Of the new name. */
  branch: BranchFacts;
  /** git takes it for a branch. */
  allowed: boolean;
  records: readonly AgentRecord[];
  repoThere: boolean;
  worktreeThere: boolean;
}

export interface RenamePlan {
  record: AgentRecord;
  to: { branch: string; session: string };
  /** Agents that start from its branch: their base has another name from now on. */
  stacked: string[];
  lines: string[];
}

/** Throws UserError where the name is taken or can't be had. */
export function planRename(to: string, { agent, branch, allowed, records, repoThere, worktreeThere }: RenameFacts): RenamePlan {
  const { record } = agent;
  const name = oneLine(agent.branch);
  if (!repoThere) throw new UserError(`its repository is not there: ${record.repo}`, { hint: "fleet doctor" });
  if (!worktreeThere) throw new UserError(`the worktree of ${name} is gone: ${record.worktree}`, { hint: "fleet doctor" });
  if (!allowed) throw new UserError(`git does not allow this branch name: ${visible(to) || "(empty)"}`, { hint: "man git-check-ref-format" });
  if (to === agent.branch) throw new UserError(`it has this name already: ${name}`);
  if (agent.branch !== record.branch) {
    throw new UserError(`${oneLine(record.branch)} has another branch checked out: ${name}`, { hint: `git -C ${shellWord(record.worktree)} switch ${shellWord(record.branch)}` });
  }
  const other = records.find((one) => one.id !== record.id && one.repo === record.repo && one.branch === to);
  if (other) throw new UserError(`an agent has this branch already: ${oneLine(to)}`, { hint: `fleet attach ${shellWord(to)}` });
  if (branch.local) throw new UserError(`the branch is there already: ${oneLine(to)}`, { hint: `fleet rename ${shellWord(agent.branch)} OTHER-NAME` });
  // Its own name goes away: `a` may become `a/b`.
  const clash = branch.clashes.find((one) => one !== record.branch);
  if (clash !== undefined) throw new UserError(`git can't have both branches: ${oneLine(to)} and ${oneLine(clash)}`, { hint: `fleet rename ${shellWord(agent.branch)} ${shellWord(to.replaceAll("/", "-"))}` });
  const session = sessionName(repoName(agent), to);
  const stacked = records.filter((one) => one.id !== record.id && one.repo === record.repo && one.base.branch === record.branch);
  const lines = [
    `branch    ${name} becomes ${oneLine(to)}`,
    agent.sessionAdopted ? `session   stays: ${oneLine(agent.sessionName ?? "")}` : `session   ${agent.sessionName ?? record.session} becomes ${session}`,
    `worktree  stays: ${oneLine(record.worktree)}`,
    ...stacked.map((one) => `base      of ${oneLine(one.branch)} is ${oneLine(to)}`),
  ];
  return { record, to: { branch: to, session }, stacked: stacked.map(({ id }) => id), lines };
}
