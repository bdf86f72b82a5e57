// Agents under the heading of their batch.
import { type Agent, STATUSES } from "../base/model";
import { oneLine } from "../base/text";
import { memoryText } from "./columns";
import { costText, tokensText } from "./spent";
import type { Style } from "./paint";

/** Batches in the order of their first agent; agents without one come last. */
export function groupByBatch(agents: readonly Agent[]): [string | null, Agent[]][] {
  const groups = new Map<string | null, Agent[]>();
  for (const agent of agents) {
    const group = groups.get(agent.record.batch);
    if (group) group.push(agent);
    else groups.set(agent.record.batch, [agent]);
  }
  return [...groups].sort(([a], [b]) => Number(a === null) - Number(b === null));
}

/** `fix-login · 2 working · 1 idle · 34% · 512M · +120 −4` */
export function groupHeading(batch: string | null, agents: readonly Agent[], style: Style): string {
  const counts = STATUSES.map((status) => ({ status, n: agents.filter((agent) => agent.status === status).length }));
  const sum = (value: (agent: Agent) => number | null | undefined) => agents.reduce((total, agent) => total + (value(agent) ?? 0), 0);
  const parts = [
    ...counts.filter(({ n }) => n > 0).map(({ status, n }) => `${n} ${status}`),
    `${Math.round(sum((agent) => agent.cpu))}%`,
    memoryText(sum((agent) => agent.memory)),
    `+${sum((agent) => agent.changes?.added)} −${sum((agent) => agent.changes?.removed)}`,
    ...spentTexts(agents),
  ];
  return `${style("bold", batch === null ? "no batch" : oneLine(batch))} · ${parts.join(" · ")}`;
}

/** What is known of the group's tokens and cost. */
function spentTexts(agents: readonly Agent[]): string[] {
  const known = agents.flatMap(({ spent }) => spent ?? []);
  const sum = (name: "input" | "output" | "cacheRead" | "cacheWrite") => known.reduce((total, spent) => total + spent[name], 0);
  const tokens = tokensText({ input: sum("input"), output: sum("output"), cacheRead: sum("cacheRead"), cacheWrite: sum("cacheWrite") });
  const priced = known.flatMap(({ cost }) => cost ?? []);
  const cost = costText({ cost: priced.length > 0 ? priced.reduce((a, b) => a + b, 0) : null, partial: known.some(({ partial }) => partial) });
  return [...(tokens ? [`${tokens} tokens`] : []), ...(cost ? [cost] : [])];
}
