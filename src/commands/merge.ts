import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { EXIT, UsageError, UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { Merged, MergeWish } from "../fleet/merge/flow";

export default defineCommand({
  name: "merge",
  group: "Work",
  summary: "merge agents' branches into their base, with checks first, then end them; fleet undo takes it back",
  doc: `The base is brought into the agent's branch first, then --run's checks run in its worktree, then the target moves, and the files of
the checkout that has it. Refused while the agent works, with uncommitted work (--commit commits it), and where a file of somebody's
own would be written over. On a conflict nothing moves, and the files are named; --hand-over asks the agent to settle them. Stacked
agents are merged in their order. Afterwards the agent is killed unless --keep; fleet undo brings it back, and the target to where it was.`,
  args: [{ name: "name", doc: "agents, or quoted globs", many: true, completes: "agent" }],
  flags: {
    into: { type: "string", value: "BRANCH", doc: "merge into this branch instead of the base", completes: "branch" },
    squash: { type: "boolean", doc: "as one commit" },
    rebase: { type: "boolean", doc: "commit by commit, on top of the target" },
    ff: { type: "boolean", doc: "only by moving the target forward; refused where it has moved on" },
    message: { type: "string", short: "m", value: "TEXT", doc: "the commit's message (default: NAME: first line of the prompt)" },
    run: { type: "string", value: "CMD", filled: true, doc: "a line for sh that must succeed in the worktree first" },
    timeout: { type: "number", value: "SECONDS", doc: "end a CMD that takes longer" },
    commit: { type: "boolean", doc: "commit uncommitted work first" },
    keep: { type: "boolean", doc: "leave the agent as it is afterwards" },
    "hand-over": { type: "boolean", doc: "on a conflict, ask the agent to settle it" },
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet merge login-form", does: "merge into its base with a merge commit, and end the agent" },
    { run: "fleet merge login-form --run 'npm test' --squash", does: "one commit, and only when the tests pass" },
    { run: "fleet merge login-form --commit --keep", does: "commit what is uncommitted, merge, and let the agent go on" },
    { run: "fleet merge login-form --dry-run", does: "what would happen, conflicts too" },
  ],
  async run(ctx, { args, flags }) {
    const ways = (["squash", "rebase", "ff"] as const).filter((way) => flags[way]);
    if (ways.length > 1) throw new UsageError(`only one of --squash, --rebase and --ff: ${ways.map((way) => `--${way}`).join(" ")}`);
    if (flags.message !== undefined && (ways[0] === "rebase" || ways[0] === "ff")) throw new UsageError(`--message is for a commit of the merge's own: not with --${ways[0]}`);
    if (flags.timeout !== undefined && flags.run === undefined) throw new UsageError("--timeout is for --run");
    const [{ selectAgents }, { inStackOrder }, { interruptSignal }] = await Promise.all([import("../fleet/select"), import("../fleet/merge/flow"), import("../ports/interrupt")]);
    const agents = inStackOrder(await selectAgents(ctx, args.name, { "all-repos": false, batch: undefined }));
    const wish: MergeWish = { into: flags.into, way: ways[0] ?? "merge", commit: flags.commit, run: flags.run ?? null, keep: flags.keep, message: flags.message ?? null };
    const signal = interruptSignal();
    const merged: Merged[] = [];
    let refused = 0;
    for (const agent of agents) {
      if (signal.aborted) break;
      try {
        const one = await merge(ctx, agent, wish, { dryRun: flags["dry-run"], signal, timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000, quiet: flags.json });
        if (one) merged.push(one);
        if (one && !one.killed && !flags.keep) refused++;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        refused += await tellRefusal(ctx, error, { alone: agents.length === 1, handOver: flags["hand-over"] && !flags["dry-run"], ask: !flags["dry-run"] && !flags.json });
      }
    }
    if (flags.json) ctx.out.json(merged);
    if (agents.length > 1 && !flags["dry-run"]) ctx.out.done(`${merged.length} of ${agents.length} merged`);
    return refused > 0 ? EXIT.refused : EXIT.done;
  },
});

interface Options {
  dryRun: boolean;
  signal: AbortSignal;
  timeoutMs: number | undefined;
  quiet: boolean;
}

async function merge(ctx: Context, agent: Agent, wish: MergeWish, { dryRun, signal, timeoutMs, quiet }: Options): Promise<Merged | null> {
  const { mergeAgent, planFor } = await import("../fleet/merge/flow");
  const plan = await planFor(ctx, agent.record.id, wish);
  if (dryRun) {
    if (!quiet) for (const line of plan.lines) ctx.out.answer(line);
    return null;
  }
  return mergeAgent(ctx, plan, { signal, timeoutMs, note: ctx.out.note });
}

/** 1 where it counts as a refusal, 0 where there was only nothing to do. A refusal of the only agent is thrown. */
async function tellRefusal(ctx: Context, error: UserError, { alone, handOver, ask }: { alone: boolean; handOver: boolean; ask: boolean }): Promise<number> {
  const [{ Conflicts, NothingToMerge }, { settleConflict }] = await Promise.all([import("../fleet/merge/plan"), import("../fleet/merge/hand-over")]);
  if (error instanceof NothingToMerge) {
    ctx.out.note(error.message);
    if (error.hint) ctx.out.hint(error.hint);
    return 0;
  }
  if (error instanceof Conflicts && (await settleConflict(ctx, error, { handOver, ask }))) return 1;
  if (alone) throw error;
  ctx.out.error(oneLine(error.message), error.hint, error.detail);
  return 1;
}
