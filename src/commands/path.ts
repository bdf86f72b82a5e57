import { defineCommand } from "../context";

export default defineCommand({
  name: "path",
  group: "Look",
  summary: "print the path of an agent's worktree",
  args: [{ name: "name", doc: "the agent; in an agent's pane, that agent", optional: true, completes: "agent" }],
  flags: {},
  examples: [{ run: 'cd "$(fleet path login-form)"', does: "go to the agent's files" }],
  async run(ctx, { args }) {
    const { selectAgent } = await import("../fleet/select");
    ctx.out.answer((await selectAgent(ctx, args.name, "path")).record.worktree);
  },
});
