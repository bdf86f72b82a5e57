import { resolve } from "node:path";
import { JSON_FLAG } from "../base/command";
import { STATUSES, type Agent } from "../base/model";
import { type Context, defineCommand } from "../context";

interface ListFlags {
  repo: string | undefined;
  status: string | undefined;
  kind: string | undefined;
  batch: string | undefined;
  grouped: boolean;
  all: boolean;
  "all-repos": boolean;
  counts: boolean;
  pr: boolean;
  json: boolean;
}

export default defineCommand({
  name: "list",
  group: "Look",
  summary: "show agents: who waits, who works, CPU, memory and changes",
  doc: `Agents that need a person come first, then working, idle, exited. Stopped agents are counted; --all lists them.
A glob matches in this repo; REPO:GLOB and --all-repos widen it. Changes are lines against the base, with uncommitted and
untracked ones: * marks uncommitted work, ~ a figure that may be older than the last edit, · one that git had no time for.
Memory is the resident size of the session's whole process tree. Tokens are all that were read and written, cached ones too; a cost
is the program's own figure, else at list price, + where a part has no known price.

--pr asks the forge, once for each repo, and keeps the answer for a minute: ~ marks an older one, · a request that can't be told. Nothing
else of the list waits for it longer than 8 s; with --watch nothing waits.`,
  args: [{ name: "glob", doc: "branches to show", optional: true, many: true, completes: "agent" }],
  flags: {
    repo: { type: "string", value: "PATH", optionalValue: true, doc: "only agents of this repo, or of the one at PATH", completes: "directory" },
    status: { type: "string", value: "STATUS", doc: "only this status", choices: STATUSES, completes: "status" },
    kind: { type: "string", value: "KIND", doc: "only this kind", completes: "kind" },
    batch: { type: "string", value: "BATCH", doc: "only this batch", completes: "batch" },
    grouped: { type: "boolean", doc: "a heading for each batch" },
    all: { type: "boolean", doc: "stopped agents too" },
    "all-repos": { type: "boolean", doc: "globs match in every repo" },
    counts: { type: "boolean", doc: "only how many there are of each status" },
    pr: { type: "boolean", doc: "how pull or merge requests and their CI stand, through gh or glab" },
    watch: { type: "boolean", doc: "renew the list until Ctrl-C; with --json, a line for each change" },
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet list", does: "show every agent" },
    { run: "fleet list --status waiting --json", does: "those that need a person, for a script" },
    { run: "fleet list 'auth-*' --watch", does: "keep an eye on some of this repo's agents" },
    { run: "fleet list --watch --json", does: "every agent as a line of JSON, then a line for each change" },
    { run: "fleet list --pr", does: "which requests are open, approved or merged, and whether their checks passed" },
    { run: "fleet list --counts", does: "2 waiting · 4 working, for a prompt or a script" },
  ],
  async run(ctx, { args, flags }) {
    const board = flags.pr && !flags.counts ? await requestBoard(ctx, !flags.watch) : null;
    const rows = async () => {
      const agents = await look(ctx, args.glob, flags);
      await board?.(flags.json ? agents : shownOf(agents, flags));
      return agents;
    };
    if (flags.counts) return counts(ctx, await rows(), flags);
    if (flags.watch && flags.json) return follow(ctx, rows);
    if (!flags.watch) return print(ctx, await rows(), flags);
    const { watch } = await import("../ui/watch");
    await watch(ctx, async () => (await render(ctx, await rows(), flags)).join("\n"));
  },
});

const EVERY_MS = 1000;

/** Fills in how each agent's request stands, and says once why that can't be told. */
async function requestBoard(ctx: Context, wait: boolean): Promise<(agents: readonly Agent[]) => Promise<void>> {
  const { doubtText, openBoard } = await import("../fleet/forge/board");
  const board = openBoard({ git: ctx.git, env: ctx.env, home: ctx.store.home, now: ctx.now });
  return async (agents) => {
    const doubts = await board(agents, wait);
    // On a display that renews itself there is no place for it.
    if (!wait) return;
    for (const doubt of doubts) ctx.out.warn(doubtText(doubt), doubt.hint);
    if (agents.length > 0 && agents.every(({ request }) => request?.state === "none")) ctx.out.note("none of these agents has a pull request; fleet pr NAME opens one");
  };
}

async function look(ctx: Context, globs: readonly string[], flags: ListFlags): Promise<Agent[]> {
  const [{ loadAgents }, { findAgents }, { filterAgents, sortAgents }] = await Promise.all([
    import("../fleet/agents"),
    import("../fleet/find"),
    import("../fleet/rows"),
  ]);
  const [agents, repo] = await Promise.all([loadAgents(ctx, { usage: true, git: !flags.counts || globs.length > 0, ...(flags.counts ? {} : { tokens: ctx.env }) }), wantedRepo(ctx, globs, flags)]);
  const batch = flags.batch === undefined ? undefined : (await import("../fleet/batch/record")).findBatch(ctx.store, flags.batch, agents.map((agent) => agent.record.batch)).id;
  const named = globs.length ? findAgents(agents, globs, { repo, allRepos: flags["all-repos"] }) : agents;
  return sortAgents(filterAgents(named, { ...flags, batch, repo: flags.repo === undefined ? undefined : (repo?.common ?? "") }));
}

