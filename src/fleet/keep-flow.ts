// Keeping one attempt, from the plan to its end: the flow that the command and the comparison share.
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";
import { loadAgents } from "./agents";
import { paneAmong, refuseForeign } from "./driven";
import { siblingsOf } from "./keep";
import type { KillPlan } from "./kill/plan";
import { killAll, planKills } from "./kill/several";
import type { MergeWatch } from "./merge/check";
import { mergeAgent, type Merged, type MergeMeans, type MergeWish, planFor } from "./merge/flow";
import type { MergePlan } from "./merge/plan";

export interface KeepPlan {
  kept: Agent;
  siblings: Agent[];
  /** It is merged first. */
  merge: MergePlan | null;
  /** Of the siblings that can be ended; the others were refused, and told. */
  ends: KillPlan[];
  refused: number;
  /** What will be done, for a person. */
  lines: string[];
}

/** Looks only. Throws UserError where it is of no batch or alone, may not be kept by an agent that calls, or can't be merged. */
export async function planKeep(means: MergeMeans, kept: Agent, wish: { merge: MergeWish | null; deleteBranch: boolean }): Promise<KeepPlan> {
  const agents = await loadAgents(means);
  const siblings = siblingsOf(kept, agents);
  refuseForeign(means.env, [kept, ...siblings], "keep", paneAmong(agents));
  const merge = wish.merge && (await planFor(means, kept.record.id, wish.merge));
  const { plans, refused } = await planKills(means, siblings, { force: true, deleteBranch: wish.deleteBranch && "where allowed" });
  const lines = [`keeps     ${oneLine(kept.branch)}`, ...(merge?.lines ?? []), ...plans.flatMap((plan) => [`ends      ${oneLine(plan.facts.agent.branch)}`, ...plan.lines.map((line) => `  ${line}`)])];
  return { kept, siblings, merge, ends: plans, refused, lines };
}

/** Merge, then end the others. Throws UserError with nothing done where the merge can't be made; what can't be ended is told and counted. */
export async function applyKeep(means: MergeMeans, { merge, ends }: KeepPlan, watch: MergeWatch): Promise<{ merged: Merged | null; failed: number }> {
  const merged = merge && (await mergeAgent(means, merge, watch));
  const failed = ends.length > 0 ? await killAll(means, ends) : 0;
  return { merged, failed };
}
