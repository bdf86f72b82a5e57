// Which agents need a person, and which of them first. Pure.
import type { Agent } from "../base/model";
import { isSnoozed } from "../base/snooze";
import { askOf } from "./ask";

/** In the order of urgency. `done` is a turn that is over and that nobody has looked at yet. */
export const NEEDS = ["permission", "question", "error", "done"] as const;
export type Need = (typeof NEEDS)[number];

/** What the agent needs a person for; null when nothing. A question stays one until it is answered, an error until it was seen. */
export function needOf(agent: Agent): Need | null {
  if (agent.status === "waiting") {
    const what = askOf(agent)?.what ?? agent.reason;
    return what === "question" ? "question" : "permission";
  }
  if (agent.seen !== false) return null;
  if (agent.status === "idle") return agent.reason === null ? "done" : "error";
  if (agent.status === "exited") return agent.exit === 0 ? "done" : "error";
  return null;
}

/** Those that need a person, oldest of the most urgent first; without the snoozed, and without agent `but`. `now` in epoch seconds. */
export function needsInOrder(agents: readonly Agent[], now: number, but: string | null = null): { agent: Agent; need: Need }[] {
  const found = agents.flatMap((agent) => {
    const need = agent.record.id === but || isSnoozed(agent, now) ? null : needOf(agent);
    return need ? [{ agent, need }] : [];
  });
  return found.sort((a, b) => NEEDS.indexOf(a.need) - NEEDS.indexOf(b.need) || (a.agent.since ?? 0) - (b.agent.since ?? 0) || a.agent.record.created.localeCompare(b.agent.record.created));
}

/** "nothing needs you · 4 working · 1 snoozed" */
export function nothingNeeded(agents: readonly Agent[], now: number): string {
  const count = (status: Agent["status"]) => agents.filter((agent) => agent.status === status).length;
  const snoozed = agents.filter((agent) => isSnoozed(agent, now) && needOf(agent) !== null).length;
  const parts = (["working", "starting", "queued", "idle"] as const).flatMap((status) => (count(status) > 0 ? [`${count(status)} ${status}`] : []));
  return ["nothing needs you", ...parts, ...(snoozed > 0 ? [`${snoozed} snoozed`] : [])].join(" · ");
}
