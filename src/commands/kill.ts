import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { Cancelled, EXIT, UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { KillPlan } from "../fleet/kill/plan";
import type { Left } from "../fleet/kill/tell";

/** No question to git may take longer. */
const GIT_MS = 60_000;

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
    await agree(ctx, plans, flags.yes);
    const failed = await killAll(ctx, plans, flags.batch);
    return failed + refused > 0 ? EXIT.refused : EXIT.done;
  },
});

/** Refusals are shown under their names; the rest goes on. One agent alone throws its own. */
async function planAll(ctx: Context, agents: readonly Agent[], request: { force: boolean; deleteBranch: boolean }): Promise<{ plans: KillPlan[]; refused: number }> {
  const [{ gatherKillFacts }, { planKill }, { listFleetPanes }, { agentOfCaller }, { limitGit }] = await Promise.all([
    import("../fleet/kill/facts"),
    import("../fleet/kill/plan"),
    import("../ports/tmux/sessions"),
    import("../ports/tmux/caller"),
    import("../ports/git/limit"),
  ]);
  const ports = { tmux: ctx.tmux, git: limitGit(ctx.git, () => GIT_MS) };
  const [panes, caller] = await Promise.all([listFleetPanes(ctx.tmux), agentOfCaller(ctx.tmux, ctx.env)]);
  const around = { panes: panes ?? [], records: ctx.store.agents(), cwd: ctx.cwd, caller };
  const plans: KillPlan[] = [];
  let refused = 0;
  for (const agent of agents) {
    try {
      plans.push(planKill(request, await gatherKillFacts(ports, agent, around)));
    } catch (error) {
      if (agents.length === 1 || !(error instanceof UserError)) throw error;
      refused++;
      ctx.out.error(error.message, error.hint, error.detail);
    }
  }
  return { plans, refused };
}

async function agree(ctx: Context, plans: readonly KillPlan[], yes: boolean): Promise<void> {
  if (yes) return;
  const names = plans.map((plan) => shellWord(plan.facts.agent.branch)).join(" ");
  if (!ctx.terminal.interactive) throw new UserError("kill asks first, and there is no terminal to ask on", { hint: `fleet kill ${names} --yes` });
  const { confirm } = await import("../ui/ask");
  if (!(await confirm(plans.length === 1 ? "Kill it?" : `Kill these ${plans.length}?`))) throw new UserError("nothing was killed");
}

async function killAll(ctx: Context, plans: readonly KillPlan[], batch: string | undefined): Promise<number> {
  const [{ applyKill }, { interruptSignalPastHangup }, { tellClients }, { leftText, undoCommand }] = await Promise.all([import("../fleet/kill/apply"), import("../ports/interrupt"), import("../ports/tmux/clients"), import("../fleet/kill/tell")]);
  const signal = interruptSignalPastHangup();
  // A directory that is moved or removed is a bad place to start programs from.
  process.chdir("/");
  const doomed = new Set(plans.flatMap(({ facts }) => facts.agent.session ?? []));
  const clients = new Set<string>();
  const left: Left = { branches: [], refs: [] };
  let done = 0;
  const back: string[] = [];
  let error: unknown;
  for (const plan of plans) {
    const { agent } = plan.facts;
    const name = oneLine(agent.branch);
    if (signal.aborted) break;
    try {
      const killed = await applyKill(ctx, plan, { warn: ctx.out.warn, doomed, moved: (names) => names.forEach((client) => clients.add(client)) });
      done++;
      if (killed.ignoredLost) ctx.out.warn(`${name}: its directory could not be moved, so ignored files are gone; all else is saved`);
      if (!killed.branchDeleted && plan.facts.tip !== null) left.branches.push(oneLine(agent.record.branch));
      if (killed.ref !== null) left.refs.push(killed.ref);
      if (killed.ref !== null || killed.branchDeleted) back.push(agent.record.id);
    } catch (thrown) {
      error = thrown;
      if (plans.length === 1 || !(thrown instanceof UserError)) break;
      ctx.out.error(`${name}: ${thrown.message}`, thrown.hint, thrown.detail);
    }
  }
  const only = plans.length === 1 ? oneLine(plans[0]!.facts.agent.branch) : `${done} of ${plans.length} agents`;
  const undo = undoCommand(back, batch);
  if (done > 0) {
    ctx.out.done(`killed: ${only}${leftText(left)}`);
    // Without anything saved there is nothing to come back to.
    if (back.length > 0) ctx.out.hint(undo);
    (await import("../fleet/leave-purge")).leavePurge(ctx.store.home, ctx.git.env, true);
  }
  // Whoever looked at a session that is gone reads it where they are now: the pane this was typed in may be gone too.
  if (error instanceof UserError) await tellClients(ctx.tmux, [...clients], error.message);
  else if (done > 0) await tellClients(ctx.tmux, [...clients], `killed: ${only}${back.length > 0 ? `; ${undo} brings ${done === 1 ? "it" : "them"} back` : ""}`);
  if (error !== undefined && (plans.length === 1 || !(error instanceof UserError))) throw error;
  if (signal.aborted && done < plans.length) throw new Cancelled();
  return plans.length - done;
}