/** Labels are read only where an agent shown has a batch. */
async function batchLabels(ctx: Context, agents: readonly Agent[]): Promise<(id: string) => string> {
  if (agents.every((agent) => agent.record.batch === null)) return (id) => id;
  const { batches } = await import("../fleet/batch/record");
  const labels = new Map(batches(ctx.store).map((batch) => [batch.id, batch.label]));
  return (id) => labels.get(id) ?? id;
}

/** The repo is asked for only where globs or --repo need it. */
async function wantedRepo(ctx: Context, globs: readonly string[], flags: ListFlags): Promise<{ common: string } | null> {
  if (!flags.repo) return flags.repo === "" ? ctx.repo() : globs.length ? ctx.findRepo() : null;
  const [{ findRepo }, { UserError }] = await Promise.all([import("../ports/git/repo"), import("../base/errors")]);
  const found = await findRepo(ctx.git, resolve(ctx.cwd, flags.repo));
  if (!found) throw new UserError(`not in a git repository: ${flags.repo}`, { hint: "fleet list" });
  return found;
}

async function print(ctx: Context, agents: readonly Agent[], flags: ListFlags): Promise<void> {
  if (flags.json) return jsonAnswer(ctx, agents);
  for (const line of await render(ctx, agents, flags)) ctx.out.answer(line);
  const stopped = agents.filter((agent) => agent.status === "stopped").length;
  if (agents.length === 0) ctx.out.note("no agents; fleet create BRANCH -p PROMPT starts one");
  else if (stopped > 0 && !flags.all && flags.status === undefined) ctx.out.note(`${stopped} stopped: fleet start --all, or fleet list --all`);
}

async function jsonAnswer(ctx: Context, agents: readonly Agent[]): Promise<void> {
  const { agentJson } = await import("../fleet/rows");
  ctx.out.json(agents.map((agent) => agentJson(agent, ctx.store)));
}

/** A line of JSON for each agent, then for each change: the agent's own fields, and `is`. */
async function follow(ctx: Context, rows: () => Promise<Agent[]>): Promise<void> {
  const [{ agentJson }, { takeNews }, { untilAborted }, { interruptSignal }] = await Promise.all([
    import("../fleet/rows"),
    import("../fleet/news"),
    import("../ui/watch"),
    import("../ports/interrupt"),
  ]);
  const signal = interruptSignal();
  const known = new Map();
  while (!signal.aborted) {
    for (const news of takeNews(known, await rows())) {
      const { agent, ...rest } = "agent" in news ? news : { ...news, agent: null };
      ctx.out.answer(JSON.stringify({ ...rest, ...(agent ? agentJson(agent, ctx.store) : {}) }));
    }
    await untilAborted(signal, EVERY_MS);
  }
}

async function counts(ctx: Context, agents: readonly Agent[], flags: ListFlags): Promise<void> {
  const found = STATUSES.map((status) => [status, agents.filter((agent) => agent.status === status).length] as const);
  const { isSnoozed } = await import("../base/snooze");
  const unseen = agents.filter((agent) => agent.status === "idle" && agent.seen === false).length;
  const snoozed = agents.filter((agent) => agent.status === "waiting" && isSnoozed(agent, ctx.now() / 1000)).length;
  if (flags.json) return ctx.out.json({ ...Object.fromEntries(found), unseen, snoozed });
  const more: Partial<Record<Agent["status"], string>> = { ...(unseen > 0 ? { idle: ` (${unseen} not seen)` } : {}), ...(snoozed > 0 ? { waiting: ` (${snoozed} snoozed)` } : {}) };
  const parts = found.flatMap(([status, n]) => (n > 0 ? [`${n} ${status}${more[status] ?? ""}`] : []));
  ctx.out.answer(parts.join(" · ") || "no agents");
}

/** Stopped agents are shown where that was said. */
function shownOf(agents: readonly Agent[], flags: ListFlags): readonly Agent[] {
  return flags.all || flags.status !== undefined ? agents : agents.filter((agent) => agent.status !== "stopped");
}

async function render(ctx: Context, agents: readonly Agent[], flags: ListFlags): Promise<string[]> {
  const [{ agentColumns }, { renderTable }, { repoName }] = await Promise.all([import("../ui/columns"), import("../ui/table"), import("../fleet/find")]);
  const shown = shownOf(agents, flags);
  if (shown.length === 0) return [];
  const labelOf = await batchLabels(ctx, shown);
  const several = new Set(shown.map((agent) => agent.record.repo)).size > 1;
  const columns = agentColumns(ctx.now() / 1000, (agent) => (several ? `${repoName(agent)}:` : ""), labelOf);
  const width = ctx.terminal.stdoutIsTerminal ? (ctx.terminal.size()?.columns ?? 80) : null;
  if (!flags.grouped) return renderTable(shown, columns, width, ctx.out.style);
  const { groupHeading, groupByBatch } = await import("../ui/groups");
  return groupByBatch(shown).flatMap(([batch, rows], i) => [
    ...(i > 0 ? [""] : []),
    groupHeading(batch === null ? null : labelOf(batch), rows, ctx.out.style),
    ...renderTable(rows, columns.filter(({ title }) => title !== "batch"), width, ctx.out.style),
  ]);
}
