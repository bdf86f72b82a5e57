import { defineCommand } from "../context";

export default defineCommand({
  name: "tick",
  group: "Internal",
  internal: true,
  summary: "do what is due: queued prompts, queued starts, notifications, budgets",
  args: [],
  flags: {},
  examples: [{ run: "fleet tick", does: "send what is queued for agents that are idle by now" }],
  changes: () => false,
  async run(ctx) {
    const [{ tick }, { kindsOf }, { tellNotices }] = await Promise.all([import("../fleet/tick"), import("../fleet/kind-of"), import("../fleet/notify")]);
    const { watchBudgets } = await import("../fleet/tokens/watch-budgets");
    const kinds = await kindsOf(ctx);
    const { git, tmux, store, now, env } = ctx;
    const tell = async () => {
      await tellNotices(ctx);
      await watchBudgets({ git, tmux, store, now, env, kinds });
    };
    await tick({ git, tmux, store, now, env, kinds, tell });
  },
});
