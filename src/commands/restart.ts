import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { EXIT } from "../base/errors";
import { defineCommand } from "../context";

export default defineCommand({
  name: "restart",
  group: "Work",
  summary: "stop agents and start them again, with their conversation where the program can",
  args: [{ name: "name", doc: "agents, or quoted globs", optional: true, many: true, completes: "agent" }],
  flags: {
    ...SELECTION_FLAGS,
    "dry-run": DRY_RUN_FLAG,
  },
  examples: [{ run: "fleet restart login-form", does: "the same agent with a fresh program, after a new login for instance" }],
  async run(ctx, { args, flags }) {
    const [{ selectAgents }, { stopAgent }, { startAgent }, { eachAgent }, { kindsOf }, { interruptSignalPastHangup }] = await Promise.all([
      import("../fleet/select"),
      import("../fleet/stop"),
      import("../fleet/start"),
      import("../fleet/each"),
      import("../fleet/kind-of"),
      import("../ports/interrupt"),
    ]);
    interruptSignalPastHangup();
    const agents = await selectAgents(ctx, args.name, flags);
    const kinds = await kindsOf(ctx, true);
    const doomed = new Set(agents.flatMap((agent) => agent.session ?? []));
    const size = ctx.terminal.size() ?? { columns: 160, rows: 48 };
    const all = await eachAgent(ctx.out, agents, flags["dry-run"] ? "would be restarted" : "restarted", async (agent) => {
      if (flags["dry-run"]) return;
      await stopAgent(ctx, agent, doomed);
      await startAgent(ctx, { ...agent, status: "stopped", session: null, pane: null }, kinds(agent.record.kind), size);
    });
    return all ? EXIT.done : EXIT.refused;
  },
});
