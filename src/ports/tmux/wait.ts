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
