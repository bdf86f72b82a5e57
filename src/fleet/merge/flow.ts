// One agent from "merge it" to its end: the flow that the commands merge and keep share, and a popup may call.
import { UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { loadAgents } from "../agents";
import { paneAmong, refuseForeign } from "../driven";
import { type KillMeans, killAll, planKills } from "../kill/several";
import { applyMerge } from "./apply";
import type { MergeWatch } from "./check";
import type { MergeEntry, MergeWay } from "./entry";
import { gatherMergeFacts } from "./facts";
import { type MergePlan, type MergeRequest, planMerge } from "./plan";

export interface MergeMeans extends KillMeans {
  now(): number;
}

export interface MergeWish extends MergeRequest {
  /** The target; undefined: the agent's base. */
  into: string | undefined;
}

/** One merge as --json tells it. An interface: fields are added, never renamed. */
export interface Merged {
  id: string;
  branch: string;
  into: string;
  way: MergeWay;
  /** Commits of the target, before and after. */
  from: string;
  to: string;
  /** The checkout whose files moved along; null where the target is checked out nowhere. */
  checkout: string | null;
  killed: boolean;
}

/** Looked at anew: an earlier merge of this command may have moved what it starts from. Throws UserError. */
export async function planFor(means: MergeMeans, id: string, wish: MergeWish): Promise<MergePlan> {
  const agents = await loadAgents(means);
  const agent = agents.find(({ record }) => record.id === id);
  if (!agent) throw new UserError(`no such agent: ${id}`, { hint: "fleet list" });
  refuseForeign(means.env, [agent], "merge", paneAmong(agents));
  const plan = planMerge(wish, await gatherMergeFacts(means.git, agent, wish, agents));
  if (!wish.keep) await refuseUnkillable(means, agent);
  return plan;
}

/** What could not be killed afterwards is said before anything is merged. */
async function refuseUnkillable(means: MergeMeans, agent: Agent): Promise<void> {
  try {
    await planKills(means, [agent], { force: true, deleteBranch: false });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${oneLine(agent.branch)} could not be killed after its merge: ${error.message}`, { detail: error.detail, hint: `fleet merge ${shellWord(agent.branch)} --keep   ·   ${error.hint ?? "fleet doctor"}` });
  }
}

/** Merge, then kill unless it is to stay. Throws UserError with nothing moved; a kill that fails is told, and leaves `killed` false. */
export async function mergeAgent(means: MergeMeans, plan: MergePlan, watch: MergeWatch): Promise<Merged> {
  const entry = await applyMerge(means, plan, watch);
  const { agent, into, record } = entry;
  means.out.done(`merged: ${oneLine(agent.branch)} into ${oneLine(into.branch)} (${into.from.slice(0, 7)} → ${into.to!.slice(0, 7)})`);
  if (entry.restacked.length > 0) means.out.note(`${plan.facts.above.map(({ branch }) => oneLine(branch)).join(", ")} start from ${oneLine(into.branch)} now`);
  const merged: Merged = { id: record.id, branch: agent.branch, into: into.branch, way: plan.request.way, from: into.from, to: into.to!, checkout: into.checkout, killed: false };
  if (plan.request.keep) {
    means.out.hint(`fleet undo ${record.id}`);
    return merged;
  }
  return { ...merged, killed: await killMerged(means, entry) };
}

async function killMerged(means: MergeMeans, { record, agent, into }: MergeEntry): Promise<boolean> {
  try {
    const now = (await loadAgents(means)).filter((one) => one.record.id === record.id);
    const { plans } = await planKills(means, now, { force: false, deleteBranch: false, mergedInto: into.branch });
    return plans.length > 0 && (await killAll(means, plans)) === 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    means.out.error(`${oneLine(agent.branch)} is merged, and was not killed: ${error.message}`, error.hint, error.detail);
    return false;
  }
}

/** Agents before those that start from their branches. Pure. */
export function inStackOrder(agents: readonly Agent[]): Agent[] {
  const ordered: Agent[] = [];
  const visit = (agent: Agent, above: readonly Agent[]) => {
    if (ordered.includes(agent) || above.includes(agent)) return;
    for (const other of agents) if (other.record.repo === agent.record.repo && other.branch === agent.record.base.branch) visit(other, [...above, agent]);
    ordered.push(agent);
  };
  for (const agent of agents) visit(agent, []);
  return ordered;
}
