import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { EXIT, UsageError, UserError } from "../base/errors";
import { oneLine, shellWord } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { Remains } from "../fleet/undo/plan";

export default defineCommand({
  name: "undo",
  group: "Work",
  summary: "take the last kill or merge back: branch, worktree, index and all files as they were",
  doc: `Without a name: what was killed or merged last. A merge is taken back with the agent that it ended: the target moves to where it
was, unless it has moved on since or a file of somebody's own is in the way. An agent comes back stopped; fleet start resumes it. Directories stay in the trash for
trash.keep days, as far as trash.max allows; after that the saved ref still has the work for 30 days, and what only the trash had
(ignored files) is named.`,
  args: [{ name: "name", doc: "branches or ids", optional: true, many: true }],
  flags: {
    batch: { type: "string", value: "BATCH", doc: "every killed agent of this batch, by its label or id" },
    list: { type: "boolean", doc: "what can be brought back" },
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet undo", does: "take the last kill back" },
    { run: "fleet undo --batch cache", does: "take the kill of a whole batch back" },
    { run: "fleet undo --list", does: "what is in the trash, and what only refs hold" },
  ],
  async run(ctx, { args, flags }) {
    const asked = remainsHere(ctx);
    asked.catch(() => {});
    // Loaded while git answers.
    const [{ refuseUndo }, { gatherUndoFacts }, { applyUndo }, { wasGone }, { existsSync }, { prepareLock }] = await Promise.all([
      import("../fleet/undo/plan"),
      import("../fleet/undo/facts"),
      import("../fleet/undo/apply"),
      import("../fleet/trash"),
      import("node:fs"),
      import("../ports/lock"),
    ]);
    if (!flags.list) prepareLock();
    const { remains, common } = await asked;
    if (flags.list) return list(ctx, remains, flags.json);
    const wanted = await wantedRemains(ctx, remains, args.name, flags.batch, common);
    if (ctx.env["FLEET_ID"]) await refuseOthers(ctx, wanted);
    const running = new Set<Remains>();
    const bringBack = async (found: Remains) => {
      const { record } = found.entry;
      if (found.alive) return await takeMergeBack(ctx, found, flags["dry-run"]);
      refuseUndo(found, await gatherUndoFacts(ctx, found.entry));
      const gone = wasGone(found.entry);
      if (flags["dry-run"]) return ctx.out.answer(`brings back ${oneLine(record.branch)} in ${record.worktree}${found.inTrash || record.adopted ? "" : gone ? ", whose files were gone before it was killed" : ", from its saved ref alone"}`), takeMergeBack(ctx, found, true);
      const { lacks, runs } = await applyUndo(ctx, found);
      if (runs) running.add(found);
      ctx.out.done(`brought back: ${oneLine(record.branch)} in ${record.worktree}`);
      if (gone && !existsSync(record.worktree)) ctx.out.warn(`its files were gone before it was killed: ${record.worktree}`, `git -C ${shellWord(record.main)} worktree repair WHERE-THEY-ARE   ·   fleet kill ${shellWord(record.branch)}`);
      if (lacks.length > 0) ctx.out.warn(`without what only the trash had: ${lacks.slice(0, 20).map(oneLine).join(", ")}${lacks.length > 20 ? ` and ${lacks.length - 20} more` : ""}`);
      await takeMergeBack(ctx, found, false);
    };
    if (wanted.length === 1) {
      await bringBack(wanted[0]!);
      if (flags.json && !flags["dry-run"]) tellBack(ctx, wanted);
      if (!flags["dry-run"] && !wanted[0]!.alive && existsSync(wanted[0]!.entry.record.worktree)) ctx.out.hint(`fleet ${running.has(wanted[0]!) ? "attach" : "start"} ${shellWord(wanted[0]!.entry.record.branch)}`);
      return EXIT.done;
    }
    const back = await eachOf(ctx, wanted, bringBack);
    if (flags["dry-run"]) return back.length < wanted.length ? EXIT.refused : EXIT.done;
    if (flags.json) tellBack(ctx, back);
    ctx.out.done(`${back.length} of ${wanted.length} brought back`);
    if (back.length > 0) ctx.out.hint(flags.batch === undefined ? `fleet start ${back.map(({ entry }) => shellWord(entry.record.branch)).join(" ")}` : `fleet start --batch ${shellWord(flags.batch)}`);
    return back.length < wanted.length ? EXIT.refused : EXIT.done;
  },
});

/** An agent would move a person's base back otherwise. */
async function refuseOthers(ctx: Context, wanted: readonly Remains[]): Promise<void> {
  const [{ paneAmong, refuseForeign }, { loadAgents }] = await Promise.all([import("../fleet/driven"), import("../fleet/agents")]);
  const agents = await loadAgents(ctx);
  refuseForeign(ctx.env, wanted.map(({ entry: { record } }) => ({ record, branch: record.branch })), "undo", paneAmong(agents));
}

