// Which budgets are used up, told once each time another whole one is. Pure.
import type { Agent } from "../../base/model";
import { oneLine } from "../../base/text";

export interface BudgetWish {
  /** US dollars; 0: no limit. */
  agent: number;
  batch: number;
}

/** How many times a budget was used up when it was last told, and how large it was. */
export type BudgetTold = Record<string, { times: number; limit: number }>;

export interface OverBudget {
  /** One that it is about, for whoever is told. */
  agent: Agent;
  /** All whose turns would spend more of it. */
  agents: Agent[];
  text: string;
}

/** What is known of batches, by their ids. */
export interface Batches {
  label(batch: string): string;
  /** What those of its agents have cost that are there no more. */
  ended: ReadonlyMap<string, number>;
}

/** What has no known price counts as nothing; what an ended agent of a batch has cost stays spent. */
export function overBudgets(agents: readonly Agent[], wish: BudgetWish, told: BudgetTold, { label, ended }: Batches): { over: OverBudget[]; told: BudgetTold } {
  const groups = [
    ...(wish.agent > 0 ? agents.map((agent) => ({ key: `agent ${agent.record.id}`, name: oneLine(agent.branch), limit: wish.agent, agents: [agent], past: 0 })) : []),
    ...(wish.batch > 0 ? [...Map.groupBy(agents.filter(({ record }) => record.batch !== null), ({ record }) => record.batch!)].map(([batch, its]) => ({ key: `batch ${batch}`, name: `the batch ${oneLine(label(batch))}`, limit: wish.batch, agents: its, past: ended.get(batch) ?? 0 })) : []),
  ];
  const over: OverBudget[] = [];
  const next: BudgetTold = {};
  for (const { key, name, limit, agents: its, past } of groups) {
    const cost = its.reduce((sum, { spent }) => sum + (spent?.cost ?? 0), past);
    const times = Math.floor(cost / limit);
    if (times < 1) continue;
    const before = Object.hasOwn(told, key) && told[key]!.limit === limit ? told[key]!.times : 0;
    next[key] = { times: Math.max(times, before), limit };
    if (times > before) over.push({ agent: its.find(({ status }) => status === "working") ?? its[0]!, agents: its, text: `${name} has cost $${cost.toFixed(2)}, its budget is $${limit.toFixed(2)}` });
  }
  return { over, told: next };
}
