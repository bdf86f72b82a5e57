// Passing over an agent for a while: kept with its session, seen by `next`, the answer loop and the notifications.
import { parseDuration } from "../base/duration";
import type { Agent } from "../base/model";
import type { Tmux } from "../ports/tmux/call";
import { tellSessions } from "../ports/tmux/sessions";
import { snoozeMark } from "./needs";
import { requirePane } from "./select";

/** `how`: a time (10m), "until-change", or "off". `now` in epoch seconds. */
export async function snoozeAgent(tmux: Tmux, agent: Agent, how: string, now: number): Promise<void> {
  await tellSessions(tmux, [planSnooze(agent, how, now)]);
}

/** The change that it makes to the agent's session. Throws UserError where there is none, or `how` is nothing of these. Pure. */
export function planSnooze(agent: Agent, how: string, now: number): { session: string; options: { snooze: string } } {
  return { session: requirePane(agent).session, options: { snooze: snoozeValue(agent, how, now) } };
}

/** What the session's option holds. Throws UsageError for what is no time. Pure. */
function snoozeValue(agent: Agent, how: string, now: number): string {
  if (how === "off") return "";
  return how === "until-change" ? snoozeMark(agent) : String(Math.ceil(now + parseDuration(how, "snooze")));
}
