import { defineCommand } from "../context";

// The table's row for help and for other words than main.ts takes the short way for.
export default defineCommand({
  name: "popup",
  group: "Internal",
  internal: true,
  summary: "pick an agent and act on it: what a popup of tmux runs, and a bare fleet",
  args: [],
  flags: {
    client: { type: "string", value: "CLIENT", doc: "the tmux client to move" },
    pane: { type: "string", value: "PANE", doc: "the pane that it is opened from" },
  },
  examples: [{ run: "fleet popup", does: "the list of agents, on this terminal" }],
  changes: () => false,
  async run(ctx, { flags }) {
    const { startPopup } = await import("../fleet/popup/start");
    return startPopup(ctx, flags);
  },
});
