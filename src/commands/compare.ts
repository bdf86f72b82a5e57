import { JSON_FLAG } from "../base/command";
import { Cancelled, EXIT, UsageError, UserError } from "../base/errors";
import type { Agent, Attempt } from "../base/model";
import { oneLine, shellWord, stripControl } from "../base/text";
import { type Context, defineCommand } from "../context";

export default defineCommand({
  name: "compare",
  group: "Look",
  summary: "show attempts side by side: files, lines, commits, time, and what a command says of each; the best first",
  doc: `Without a name: the newest batch of this repo. --run runs CMD with sh in each worktree, some at a time, and keeps what it prints.
Attempts where CMD ends with 0 come first; where its last line is a number (a score, a time), that decides: the highest, or with
--lowest the lowest. Then the smaller change.

--pick shows them in a list with each one's diff beside it, and keys that keep one, merge one, or run a command in each; = opens the same in the agents popup.`,
  args: [{ name: "batch", doc: "batches, agents, or quoted globs", optional: true, many: true, completes: "agent" }],
  flags: {
    run: { type: "string", value: "CMD", filled: true, doc: "a line for sh to run in each worktree: tests, lint, a benchmark" },
    jobs: { type: "number", short: "j", value: "N", doc: "how many at once (default: the number of cores)" },
    timeout: { type: "number", value: "SECONDS", doc: "end a CMD that takes longer" },
    lowest: { type: "boolean", doc: "the lowest number that CMD prints is the best" },
    pick: { type: "boolean", doc: "choose from them at the terminal, through fzf; with --run, CMD runs meanwhile" },
    "all-repos": { type: "boolean", doc: "globs match in every repo" },
    json: JSON_FLAG,
  },
  examples: [
    { run: "fleet compare faster --run 'npm test'", does: "the attempts of a batch, those that pass first" },
    { run: "fleet compare 'try-*' --run './bench | tail -1' --lowest", does: "by a time that a benchmark prints" },
    { run: "fleet compare faster --pick", does: "look at each, keep or merge one" },
    { run: "fleet compare --json", does: "the newest batch, for a script" },
  ],
  async run(ctx, { args, flags }) {
    if (flags.jobs === 0) throw new UsageError("--jobs takes at least 1: 0");
    if (flags.run === undefined && (flags.timeout !== undefined || flags.lowest)) throw new UsageError("--timeout and --lowest are for --run");
    if (flags.pick && flags.json) throw new UsageError("--pick is for a person, --json for a script: not both");
    const [{ agentsToCompare, compareAgents, measureEarly }, { attemptText, resultText }, { interruptSignal }] = await Promise.all([import("../fleet/compare/compare"), import("../fleet/compare/rank"), import("../ports/interrupt")]);
    const repo = await ctx.findRepo().catch(() => null);
    const early = args.batch.length > 0 && !flags.pick ? measureEarly(ctx, args.batch, repo?.common) : undefined;
    const agents = await agentsToCompare(ctx, args.batch, { repo, allRepos: flags["all-repos"] });
    if (flags.pick) return pick(ctx, agents, args.batch, flags);
    const signal = interruptSignal();
    const attempts = await compareAgents(ctx, agents, {
      run: flags.run ?? null,
      jobs: flags.jobs ?? navigator.hardwareConcurrency,
      timeoutMs: flags.timeout === undefined ? undefined : flags.timeout * 1000,
      lowest: flags.lowest,
      signal,
      onResult: (agent, result) => void (flags.json || ctx.out.note(`${oneLine(agent.branch)}: ${resultText(result)}`)),
    }, early);
    if (signal.aborted) throw new Cancelled();
    if (flags.json) ctx.out.json(attempts.map(attemptJson));
    else await show(ctx, attempts, (attempt) => attemptText(attempt, ctx.now() / 1000));
    return EXIT.done;
  },
});

interface PickFlags {
  run: string | undefined;
  jobs: number | undefined;
  timeout: number | undefined;
  lowest: boolean;
}

/** What is run goes on by itself, as one begun in the list does. */
async function pick(ctx: Context, agents: readonly Agent[], names: readonly string[], { run, jobs, timeout, lowest }: PickFlags): Promise<number> {
  if (!ctx.terminal.interactive) throw new UserError("there is no terminal to choose on", { hint: "fleet compare, without --pick" });
  const [{ pickAttempt, pickerFor }, { batches }] = await Promise.all([import("../fleet/compare/pick"), import("../fleet/batch/record")]);
  const fzf = await pickerFor(ctx, process.execPath);
  const ids = agents.map(({ record }) => record.id);
  const batch = agents[0]!.record.batch;
  const label = names.length > 0 ? names.join(" ") : (batches(ctx.store).find(({ id }) => id === batch)?.label ?? "attempts");
  if (run !== undefined) {
    const { leaveWork } = await import("../fleet/popup/background");
    const words = ["compare", ...ids, "--run", run, ...(lowest ? ["--lowest"] : []), ...(jobs === undefined ? [] : ["--jobs", String(jobs)]), ...(timeout === undefined ? [] : ["--timeout", String(timeout)])];
    leaveWork(ctx, process.execPath, undefined, { words, input: "", name: "compare --run", view: null });
  }
  const { said } = await pickAttempt(ctx, fzf, { ids, label }, { client: undefined, pane: undefined, binary: process.execPath });
  if (said !== "") ctx.out.progress(`${stripControl(said)}\n`);
  return EXIT.done;
}

async function show(ctx: Context, attempts: readonly Attempt[], resultOf: (attempt: Attempt) => string): Promise<void> {
  const [{ attemptColumns }, { renderTable }] = await Promise.all([import("../ui/attempts"), import("../ui/table")]);
  const width = ctx.terminal.stdoutIsTerminal ? (ctx.terminal.size()?.columns ?? 80) : null;
  for (const line of renderTable(attempts, attemptColumns(ctx.now() / 1000, resultOf), width, ctx.out.style)) ctx.out.answer(line);
  const failed = attempts.filter(({ result }) => result !== null && result.code !== 0);
  if (failed.length > 0) ctx.out.note(`what they printed: ${failed.map(({ result }) => result!.log).join(" ")}`);
  const best = attempts[0];
  if (attempts.length > 1 && best?.result?.code === 0 && best.agent.record.batch !== null) ctx.out.hint(`fleet diff ${shellWord(best.agent.branch)}   ·   fleet keep ${shellWord(best.agent.branch)} --merge`);
}

/** One attempt. An interface: fields are added, never renamed. Unknown is null. */
function attemptJson({ agent, files, seconds, shared, result }: Attempt): Record<string, unknown> {
  const { record, changes } = agent;
  return {
    id: record.id,
    branch: agent.branch,
    batch: record.batch,
    kind: record.kind,
    status: agent.status,
    worktree: record.worktree,
    files,
    added: changes?.added ?? null,
    removed: changes?.removed ?? null,
    dirty: changes?.dirty ?? null,
    commits: agent.ahead,
    seconds,
    shared,
    merge: agent.standing?.is ?? null,
    result: result && { code: result.code, timedOut: result.timedOut, score: result.score, ms: result.took, log: result.log },
  };
}
