import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { Cancelled, EXIT, UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { KillPlan } from "../fleet/kill/plan";

// No alias, on purpose: what ends an agent must not be hit by accident.
export default defineCommand({
  name: "kill",
  group: "Work",
  summary: "end agents and put their worktrees into the trash; fleet undo brings them back",
  doc: `Says what will go and asks; without a terminal it needs --yes. Uncommitted work needs --force. A branch that fleet made goes
when it is merged or has no commits of its own; every other branch stays. The worktree, ignored files included, lies in the
trash for some days, and its state is saved under refs/fleet/.`,
  args: [{ name: "name", doc: "agents, or quoted globs", optional: true, many: true, completes: "agent" }],
  flags: {
    ...SELECTION_FLAGS,
    yes: { type: "boolean", short: "y", doc: "do not ask" },
    force: { type: "boolean", doc: "discard uncommitted work" },
    "delete-branch": { type: "boolean", doc: "delete branches that fleet made though they are not merged" },
    "dry-run": DRY_RUN_FLAG,
  },
  examples: [
    { run: "fleet kill login-form", does: "end one agent" },
    { run: "fleet kill 'try-*' --yes", does: "end several without a question" },
    { run: "fleet kill login-form --force", does: "end it and discard what is not committed; fleet undo still brings it back" },
  ],
  ahead: (ctx) => void ctx.findRepo().catch(() => {}),
  async run(ctx, { args, flags }) {
    const { selectAgents } = await import("../fleet/select");
    const agents = await selectAgents(ctx, args.name, flags);
    const { plans, refused } = await planAll(ctx, agents, { force: flags.force, deleteBranch: flags["delete-branch"] });
    for (const plan of plans) {
      ctx.out.note(oneLine(plan.facts.agent.branch));
      for (const line of plan.lines) ctx.out.progress(`  ${line}\n`);
    }
    if (flags["dry-run"] || plans.length === 0) return refused > 0 ? EXIT.refused : EXIT.done;
    await agree(ctx, plans.length, flags.yes);
    const failed = await killAll(ctx, plans);
    return failed + refused > 0 ? EXIT.refused : EXIT.done;
  },
});

/** Refusals are shown under their names; the rest goes on. One agent alone throws its own. */
async function planAll(ctx: Context, agents: readonly Agent[], request: { force: boolean; deleteBranch: boolean }): Promise<{ plans: KillPlan[]; refused: number }> {
  const [{ gatherKillFacts }, { planKill }, { listFleetPanes }] = await Promise.all([
    import("../fleet/kill/facts"),
    import("../fleet/kill/plan"),
    import("../ports/tmux/sessions"),
  ]);
  const panes = (await listFleetPanes(ctx.tmux)) ?? [];
  const plans: KillPlan[] = [];
  let refused = 0;
  for (const agent of agents) {
    try {
      plans.push(planKill(request, await gatherKillFacts(ctx.git, agent, panes, ctx.cwd)));
    } catch (error) {
      if (agents.length === 1 || !(error instanceof UserError)) throw error;
      refused++;
      ctx.out.error(error.message, error.hint, error.detail);
    }
  }
  return { plans, refused };
}

async function agree(ctx: Context, count: number, yes: boolean): Promise<void> {
  if (yes) return;
  if (!ctx.terminal.interactive) throw new UserError("kill asks first, and there is no terminal to ask on", { hint: "fleet kill NAME --yes" });
  const { confirm } = await import("../ui/ask");
  if (!(await confirm(count === 1 ? "Kill it?" : `Kill these ${count}?`))) throw new UserError("nothing was killed");
}

async function killAll(ctx: Context, plans: readonly KillPlan[]): Promise<number> {
  const [{ applyKill }, { interruptSignalPastHangup }] = await Promise.all([import("../fleet/kill/apply"), import("../ports/interrupt")]);
  const signal = interruptSignalPastHangup();
  let failed = 0;
  const left: string[] = [];
  for (const plan of plans) {
    const { agent } = plan.facts;
    const name = oneLine(agent.branch);
    if (signal.aborted) throw new Cancelled();
    try {
      const killed = await applyKill(ctx, plan, ctx.out.warn);
      if (killed.ignoredLost) ctx.out.warn(`${name}: its directory could not be moved, so ignored files are gone; all else is saved`);
      if (!killed.branchDeleted && plan.facts.tip !== null) left.push(`branch ${oneLine(agent.record.branch)}`);
      if (killed.ref !== null) left.push(killed.ref);
    } catch (error) {
      if (plans.length === 1 || !(error instanceof UserError)) throw error;
      failed++;
      ctx.out.error(`${name}: ${error.message}`, error.hint, error.detail);
    }
  }
  const done = plans.length - failed;
  const only = plans.length === 1 ? oneLine(plans[0]!.facts.agent.branch) : `${done} agents`;
  ctx.out.done(`killed: ${only}${left.length > 0 ? `; left: ${left.join(", ")}` : ""}`);
  if (done > 0) ctx.out.hint(`fleet undo ${plans.length === 1 ? plans[0]!.facts.agent.record.id : "--list"}`);
  return failed;
}
