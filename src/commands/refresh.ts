import { defineCommand } from "../context";

export default defineCommand({
  name: "refresh",
  group: "Internal",
  summary: "ask git what the last list had no time for",
  args: [],
  flags: {},
  examples: [{ run: "fleet refresh", does: "bring the remembered changes of every agent up to date" }],
  internal: true,
  async run(ctx) {
    const { refreshGitFacts } = await import("../fleet/refresh");
    await refreshGitFacts({ git: ctx.git, home: ctx.store.home, now: ctx.now }, ctx.store.agents());
  },
});
