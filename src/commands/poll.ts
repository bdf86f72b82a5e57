// main.ts runs a plain `fleet poll CLIENT` past the table: this row is its help, and the slow way to the same function.
import { defineCommand } from "../context";

export default defineCommand({
  name: "poll",
  group: "Internal",
  internal: true,
  summary: "look once at what agents cost, for the status line",
  args: [{ name: "client", doc: "the terminal whose status line asks" }],
  flags: {},
  examples: [{ run: "fleet poll /dev/pts/3", does: "bring CPU and memory in the status line up to date" }],
  async run(ctx, { args }) {
    const { runPoll } = await import("../fleet/poll");
    await runPoll(ctx.env, args.client, ctx.now);
  },
});
