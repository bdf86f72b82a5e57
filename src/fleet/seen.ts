// Whether a person has looked at an agent since its status changed, told without a process that watches.
import type { Agent } from "../base/model";
import type { Tmux } from "../ports/tmux/call";
import { type FleetPane, tellSessions } from "../ports/tmux/sessions";

/** Seconds that a terminal must have been on it: passing by is not looking. */
const LOOK_SECONDS = 2;

type Looked = Pick<FleetPane, "attached" | "activity" | "lastAttached"> & { options: Pick<FleetPane["options"], "seen"> };

/**
 * true when a terminal shows it for two seconds since, when a key was pressed in it two seconds after that (leaving by a
 * key counts: tmux remembers the session's last key), or when it was told. `since` and `now` in epoch seconds. Pure.
 */
export function wasSeen({ attached, activity, lastAttached, options }: Looked, since: number | null, now: number): boolean {
  if (since === null || Number(options.seen || -1) >= since) return true;
  if (lastAttached === 0) return false;
  const from = Math.max(since, lastAttached);
  return (attached > 0 && now - from >= LOOK_SECONDS) || activity - from >= LOOK_SECONDS;
}

/** true when this look is the only one that tells: a terminal that is on it now may be gone at the next look. */
export function isNewlySeen(pane: Looked, since: number | null): boolean {
  return pane.attached > 0 && since !== null && Number(pane.options.seen || -1) < since;
}

/** Keep that a person has seen these agents as they are now: by the time of their status, for the clock's second may hold two. */
export async function markSeen(tmux: Tmux, agents: readonly Pick<Agent, "session" | "since">[]): Promise<void> {
  await tellSessions(tmux, agents.flatMap(({ session, since }) => (session === null || since === null ? [] : [{ session, options: { seen: String(since) } }])));
}