function tellBack(ctx: Context, back: readonly Remains[]): void {
  ctx.out.json(back.map(({ entry: { id, record } }) => ({ id, branch: record.branch, worktree: record.worktree })));
}

/** The merge of what came back, or of an agent that was not killed. Throws the first refusal; the other parts are done. */
async function takeMergeBack(ctx: Context, { merge, alive }: Remains, dryRun: boolean): Promise<void> {
  if (!merge) return;
  if (alive && !dryRun) {
    const [{ loadAgents }, { refuseAtWork }] = await Promise.all([import("../fleet/agents"), import("../fleet/merge/plan")]);
    // Its files may be moved back with the target's.
    for (const agent of await loadAgents(ctx)) if (agent.record.id === merge.id) refuseAtWork(agent, "undo");
  }
  const { undoMerge, undoMergeLine } = await import("../fleet/merge/undo");
  if (dryRun) return ctx.out.answer(await undoMergeLine(ctx, merge));
  const { target, refused } = await undoMerge(ctx, merge);
  const [first, ...more] = refused;
  if (target) ctx.out.done(`taken back: the merge of ${oneLine(merge.agent.branch)} into ${oneLine(merge.into.branch)}, which is at ${merge.into.from.slice(0, 7)} again`);
  for (const error of more) ctx.out.error(error.message, error.hint, error.detail);
  if (first) throw first;
}

/** Those that the names mean, each once, or all of the batch; without either the one killed last. Throws UserError. */
async function wantedRemains(ctx: Context, remains: readonly Remains[], names: readonly string[], batch: string | undefined, common: string | null): Promise<Remains[]> {
  const { findBatchRemains, findRemains } = await import("../fleet/undo/plan");
  if (batch === undefined) return names.length === 0 ? [findRemains(remains, undefined, common)] : [...new Set(names.map((name) => findRemains(remains, name, common)))];
  if (names.length > 0) throw new UsageError("give names or --batch, not both");
  const { batches } = await import("../fleet/batch/record");
  return findBatchRemains(remains, batch, batches(ctx.store));
}

/** Each refusal under its name, the rest goes on. */
async function eachOf(ctx: Context, wanted: readonly Remains[], act: (found: Remains) => Promise<void>): Promise<Remains[]> {
  const done: Remains[] = [];
  for (const found of wanted) {
    try {
      await act(found);
      done.push(found);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      ctx.out.error(`${oneLine(found.entry.record.branch)}: ${error.message}`, error.hint, error.detail);
    }
  }
  return done;
}

async function remainsHere(ctx: Context): Promise<{ remains: Remains[]; common: string | null }> {
  const { allRemains } = await import("../fleet/undo/find");
  const repo = await ctx.findRepo().catch(() => null);
  const common = repo?.common ?? null;
  const root = async () => {
    const { loadSettings } = await import("../fleet/settings");
    return (await loadSettings({ home: ctx.store.home, main: repo?.main ?? null, common, userHome: ctx.env["HOME"] ?? "" }, () => {})).values["worktree.root"];
  };
  const passed = (refs: readonly string[]) => ctx.out.warn(`passed over, because they name places that are not this fleet's: ${refs.map(oneLine).join(", ")}`, "fleet config show");
  return { remains: await allRemains(ctx, { common, root, passed }), common };
}

async function list(ctx: Context, remains: readonly Remains[], json: boolean): Promise<void> {
  if (json) {
    return ctx.out.json(remains.map(({ entry, inTrash, merge, alive }) => ({ id: entry.id, branch: entry.record.branch, repo: entry.record.repo, worktree: entry.record.worktree, killed: entry.at, ref: entry.ref, trash: inTrash, merged: merge?.into.branch ?? null, alive: alive === true })));
  }
  if (remains.length === 0) return ctx.out.note("nothing to undo");
  const { renderTable } = await import("../ui/table");
  const columns = [
    { title: "id", cell: ({ entry }: Remains) => entry.id },
    { title: "branch", cell: ({ entry }: Remains) => oneLine(entry.record.branch) },
    { title: "when", cell: ({ entry }: Remains) => entry.at.slice(0, 16).replace("T", " ") },
    { title: "merged", cell: ({ merge }: Remains) => (merge ? `into ${oneLine(merge.into.branch)}` : ""), hideEmpty: true },
    { title: "kept", cell: ({ entry, inTrash, alive }: Remains) => (alive ? "the agent" : entry.record.adopted ? "its worktree, in place" : inTrash ? "all files" : entry.ref === null ? "no files, which were gone" : "all but ignored files") },
    { title: "repo", cell: ({ entry }: Remains) => oneLine(entry.record.main), last: true },
  ];
  for (const line of renderTable(remains, columns, null, ctx.out.style)) ctx.out.answer(line);
}
