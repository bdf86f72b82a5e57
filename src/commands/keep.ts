import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { EXIT, UsageError, UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { MergeWish } from "../fleet/merge/flow";

export default defineCommand({
  name: "keep",
  group: "Work",
  summary: "keep one attempt of a batch and end the others; fleet undo brings each back",
  doc: `Says what will go and asks; without a terminal it needs --yes. The others go to the trash as with fleet kill --force: uncommitted
work is saved with them. Their branches stay where they have commits of their own, unless --delete-branch. With --merge the one that
is kept is merged first, as fleet merge does it, and nothing else happens when it can't be.`,
  args: [{ name: "name", doc: "the agent to keep", completes: "agent" }],
  flags: {
    merge: { type: "boolean", doc: "merge it first" },
    into: { type: "string", value: "BRANCH", doc: "with --merge: into this branch instead of the base", completes: "branch" },
    squash: { type: "boolean", doc: "with --merge: as one commit" },
    run: { type: "string", value: "CMD", filled: true, doc: "with --merge: a line for sh that must succeed in the worktree first" },
    commit: { type: "boolean", doc: "with --merge: commit uncommitted work first" },
    "delete-branch": { type: "boolean", doc: "delete the others' branches that fleet made; their commits are saved for 30 days" },
    yes: { type: "boolean", short: "y", doc: "do not ask" },
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet keep faster-2", does: "end the other attempts of its batch" },
    { run: "fleet keep faster-2 --merge --run 'npm test'", does: "merge it when the tests pass, then end the others" },
  ],
  async run(ctx, { args, flags }) {
    if (!flags.merge && (flags.into !== undefined || flags.squash || flags.run !== undefined || flags.commit)) throw new UsageError("--into, --squash, --run and --commit are for --merge");
    const [{ selectAgent }, { applyKeep, planKeep }, { interruptSignal }] = await Promise.all([import("../fleet/select"), import("../fleet/keep-flow"), import("../ports/interrupt")]);
    const kept = await selectAgent(ctx, args.name, "keep");
    const wish: MergeWish = { into: flags.into, way: flags.squash ? "squash" : "merge", commit: flags.commit, run: flags.run ?? null, keep: false, message: null };
    const plan = await planKeep(ctx, kept, { merge: flags.merge ? wish : null, deleteBranch: flags["delete-branch"] });
    const { ends, refused } = plan;
    for (const line of plan.lines) {
      if (flags["dry-run"]) ctx.out.answer(line);
      else ctx.out.progress(`  ${line}\n`);
    }
    if (flags["dry-run"]) return refused > 0 ? EXIT.refused : EXIT.done;
    await agree(ctx, kept, plan.siblings, flags.yes);
    const { merged, failed } = await applyKeep(ctx, plan, { signal: interruptSignal(), note: ctx.out.note });
    if (!merged) ctx.out.done(`kept: ${oneLine(kept.branch)}`);
    if (flags.json) ctx.out.json({ kept: kept.record.id, branch: kept.branch, merged, ended: ends.map(({ facts }) => facts.agent.record.id) });
    return failed + refused > 0 || (merged !== null && !merged.killed) ? EXIT.refused : EXIT.done;
  },
});

async function agree(ctx: Context, kept: Agent, siblings: readonly Agent[], yes: boolean): Promise<void> {
  if (yes) return;
  if (!ctx.terminal.interactive) throw new UserError("keep asks first, and there is no terminal to ask on", { hint: `fleet keep ${shellWord(kept.branch)} --yes` });
  const { confirm } = await import("../ui/ask");
  if (!(await confirm(siblings.length === 1 ? "End the other one?" : `End the other ${siblings.length}?`))) throw new UserError("nothing was ended");
}
