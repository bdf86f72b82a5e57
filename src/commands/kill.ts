import { SELECTION_FLAGS } from "../base/batch-flags";
import { DRY_RUN_FLAG } from "../base/command";
import { EXIT, UserError } from "../base/errors";
import { oneLine, shellWord } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { KillPlan } from "../fleet/kill/plan";

// No alias, on purpose: what ends an agent must not be hit by accident.
export default defineCommand({
  name: "kill",
  group: "Work",
  summary: "end agents and put their worktrees into the trash; fleet undo brings them back",
  doc: `Says what will go and asks; without a terminal it needs --yes. Uncommitted work needs --force. A branch that fleet made goes
when it is merged or has no commits of its own; every other branch stays. The worktree, ignored files included, lies in the
trash for some days, and its state is saved under refs/fleet/. Of an agent that was adopted only what fleet made goes: its worktree and branch stay.`,
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
  async run(ctx, { args, flags }) {
    const [{ selectAgents }, { killAll, planKills }] = await Promise.all([import("../fleet/select"), import("../fleet/kill/several")]);
    const agents = await selectAgents(ctx, args.name, flags);
    const { plans, refused } = await planKills(ctx, agents, { force: flags.force, deleteBranch: flags["delete-branch"] });
    for (const plan of plans) {
      ctx.out.note(oneLine(plan.facts.agent.branch));
      for (const line of plan.lines) ctx.out.progress(`  ${line}\n`);
    }
    if (plans.length === 0 && !flags["dry-run"]) ctx.out.note(`killed: 0 of ${agents.length} agents`);
    if (flags["dry-run"] || plans.length === 0) return refused > 0 ? EXIT.refused : EXIT.done;
    await agree(ctx, plans, flags.yes);
    const failed = await killAll(ctx, plans, { asked: agents.length, batch: flags.batch });
    return failed + refused > 0 ? EXIT.refused : EXIT.done;
  },
});

async function agree(ctx: Context, plans: readonly KillPlan[], yes: boolean): Promise<void> {
  if (yes) return;
  const names = plans.map((plan) => shellWord(plan.facts.agent.branch)).join(" ");
  if (!ctx.terminal.interactive) throw new UserError("kill asks first, and there is no terminal to ask on", { hint: `fleet kill ${names} --yes` });
  const { confirm } = await import("../ui/ask");
  if (!(await confirm(plans.length === 1 ? "Kill it?" : `Kill these ${plans.length}?`))) throw new UserError("nothing was killed");
}
