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
    const [{ pollUsage }, { EVERY }] = await Promise.all([import("../fleet/poll"), import("../segments/usage")]);
    await pollUsage({ tmux: ctx.tmux, home: ctx.store.home, now: ctx.now }, args.client, EVERY);
  },
});
