import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { EXIT, UsageError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";
import { defineCommand } from "../context";

export default defineCommand({
  name: "start",
  group: "Work",
  summary: "bring back stopped or ended agents, with their conversation where the program can",
  doc: `Several are started one after the other, each once the one before is up; programs that share a login are batch.stagger apart. When
three in a row do not come up, the rest is left stopped. A session that tmux-resurrect or tmux-continuum brought back under an agent's
name, with an idle shell in its worktree, becomes the agent's own again.`,
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
    const [{ selectAgents }, { agentsToStart, startAgents }, { startAgent }, { eachAgent }, { kindsOf }] = await Promise.all([
      import("../fleet/select"),
      import("../fleet/start-all"),
      import("../fleet/start"),
      import("../fleet/each"),
      import("../fleet/kind-of"),
    ]);
    const agents = flags.all ? await agentsToStart(ctx) : await selectAgents(ctx, args.name, flags);
    if (agents.length === 0) return void ctx.out.note("no stopped agents");
    const kinds = await kindsOf(ctx, true);
    const size = ctx.terminal.size() ?? { columns: 160, rows: 48 };
    if (flags["dry-run"]) return (await eachAgent(ctx.out, agents, "would be started", refuseOrPass)) ? EXIT.done : EXIT.refused;
    if (agents.length === 1) {
      await startAgent(ctx, agents[0]!, kinds(agents[0]!.record.kind), size);
      return void ctx.out.done(`started: ${oneLine(agents[0]!.branch)}`);
    }
    const [{ loadSettings }, { interruptSignal }] = await Promise.all([import("../fleet/settings"), import("../ports/interrupt")]);
    const { values } = await loadSettings({ home: ctx.store.home, main: null, common: null, userHome: ctx.env["HOME"] ?? "" }, () => {});
    const all = await startAgents(ctx, agents, { kinds, size, gap: values["batch.stagger"], signal: interruptSignal(), out: ctx.out });
    return all ? EXIT.done : EXIT.refused;
  },
});

async function refuseOrPass(agent: Agent): Promise<void> {
  const [{ refuseStart }, { existsSync }] = await Promise.all([import("../fleet/start"), import("node:fs")]);
  const refusal = refuseStart(agent, existsSync(agent.record.worktree));
  if (refusal) throw refusal;
}
