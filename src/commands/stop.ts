import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { EXIT } from "../base/errors";
import { defineCommand } from "../context";

export default defineCommand({
  name: "stop",
  group: "Work",
  summary: "end agents' programs and sessions; keep branches, worktrees and all files",
  args: [{ name: "name", doc: "agents, or quoted globs", optional: true, many: true, completes: "agent" }],
  flags: {
    ...SELECTION_FLAGS,
    "dry-run": DRY_RUN_FLAG,
  },
  examples: [
    { run: "fleet stop login-form", does: "end it; fleet start login-form goes on where it was" },
    { run: "fleet stop '*'", does: "stop every agent of this repo" },
  ],
  async run(ctx, { args, flags }) {
    const [{ selectAgents }, { stopAgent }, { eachAgent }, { interruptSignalPastHangup }] = await Promise.all([
      import("../fleet/select"),
      import("../fleet/stop"),
      import("../fleet/each"),
      import("../ports/interrupt"),
    ]);
    interruptSignalPastHangup();
    const agents = await selectAgents(ctx, args.name, flags);
    const doomed = new Set(agents.flatMap((agent) => agent.session ?? []));
    const all = await eachAgent(ctx.out, agents, flags["dry-run"] ? "would be stopped" : "stopped", async (agent) => {
      if (!flags["dry-run"]) await stopAgent(ctx, agent, doomed);
    });
    return all ? EXIT.done : EXIT.refused;
  },
});
