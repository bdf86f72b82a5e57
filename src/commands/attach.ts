import { defineCommand } from "../context";

export default defineCommand({
  name: "attach",
  group: "Look",
  summary: "go to an agent's session: switch inside tmux, attach outside",
  args: [{ name: "name", doc: "the agent", completes: "agent" }],
  flags: {},
  examples: [{ run: "fleet attach login-form", does: "see and use the agent's own screen; prefix d leaves it" }],
  async run(ctx, { args }) {
    const [{ selectAgent }, { goTo }] = await Promise.all([import("../fleet/select"), import("../fleet/attach")]);
    const agent = await selectAgent(ctx, args.name, "attach");
    return goTo(ctx.tmux, ctx.env, agent);
  },
});
