// A popup on one client, with a program in it.
import type { Tmux } from "./call";

/** Show it and wait until it is closed. Argv, so that no shell of the person's reads it. false when tmux could not show it. */
export async function displayPopup(tmux: Tmux, client: string, pane: string, argv: readonly string[]): Promise<boolean> {
  const words = ["tmux", "-u", "display-popup", "-c", client, "-t", pane, "-E", "-w", "90%", "-h", "90%", "-d", "#{pane_current_path}", ...argv];
  const child = Bun.spawn(words, { env: tmux.env, stdio: ["ignore", "ignore", "pipe"] });
  const [said] = await Promise.all([child.stderr.text(), child.exited]);
  // The program's own exit code says nothing about the popup.
  return said.trim() === "";
}
