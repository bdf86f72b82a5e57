import { EXIT } from "../base/errors";
import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { defineCommand } from "../context";

export default defineCommand({
  name: "interrupt",
  group: "Work",
  summary: "stop what agents are doing now, with their program's own keys",
  args: [{ name: "name", doc: "agents, or quoted globs", optional: true, many: true, completes: "agent" }],
  flags: {
    ...SELECTION_FLAGS,
    "dry-run": DRY_RUN_FLAG,
  },
  examples: [{ run: "fleet interrupt 'try-*'", does: "interrupt every agent whose branch begins with try-" }],
  async run(ctx, { args, flags }) {
    const [{ selectAgents }, { interruptAgent }, { eachAgent }] = await Promise.all([import("../fleet/select"), import("../fleet/send"), import("../fleet/each")]);
    const agents = await selectAgents(ctx, args.name, flags);
    const kinds = await (await import("../fleet/kind-of")).kindsOf(ctx);
    const all = await eachAgent(ctx.out, agents, flags["dry-run"] ? "would be interrupted" : "interrupted", async (agent) => {
      if (!flags["dry-run"]) await interruptAgent(ctx, agent, kinds(agent.record.kind));
    });
    return all ? EXIT.done : EXIT.refused;
  },
});
