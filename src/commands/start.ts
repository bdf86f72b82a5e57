import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { EXIT, UsageError } from "../base/errors";
import type { Agent } from "../base/model";
import { defineCommand } from "../context";

export default defineCommand({
  name: "start",
  group: "Work",
  summary: "bring back stopped or ended agents, with their conversation where the program can",
  args: [{ name: "name", doc: "agents, or globs", optional: true, many: true, completes: "agent" }],
  flags: {
    all: { type: "boolean", doc: "every stopped agent" },
    ...SELECTION_FLAGS,
    "dry-run": DRY_RUN_FLAG,
  },
  examples: [
    { run: "fleet start login-form", does: "start one again" },
    { run: "fleet start --all", does: "after a reboot: all that were there" },
  ],
  async run(ctx, { args, flags }) {
    if (!flags.all && flags.batch === undefined && args.name.length === 0) throw new UsageError("no agent named: give names, --batch or --all");
    const [{ selectAgents }, { loadAgents }, { startAgent }, { eachAgent }, { kindsOf }] = await Promise.all([
      import("../fleet/select"),
      import("../fleet/agents"),
      import("../fleet/start"),
      import("../fleet/each"),
      import("../fleet/kind-of"),
    ]);
    const agents = flags.all ? (await loadAgents(ctx)).filter((agent) => agent.status === "stopped") : await selectAgents(ctx, args.name, flags);
    if (agents.length === 0) return void ctx.out.note("no stopped agents");
    const kinds = await kindsOf(ctx, true);
    const size = ctx.terminal.size() ?? { columns: 160, rows: 48 };
    const all = await eachAgent(ctx.out, agents, flags["dry-run"] ? "would be started" : "started", async (agent) => {
      if (flags["dry-run"]) await refuseOrPass(agent);
      else await startAgent(ctx, agent, kinds(agent.record.kind), size);
    });
    return all ? EXIT.done : EXIT.refused;
  },
});

async function refuseOrPass(agent: Agent): Promise<void> {
  const [{ refuseStart }, { existsSync }] = await Promise.all([import("../fleet/start"), import("node:fs")]);
  const refusal = refuseStart(agent, existsSync(agent.record.worktree));
  if (refusal) throw refusal;
}
