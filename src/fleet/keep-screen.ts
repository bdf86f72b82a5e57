// The last thing an agent showed, kept for `logs` after its session is gone.
import { writeFileSync } from "node:fs";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { capturePane } from "../ports/tmux/panes";

export async function keepScreen(tmux: Tmux, store: Store, id: string, pane: string): Promise<void> {
  try {
    writeFileSync(store.path("agents", id, "screen"), await capturePane(tmux, pane, { history: true, colours: true }), { mode: 0o600 });
  } catch {
    // The pane or the directory is gone; nothing depends on it.
  }
}
