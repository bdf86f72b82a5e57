import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { UsageError, UserError } from "../base/errors";
import { oneLine } from "../base/text";
import { type Context, defineCommand } from "../context";

export default defineCommand({
  name: "batch",
  group: "Look",
  summary: "list batches, or give one another label",
  args: [
    { name: "action", doc: "what to do (default: list)", optional: true, choices: ["list", "rename"] },
    { name: "batch", doc: "label or id", optional: true, completes: "batch" },
    { name: "label", doc: "the new label", optional: true },
  ],
  flags: { "dry-run": DRY_RUN_FLAG, json: JSON_FLAG },
  examples: [
    { run: "fleet batch list", does: "every batch, with how many of its agents are there" },
    { run: "fleet batch rename cache faster-cache", does: "another label" },
  ],
  changes: ({ args }) => args.action === "rename",
  async run(ctx, { args, flags }) {
    const action = args.action ?? "list";
    if (action === "list") return list(ctx, flags.json);
    if (action !== "rename") throw new UsageError(`no such action: ${action}`);
    if (args.batch === undefined || args.label === undefined) throw new UsageError("rename takes the batch and its new label");
    await rename(ctx, args.batch, args.label, flags["dry-run"]);
  },
});

interface Row {
  id: string;
  label: string;
  agents: number;
  tasks: number | null;
  created: string | null;
  main: string | null;
}

async function list(ctx: Context, json: boolean): Promise<void> {
  const { batches } = await import("../fleet/batch/record");
  const agents = ctx.store.agents();
  const known = batches(ctx.store);
  const count = (id: string) => agents.filter((agent) => agent.batch === id).length;
  const lost = [...new Set(agents.flatMap((agent) => agent.batch ?? []))].filter((id) => !known.some((batch) => batch.id === id));
  const rows: Row[] = [
    ...known.map(({ id, label, tasks, created, main }) => ({ id, label, agents: count(id), tasks: tasks.length, created, main })),
    ...lost.map((id) => ({ id, label: id, agents: count(id), tasks: null, created: null, main: null })),
  ].sort((a, b) => (b.created ?? "").localeCompare(a.created ?? ""));
  if (json) return ctx.out.json(rows);
  if (rows.length === 0) return ctx.out.note("no batches; fleet fanout and fleet multi start one");
  const { renderTable } = await import("../ui/table");
  const columns = [
    { title: "label", cell: (row: Row) => oneLine(row.label) },
    { title: "id", cell: (row: Row) => row.id },
    { title: "agents", cell: (row: Row) => (!row.tasks ? String(row.agents) : `${row.agents} of ${row.tasks}`) },
    { title: "started", cell: (row: Row) => (row.created ?? "").slice(0, 16).replace("T", " ") },
    { title: "repo", cell: (row: Row) => oneLine(row.main ?? ""), last: true },
  ];
  for (const line of renderTable(rows, columns, null, ctx.out.style)) ctx.out.answer(line);
}

async function rename(ctx: Context, name: string, label: string, dryRun: boolean): Promise<void> {
  const { findBatch, freeLabel, saveBatch, withBatches } = await import("../fleet/batch/record");
  const wanted = oneLine(label);
  if (!wanted) throw new UserError("the label is empty");
  await withBatches(ctx.store, () => {
    const { record } = findBatch(ctx.store, name, ctx.store.agents().map((agent) => agent.batch));
    if (!record) throw new UserError(`nothing is remembered of the batch: ${oneLine(name)}`, { hint: "fleet batch list" });
    if (wanted === record.label) return ctx.out.note(`its label is ${wanted} already`);
    if (freeLabel(ctx.store, wanted) !== wanted) throw new UserError(`a batch has this label: ${wanted}`, { hint: "fleet batch list" });
    if (dryRun) return ctx.out.answer(`would rename ${oneLine(record.label)} to ${wanted}`);
    saveBatch(ctx.store, { ...record, label: wanted });
    ctx.out.done(`renamed: ${oneLine(record.label)} is ${wanted} now`);
  });
}
