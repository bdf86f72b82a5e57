import { EXIT } from "../base/errors";
import { defineCommand } from "../context";

export default defineCommand({
  name: "snooze",
  group: "Work",
  summary: "let an agent wait: next, answer and notifications pass over it for a while",
  args: [
    { name: "name", doc: "the agent", completes: "agent" },
    { name: "for", doc: "a time such as 10m (the default) or 2h, until-change, or off", optional: true },
  ],
  flags: {},
  examples: [
    { run: "fleet snooze release", does: "pass over it for ten minutes" },
    { run: "fleet snooze release until-change", does: "until it asks something else, or goes on" },
    { run: "fleet snooze release off", does: "no longer" },
  ],
  async run(ctx, { args }) {
    const [{ selectAgent }, { snoozeAgent }, { oneLine }] = await Promise.all([import("../fleet/select"), import("../fleet/snooze"), import("../base/text")]);
    const agent = await selectAgent(ctx, args.name, "snooze");
    const how = args.for ?? "10m";
    await snoozeAgent(ctx.tmux, agent, how, ctx.now() / 1000);
    ctx.out.done(how === "off" ? `no longer snoozed: ${oneLine(agent.branch)}` : `snoozed ${how === "until-change" ? how : `for ${how}`}: ${oneLine(agent.branch)}`);
    return EXIT.done;
  },
});
