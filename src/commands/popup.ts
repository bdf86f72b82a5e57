import { UserError } from "../base/errors";
import { type Context, defineCommand } from "../context";

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
    const { openPopup } = await import("../fleet/popup/open");
    try {
      const code = await openPopup(ctx, {
        client: flags.client,
        pane: flags.pane,
        binary: process.execPath,
        goTo: (id) => goTo(ctx, id, flags.client),
      });
      if (code !== null) return code;
      const { pickWithoutFzf } = await import("../fleet/popup/plain");
      return await pickWithoutFzf(ctx, { client: flags.client, pane: flags.pane, binary: process.execPath });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // A popup closes with its program: what went wrong is read first.
      ctx.out.error(error.message, error.hint, error.detail);
      await (await import("../ui/hold")).hold(ctx.out, "any key closes");
      return 1;
    }
  },
});

async function goTo(ctx: Context, id: string, client: string | undefined): Promise<number> {
  const [{ loadAgents }, attach] = await Promise.all([import("../fleet/agents"), import("../fleet/attach")]);
  const agent = (await loadAgents(ctx)).find((one) => one.record.id === id);
  if (!agent) throw new UserError("that agent is gone");
  return attach.goTo(ctx.tmux, ctx.env, agent, client);
}
