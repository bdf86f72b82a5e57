import { DRY_RUN_FLAG, JSON_FLAG } from "../base/command";
import { UsageError, UserError } from "../base/errors";
import { nearest, visible } from "../base/text";
import { type Context, defineCommand } from "../context";
import type { ConfigRow } from "../fleet/config-rows";
import type { SettingsPlace } from "../fleet/settings";

const ACTIONS = ["show", "edit", "validate", "path", "approve"] as const;
type Action = (typeof ACTIONS)[number];

export default defineCommand({
  name: "config",
  group: "Set up",
  summary: "show, edit and check the configuration",
  doc: `show (the default) prints each value and where it comes from: config.toml in ~/.ai_fleet, or the .ai_fleet.toml in a
repo's main checkout, which may hold worktree.*, setup.* and create.base. edit opens config.toml in $VISUAL or $EDITOR
and saves it only without mistakes. validate lists every mistake. path prints where config.toml is. approve shows what the
repo's .ai_fleet.toml would run, copy and link, and asks; until then none of it acts, and again not when it changes.`,
  args: [{ name: "action", doc: ACTIONS.join(", "), optional: true, choices: ACTIONS }],
  flags: { "dry-run": DRY_RUN_FLAG, json: JSON_FLAG },
  examples: [
    { run: "fleet config", does: "show every value and its origin" },
    { run: "fleet config edit", does: "edit config.toml, checked before it is saved" },
    { run: "fleet config approve", does: "let this repo's .ai_fleet.toml act" },
  ],
  changes: ({ args }) => args.action === "edit" || args.action === "approve",
  async run(ctx, { args, flags }) {
    const action = actionOf(args.action);
    const { home } = ctx.store;
    if (action === "path") return flags.json ? ctx.out.json({ path: `${home}/config.toml` }) : ctx.out.answer(`${home}/config.toml`);
    if (action === "edit") return edit(ctx, flags["dry-run"]);
    const repo = action === "approve" ? await ctx.repo() : await repoIfAny(ctx);
    const where: SettingsPlace = { home, main: repo?.main ?? null, common: repo?.common ?? null, userHome: userHome(ctx) };
    if (action === "validate") return validate(ctx, where, flags.json);
    if (action === "show") return show(ctx, where, flags.json);
    return approve(ctx, where, flags["dry-run"]);
  },
});

function actionOf(word: string | undefined): Action {
  const action = ACTIONS.find((known) => known === (word ?? "show"));
  if (action) return action;
  const near = nearest(word!, ACTIONS);
  throw new UsageError(`no such action of config: ${visible(word!)}`, near ? { hint: `fleet config ${near}` } : {});
}

/** A repo that git can't read is no reason to hide a person's own settings. */
async function repoIfAny(ctx: Context) {
  try {
    return await ctx.findRepo();
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function userHome(ctx: Context): string {
  return ctx.env["HOME"] ?? "";
}

async function show(ctx: Context, where: SettingsPlace, json: boolean): Promise<void> {
  const { loadSettings } = await import("../fleet/settings");
  const { configRows, valueText } = await import("../fleet/config-rows");
  const { defaultValues } = await import("../base/options");
  const settings = await loadSettings(where, ctx.out.warn);
  const rows = configRows(settings, defaultValues(where.home));
  if (json) return ctx.out.json(rows);
  const { renderTable } = await import("../ui/table");
  const columns = [
    { title: "key", cell: (row: ConfigRow) => visible(row.key) },
    { title: "value", cell: (row: ConfigRow) => valueText(row.value), shrinkTo: 20 },
    { title: "origin", cell: (row: ConfigRow) => row.origin, colour: (row: ConfigRow) => (row.acts ? (row.origin === "default" ? "dim" : "green") : "yellow") as "dim" },
  ];
  const width = ctx.terminal.stdoutIsTerminal ? (ctx.terminal.size()?.columns ?? null) : null;
  for (const line of renderTable(rows, columns, width, ctx.out.style)) ctx.out.answer(line);
  if (rows.some((row) => !row.acts)) ctx.out.hint("fleet config approve");
}

async function validate(ctx: Context, where: SettingsPlace, json: boolean): Promise<number> {
  const { configProblems } = await import("../fleet/settings");
  const { configError } = await import("../fleet/config-problems");
  const { problems, ignored } = await configProblems(where, undefined, ctx.out.warn);
  if (json) {
    ctx.out.json({ problems, ignored });
    return problems.length ? 1 : 0;
  }
  if (problems.length) throw configError(problems);
  ctx.out.done(where.main === null ? "no mistakes in config.toml" : "no mistakes in config.toml and the repo's .ai_fleet.toml");
  return 0;
}

async function edit(ctx: Context, dryRun: boolean): Promise<number> {
  const path = `${ctx.store.home}/config.toml`;
  if (dryRun) return ctx.out.answer(`would edit a copy of ${path}, and replace it when the copy holds no mistake`), 0;
  if (!ctx.terminal.interactive) throw new UserError(`an editor needs a terminal: ${path}`, { hint: "fleet config path" });
  const [{ editConfig }, { choose }] = await Promise.all([import("../fleet/edit-config"), import("../ui/ask")]);
  const choices = [
    { value: true, label: "Edit again" },
    { value: false, label: "Drop what I wrote" },
  ];
  const result = await editConfig({
    place: { cwd: ctx.cwd, env: ctx.env },
    where: { home: ctx.store.home, main: null, common: null, userHome: userHome(ctx) },
    tell: (problem) => ctx.out.error(problem),
    again: () => choose("config.toml would not work like this.", choices),
  });
  if (result === "saved") ctx.out.done(`saved: ${path}`);
  else ctx.out.note(result === "unchanged" ? `nothing changed: ${path}` : `dropped; as it was before: ${path}`);
  return result === "dropped" ? 1 : 0;
}

async function approve(ctx: Context, where: SettingsPlace, dryRun: boolean): Promise<void> {
  const { loadSettings } = await import("../fleet/settings");
  const { requireApproval } = await import("../fleet/approval");
  const settings = await loadSettings(where, ctx.out.warn);
  const file = settings.repoFile;
  if (!file) return ctx.out.note(`nothing to approve: no .ai_fleet.toml in ${where.main}`);
  if (file.acts.length === 0) return ctx.out.note(`nothing in it needs approval: ${visible(file.path)}`);
  if (file.approved) return ctx.out.note(`approved already: ${visible(file.path)}`);
  if (dryRun) return file.acts.forEach((line) => ctx.out.answer(line));
  await requireApproval(ctx, { common: where.common!, main: where.main! }, settings);
}
