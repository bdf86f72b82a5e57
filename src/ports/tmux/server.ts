// A whole tmux server, of which every session is fleet's own.
import type { Tmux } from "./call";

/** End the server: only of a place that was made for a trial and is thrown away. One that is gone is no error. */
export async function endTrialServer(tmux: Tmux): Promise<void> {
  await tmux.call([["kill-server"]]).catch(() => {});
}
