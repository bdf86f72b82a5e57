// Whether an agent is passed over for a while. Pure.
import type { Agent } from "./model";

/** What `snooze NAME until-change` keeps: it holds while the agent shows exactly this. */
export function snoozeMark(agent: Agent): string {
  const hash = new Bun.CryptoHasher("sha256").update([agent.status, agent.reason ?? "", String(agent.since), agent.ask].join("\n"));
  return `=${hash.digest("hex").slice(0, 12)}`;
}

/** `now` in epoch seconds. */
export function isSnoozed(agent: Agent, now: number): boolean {
  if (agent.snooze === "") return false;
  return agent.snooze.startsWith("=") ? agent.snooze === snoozeMark(agent) : now < Number(agent.snooze);
}
