// A bare `fleet`: the agents popup on the terminal it was typed at; where there can be none, the same list right there.
import { clientOfPane } from "../../ports/tmux/clients";
import { displayPopup } from "../../ports/tmux/popup";
import type { Tmux } from "../../ports/tmux/call";

/** true when a popup was shown; false where the list has to be run in this very terminal. */
export async function openOnClient(tmux: Tmux, env: Record<string, string | undefined>, binary: string): Promise<boolean> {
  // A popup has no pane, and can't open another one.
  const pane = env["TMUX_PANE"];
  if (!env["TMUX"] || !pane) return false;
  const client = await clientOfPane(tmux, env).catch(() => null);
  if (client === null) return false;
  return displayPopup(tmux, client, pane, [binary, "popup", "--client", client, "--pane", pane]);
}
