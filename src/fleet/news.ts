// What is new between two looks at the agents. Pure.
import type { Agent } from "../base/model";

export type News = { is: "added" | "changed"; agent: Agent } | { is: "removed"; id: string; branch: string };

/** What was last known of each agent, by id. */
export type Known = Map<string, { branch: string; state: string }>;

/** Changes since `known`, which is brought up to date. What moves all the time (CPU, memory, figures of git) is no news. */
export function takeNews(known: Known, agents: readonly Agent[]): News[] {
  const news: News[] = [];
  for (const agent of agents) {
    const { id } = agent.record;
    const before = known.get(id);
    const state = stateOf(agent);
    if (before?.state === state) continue;
    known.set(id, { branch: agent.branch, state });
    news.push({ is: before ? "changed" : "added", agent });
  }
  const there = new Set(agents.map((agent) => agent.record.id));
  for (const [id, { branch }] of [...known]) {
    if (there.has(id)) continue;
    known.delete(id);
    news.push({ is: "removed", id, branch });
  }
  return news;
}

function stateOf({ branch, status, reason, doing, since, exit, seen, ask, session, record, request }: Agent): string {
  // That a figure grew old is no news.
  return JSON.stringify([branch, status, reason, doing, since, exit, seen, ask, session, record.batch, request && { ...request, stale: false }]);
}
