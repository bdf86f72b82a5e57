import { defineCommand } from "../context";

export default defineCommand({
  name: "run-setup",
  group: "Internal",
  internal: true,
  summary: "run an agent's setup commands in its pane",
  args: [{ name: "id", doc: "the agent's id" }],
  flags: {},
  examples: [],
  async run(ctx, { args }) {
    const { runSetup } = await import("../fleet/setup");
    return runSetup(ctx, args.id, (line) => ctx.out.answer(line));
  },
});
