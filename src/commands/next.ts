import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { EXIT, UserError } from "../base/errors";
import { type Context, defineCommand } from "../context";

export default defineCommand({
  name: "next",
  group: "Look",
  summary: "go to the agent that needs you most: it asks, failed, or is done and nobody has looked",
  doc: `First those that ask a permission, then questions, errors, and turns that are over and not seen yet; of each the oldest. The agent
that you are in and those that are snoozed are passed over.`,
  args: [],
  flags: {
    client: { type: "string", value: "CLIENT", doc: "the tmux client to switch, for a key binding: '#{client_name}'" },
    "dry-run": { ...DRY_RUN_FLAG, doc: "only say which one" },
    json: { ...JSON_FLAG, doc: "only say which one, as JSON" },
  },
  examples: [
    { run: "fleet next", does: "go where you are needed" },
    { run: "fleet next --dry-run", does: "say which agent that is, and why" },
  ],
  changes: () => false,
  async run(ctx, { flags }) {
    const [{ loadAgents }, { needsInOrder, nothingNeeded }, { whereAmI }] = await Promise.all([
      import("../fleet/agents"),
      import("../fleet/needs"),
      import("../fleet/where"),
    ]);
    const [agents, here] = await Promise.all([loadAgents(ctx), whereAmI(ctx.tmux, ctx.env, flags.client)]);
    const now = ctx.now() / 1000;
    const [first] = needsInOrder(agents, now, here);
    if (flags.json) {
      const { agentJson } = await import("../fleet/rows");
      return ctx.out.json(first ? { need: first.need, ...agentJson(first.agent, ctx.store) } : null);
    }
    if (!first) return say(ctx, nothingNeeded(agents, now), flags.client);
    if (flags["dry-run"]) {
      const { needLine } = await import("../fleet/answer/lines");
      return ctx.out.answer(needLine(first.agent, first.need, now));
    }
    const { goTo } = await import("../fleet/attach");
    return goTo(ctx.tmux, ctx.env, first.agent, flags.client).catch((error: unknown) => sayRefusal(ctx, error, flags.client));
  },
});

/** What a key binding prints on stderr is lost, and its exit code is all that tmux would show. */
async function sayRefusal(ctx: Context, error: unknown, client: string | undefined): Promise<number> {
  if (client === undefined || !(error instanceof UserError)) throw error;
  await say(ctx, error.message, client);
  return EXIT.done;
}

/** A key binding has no terminal of its own: what it says is a message on the client. */
async function say(ctx: Context, text: string, client: string | undefined): Promise<number> {
  if (client === undefined) ctx.out.answer(text);
  else await (await import("../ports/tmux/clients")).showMessage(ctx.tmux, client, text);
  return EXIT.done;
}
