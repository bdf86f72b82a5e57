import { defineCommand } from "../context";

export default defineCommand({
  name: "refresh",
  group: "Internal",
  summary: "ask git, and read of transcripts, what the last list had no time for",
  args: [],
  flags: {},
  examples: [{ run: "fleet refresh", does: "bring the remembered changes of every agent up to date" }],
  internal: true,
  async run(ctx) {
    const { refreshGitFacts } = await import("../fleet/refresh");
    await refreshGitFacts({ git: ctx.git, home: ctx.store.home, now: ctx.now }, ctx.store.agents());
    const { loadTokens } = await import("../fleet/tokens/read");
    await loadTokens(ctx, ctx.store.agents(), { deadlineMs: 60_000 });
  },
});
