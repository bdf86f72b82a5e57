import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { EXIT, UsageError, UserError } from "../base/errors";
import { oneLine, truncate } from "../base/text";
import { type Context, defineCommand } from "../context";

export default defineCommand({
  name: "queue",
  group: "Look",
  summary: "list what is queued, prompts and starts, or cancel it",
  args: [
    { name: "action", doc: "what to do (default: list)", optional: true, choices: ["list", "cancel"] },
    { name: "entry", doc: "ids of entries, or agents whose entries all go", optional: true, many: true, completes: "agent" },
  ],
  flags: { all: { type: "boolean", doc: "cancel everything" }, "dry-run": DRY_RUN_FLAG, json: JSON_FLAG },
  examples: [
    { run: "fleet queue", does: "what waits, for which agent, and since when" },
    { run: "fleet queue cancel q3", does: "take one entry out" },
  ],
  changes: ({ args }) => args.action === "cancel",
  async run(ctx, { args, flags }) {
    if ((args.action ?? "list") === "list") return list(ctx, flags.json);
    if (args.entry.length === 0 && !flags.all) throw new UsageError("cancel what? give ids, agents or --all");
    await cancel(ctx, args.entry, flags.all, flags["dry-run"]);
    return EXIT.done;
  },
});

async function list(ctx: Context, json: boolean): Promise<void> {
  const { readQueue } = await import("../fleet/queue");
  const records = new Map(ctx.store.agents().map((agent) => [agent.id, agent]));
  const name = (id: string) => oneLine(records.get(id)?.branch ?? id);
  const rows = readQueue(ctx.store);
  if (json) return ctx.out.json(rows.map((row) => ({ ...row, branch: records.get(row.agent)?.branch ?? null })));
  if (rows.length === 0) return ctx.out.note("nothing is queued");
  const { renderTable } = await import("../ui/table");
  const columns = [
    { title: "id", cell: (row: (typeof rows)[number]) => row.id },
    { title: "agent", cell: (row: (typeof rows)[number]) => name(row.agent) },
    { title: "when", cell: (row: (typeof rows)[number]) => (row.is === "start" ? "a slot is free" : row.after === null ? "idle" : `after ${name(row.after)}`) },
    { title: "problem", cell: (row: (typeof rows)[number]) => oneLine(row.problem ?? ""), hideEmpty: true },
    { title: "what", cell: (row: (typeof rows)[number]) => (row.is === "start" ? "start" : truncate(oneLine(row.text), 60)), last: true },
  ];
  for (const line of renderTable(rows, columns, null, ctx.out.style)) ctx.out.answer(line);
}

async function cancel(ctx: Context, names: readonly string[], all: boolean, dryRun: boolean): Promise<void> {
  const { changeQueue } = await import("../fleet/queue");
  const agents = ctx.store.agents();
  const gone = await changeQueue(ctx.store, (stored) => {
    const wanted = new Set(stored.entries.filter((entry) => all || names.some((name) => name === entry.id || name === entry.agent || agents.some((agent) => agent.id === entry.agent && agent.branch === name))));
    const missing = names.find((name) => ![...wanted].some((entry) => name === entry.id || name === entry.agent || agents.some((agent) => agent.id === entry.agent && agent.branch === name)));
    if (missing !== undefined) throw new UserError(`nothing is queued under that name: ${oneLine(missing)}`, { hint: "fleet queue" });
    if (!dryRun) stored.entries = stored.entries.filter((entry) => !wanted.has(entry));
    return wanted.size;
  });
  const entries = gone === 1 ? "1 entry" : `${gone} entries`;
  if (dryRun) ctx.out.answer(`would cancel ${entries}`);
  else ctx.out.done(`${entries} cancelled`);
}
