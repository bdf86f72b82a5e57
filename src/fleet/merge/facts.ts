// What must be known of an agent and a target before the one may go into the other.
import { existsSync } from "node:fs";
import { ProcessError, UserError } from "../../base/errors";
import type { Agent, AgentRecord } from "../../base/model";
import { oneLine } from "../../base/text";
import { mergeBase } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import { isAncestor } from "../../ports/git/commit-object";
import { type MergedTree, mergeTrees } from "../../ports/git/merge-trees";
import { changesBetween, holdersOf, ignoresCase, inTheWay, localChanges, underWay } from "../../ports/git/move-checkout";
import { commitAt } from "../../ports/git/ref";
import { nestedRepositories, readWorktree, type WorktreeState } from "../../ports/git/worktree-state";
import { branchAt } from "../../ports/git/worktrees";

export interface Target {
  branch: string;
  oid: string;
  /** The checkout that has it; null when none has. */
  checkout: string | null;
  /** Why it can't be moved now: it is being rebased, a merge is under way in its checkout. */
  busy: string | null;
  /** The agent in whose worktree it is checked out. */
  agent: Agent | null;
}

/** What bringing a branch into its target would give. `nothing`: the target has it all. `forward`: the target need only move on. */
export type Forecast = "nothing" | "forward" | MergedTree;

export interface MergeFacts {
  agent: Agent;
  worktree: WorktreeState | { refused: string };
  /** What git is in the middle of in the worktree; null when in nothing. */
  underWay: string | null;
  /** null: the agent has no base branch, and no target was named. `missing`: there is no such branch. */
  target: Target | { missing: string; remote: boolean } | null;
  /** null: not asked. */
  forecast: Forecast | null;
  /** Paths of the target's checkout that would be written over, as far as the forecast tells. */
  blocked: string[];
  /** Repositories within the worktree that git does not know. */
  nested: string[];
  /** Agents that start from its branch. */
  above: AgentRecord[];
}

export interface Wanted {
  into: string | undefined;
  commit: boolean;
}

/** `agents`: all there are. Throws UserError where git can't tell. */
export async function gatherMergeFacts(git: Git, agent: Agent, wanted: Wanted, agents: readonly Agent[]): Promise<MergeFacts> {
  try {
    return await gather(git, agent, wanted, agents);
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    const what = error.timedOut ? "did not answer in time" : error.stderr.trim();
    throw new UserError(`nothing of ${oneLine(agent.branch)} is touched, because git can't tell about it`, { detail: what || error.message, hint: "fleet doctor" });
  }
}

async function gather(git: Git, agent: Agent, { into, commit }: Wanted, agents: readonly Agent[]): Promise<MergeFacts> {
  const { record } = agent;
  if (!existsSync(record.repo)) throw new UserError(`its repository is not there: ${record.repo}`, { hint: "put it back, or mount its disk" });
  const named = into ?? record.base.branch;
  const [worktree, target] = await Promise.all([
    existsSync(record.worktree) ? readWorktree(git, record.repo, record.worktree) : { refused: "it is gone" },
    named === null ? null : findTarget(git, record, named, agents),
  ]);
  const facts: MergeFacts = {
    agent, worktree, target,
    underWay: "admin" in worktree ? underWay(worktree.admin) : null,
    forecast: null,
    blocked: [],
    nested: commit && "admin" in worktree && worktree.dirty ? await nestedRepositories(git, record.worktree) : [],
    above: agents.map((other) => other.record).filter((other) => other.id !== record.id && other.repo === record.repo && other.base.branch === agent.branch),
  };
  if (!("admin" in worktree) || worktree.head === null || target === null || "missing" in target) return facts;
  facts.forecast = await forecast(git, record, target.oid, worktree.head);
  facts.blocked = await blockedBy(git, target, worktree.head, facts.forecast);
  return facts;
}

/** Leaves nothing in the repository. Throws ProcessError. */
export async function forecast(git: Git, { repo, worktree }: Pick<AgentRecord, "repo" | "worktree">, base: string, tip: string): Promise<Forecast> {
  if (await isAncestor(git, worktree, tip, base)) return "nothing";
  if (await isAncestor(git, worktree, base, tip)) return "forward";
  return mergeTrees(git, { cwd: worktree, common: repo, ours: base, theirs: tip, keep: false });
}

async function findTarget(git: Git, { repo }: AgentRecord, name: string, agents: readonly Agent[]): Promise<MergeFacts["target"]> {
  const found = await branchAt(git, repo, name);
  if (!found) return { missing: name, remote: (await commitAt(git, repo, `refs/remotes/${name}`)) !== null };
  const holders = holdersOf(repo, name);
  const checkout = found.worktree || null;
  const rebased = holders.find(({ how }) => how === "being rebased");
  const holding = holders.filter(({ how }) => how === "checked out");
  const doing = holding[0] ? underWay(holding[0].gitDir) : null;
  const busy = rebased ? `it is being rebased (${rebased.gitDir})` : holding.length > 1 ? "it is checked out in several places" : doing ? `a ${doing} is under way in ${checkout}` : null;
  return { branch: name, oid: found.oid, checkout, busy, agent: agents.find((agent) => agent.record.worktree === checkout) ?? null };
}

/** Whatever commit moves the target, the agent's own changes are what it changes there. */
async function blockedBy(git: Git, { checkout, oid }: Target, tip: string, forecast: Forecast): Promise<string[]> {
  if (checkout === null || forecast === "nothing" || (typeof forecast === "object" && !("tree" in forecast))) return [];
  const parted = forecast === "forward" ? oid : await mergeBase(git, checkout, oid, tip);
  return parted === null ? [] : blockersIn(git, checkout, parted, tip);
}

/** Paths of a checkout that stand in the way of a move, as they can be shown. Throws ProcessError. */
export async function blockersIn(git: Git, checkout: string, from: string, to: string): Promise<string[]> {
  const [changes, local, ignoreCase] = await Promise.all([changesBetween(git, checkout, from, to), localChanges(git, checkout), ignoresCase(git, checkout)]);
  return inTheWay(checkout, changes, local, ignoreCase).map((path) => Buffer.from(path, "latin1").toString());
}
