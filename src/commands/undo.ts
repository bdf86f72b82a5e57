import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { oneLine, shellWord } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { Remains } from "../fleet/undo/plan";

export default defineCommand({
  name: "undo",
  group: "Work",
  summary: "bring a killed agent back: branch, worktree, index and all files as they were",
  doc: `Without a name: the agent killed last. It comes back stopped; fleet start resumes it. When the trash was emptied, the saved
ref still has the work; what only the trash had (ignored files) is named.`,
  args: [{ name: "name", doc: "branch or id", optional: true }],
  flags: {
    list: { type: "boolean", doc: "what can be brought back" },
    "dry-run": DRY_RUN_FLAG,
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet undo", does: "take the last kill back" },
    { run: "fleet undo --list", does: "what is in the trash, and what only refs hold" },
  ],
  ahead: (ctx) => void ctx.findRepo().catch(() => {}),
  async run(ctx, { args, flags }) {
    const asked = remainsHere(ctx);
    asked.catch(() => {});
    // Loaded while git answers.
    const [{ findRemains, refuseUndo }, { applyUndo }, { branchFacts }, { prepareLock }, { existsSync }] = await Promise.all([
      import("../fleet/undo/plan"),
      import("../fleet/undo/apply"),
      import("../ports/git/branches"),
      import("../ports/lock"),
      import("node:fs"),
    ]);
    if (!flags.list) prepareLock();
    const remains = await asked;
    if (flags.list) return list(ctx, remains, flags.json);
    const found = findRemains(remains, args.name);
    const { record } = found.entry;
    refuseUndo(found, {
      branch: await branchFacts(ctx.git, record.repo, record.branch),
      worktreeExists: existsSync(record.worktree),
      agents: ctx.store.agents(),
    });
    if (flags["dry-run"]) return ctx.out.answer(`brings back ${oneLine(record.branch)} in ${record.worktree}${found.inTrash ? "" : ", from its saved ref alone"}`);
    const { lacks } = await applyUndo(ctx, found);
    ctx.out.done(`brought back: ${oneLine(record.branch)} in ${record.worktree}`);
    if (lacks.length > 0) ctx.out.warn(`without its ignored files, which only the trash had: ${lacks.slice(0, 20).map(oneLine).join(", ")}${lacks.length > 20 ? " …" : ""}`);
    ctx.out.hint(`fleet start ${shellWord(record.branch)}`);
  },
});

async function remainsHere(ctx: Context): Promise<Remains[]> {
  const [{ allRemains }, { loadSettings }] = await Promise.all([import("../fleet/undo/find"), import("../fleet/settings")]);
  const [repo, settings] = await Promise.all([
    ctx.findRepo().catch(() => null),
    loadSettings({ home: ctx.store.home, main: null, common: null, userHome: ctx.env["HOME"] ?? "" }, ctx.out.warn),
  ]);
  return allRemains(ctx.git, [settings.values["worktree.root"]], repo?.common ?? null);
}

async function list(ctx: Context, remains: readonly Remains[], json: boolean): Promise<void> {
  if (json) {
    return ctx.out.json(remains.map(({ entry, inTrash }) => ({ id: entry.id, branch: entry.record.branch, repo: entry.record.repo, worktree: entry.record.worktree, killed: entry.at, ref: entry.ref, trash: inTrash })));
  }
  if (remains.length === 0) return ctx.out.note("nothing to undo");
  const { renderTable } = await import("../ui/table");
  const columns = [
    { title: "id", cell: ({ entry }: Remains) => entry.id },
    { title: "branch", cell: ({ entry }: Remains) => oneLine(entry.record.branch) },
    { title: "killed", cell: ({ entry }: Remains) => entry.at.slice(0, 16).replace("T", " ") },
    { title: "kept", cell: ({ inTrash }: Remains) => (inTrash ? "all files" : "all but ignored files") },
    { title: "repo", cell: ({ entry }: Remains) => oneLine(entry.record.main), last: true },
  ];
  for (const line of renderTable(remains, columns, null, ctx.out.style)) ctx.out.answer(line);
}
