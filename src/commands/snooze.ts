import { DRY_RUN_FLAG } from "../base/command";
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
  flags: { "dry-run": DRY_RUN_FLAG },
  examples: [
    { run: "fleet snooze release", does: "pass over it for ten minutes" },
    { run: "fleet snooze release until-change", does: "until it asks something else, or goes on" },
    { run: "fleet snooze release off", does: "no longer" },
  ],
  async run(ctx, { args, flags }) {
    const [{ selectAgent }, { planSnooze, snoozeAgent }, { oneLine }] = await Promise.all([import("../fleet/select"), import("../fleet/snooze"), import("../base/text")]);
    const agent = await selectAgent(ctx, args.name, "snooze");
    const how = args.for ?? "10m";
    const name = oneLine(agent.branch);
    const until = how === "until-change" ? "until it changes" : `for ${how}`;
    if (flags["dry-run"]) {
      // What would be refused is refused here too.
      planSnooze(agent, how, ctx.now() / 1000);
      ctx.out.answer(how === "off" ? `would no longer be snoozed: ${name}` : `would be snoozed ${until}: ${name}`);
      return EXIT.done;
    }
    await snoozeAgent(ctx, agent, how);
    ctx.out.done(how === "off" ? `no longer snoozed: ${name}` : `snoozed ${until}: ${name}`);
    return EXIT.done;
  },
});
