// Passing over an agent for a while: kept with its session, seen by `next`, the answer loop and the notifications.
import { parseDuration } from "../base/duration";
import type { Agent } from "../base/model";
import { snoozeMark } from "../base/snooze";
import type { Tmux } from "../ports/tmux/call";
import { tellSessions } from "../ports/tmux/sessions";
import { ownBinary } from "../ports/detached";
import type { Store } from "../ports/store";
import { armTimer, tickLine } from "../ports/tmux/tick";
import { requirePane } from "./select";

interface Ports {
  tmux: Tmux;
  store: Store;
  now(): number;
}

/** `how`: a time (10m), "until-change", or "off". */
export async function snoozeAgent(ports: Ports, agent: Agent, how: string): Promise<void> {
  const change = planSnooze(agent, how, ports.now() / 1000);
  await tellSessions(ports.tmux, [change]);
  await tickAfterwards(ports, change.options.snooze);
}

/** The change that it makes to the agent's session, `now` in epoch seconds. Throws UserError where there is none, or `how` is nothing of these. Pure. */
export function planSnooze(agent: Agent, how: string, now: number): { session: string; options: { snooze: string } } {
  return { session: requirePane(agent).session, options: { snooze: snoozeValue(agent, how, now) } };
}

/** What the session's option holds. Throws UsageError for what is no time. Pure. */
function snoozeValue(agent: Agent, how: string, now: number): string {
  if (how === "off") return "";
  if (how === "until-change") return snoozeMark(agent);
  return String(Math.ceil(now + parseDuration(how, "snooze")));
}

/** A person is told of it once the time is over, also where nothing happens then: one timer inside tmux, without a process. */
async function tickAfterwards({ tmux, store, now }: Ports, snooze: string): Promise<void> {
  const binary = ownBinary();
  if (binary === null || !/^\d+$/.test(snooze)) return;
  await armTimer(tmux, Math.max(1, Number(snooze) - Math.floor(now() / 1000) + 1), tickLine(binary, store.home)).catch(() => {});
}
