// Sleeping until somebody signals a tmux channel: `wait-for` costs nothing while it waits.
import type { Tmux } from "./call";

export interface Waiting {
  /** Settles at a signal, or when the server is gone or the client was ended; tells nothing of which. */
  readonly over: Promise<void>;
  cancel(): void;
}

/** Whoever changes the status of agent ID signals `fleet-ID` in the same tmux call. */
export function waitForSignal(tmux: Tmux, channel: string): Waiting {
  const child = Bun.spawn(["tmux", "-u", "wait-for", channel], { env: tmux.env, stdio: ["ignore", "ignore", "ignore"] });
  return { over: child.exited.then(() => {}), cancel: () => child.kill() };
}

/** Status and time of these sessions as one text, to be compared with itself later; null when one is gone. */
export async function statusesOf(tmux: Tmux, sessions: readonly string[]): Promise<string | null> {
  try {
    return await tmux.call(sessions.map((session) => ["display-message", "-p", "-t", session, "#{session_id} #{@fleet_status} #{@fleet_since}"]));
  } catch {
    return null;
  }
}
