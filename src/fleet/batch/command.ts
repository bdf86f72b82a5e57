// One batch command, from tasks to the closing line: what fanout, multi and --resume share.
import { Cancelled, EXIT, UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { interruptSignal } from "../../ports/interrupt";
import type { Terminal } from "../../ports/terminal";
import type { Out } from "../../ui/out";
import { clearLeftovers } from "../doctor/leftovers";
import { loadSettings } from "../settings";
import { showBatches } from "./shown";
import { tellEnd, tellEvents, tellPlan } from "./tell";
import { type Around, askFirst, type Launch, type LaunchMeans, lookAround, planLaunch } from "./launch";
import { missingTasks } from "./missing";
import { findBatch, forgetIfEmpty, labelOf, saveBatch, withBatches } from "./record";
import { type BatchWish, type Claim, claimAgain, reserve } from "./reserve";
import { type BatchResult, runBatch } from "./run";
import type { Task } from "./tasks";

export interface BatchMeans extends Omit<LaunchMeans, "out" | "terminal"> {
  out: Out;
  terminal: Terminal;
  repo(): Promise<Repo>;
}

export interface BatchFlags {
  label?: string | undefined;
  jobs: number | undefined;
  "max-running"?: number | undefined;
  atomic: boolean;
  detach: boolean;
  yes: boolean;
  "no-setup": boolean;
  "dry-run": boolean;
  json: boolean;
  args?: string[];
}

/** Make a batch of the tasks that `tasksOf` says. Returns the exit code. */
export async function startBatch(means: BatchMeans, flags: BatchFlags, tasksOf: BatchWish["tasks"]): Promise<number> {
  refuseZero(flags);
  const signal = interruptSignal();
  const repo = await means.repo();
  const around = lookAround(means, repo);
  const settings = await loadSettings({ home: means.store.home, main: repo.main, common: repo.common, userHome: means.env["HOME"] ?? "" }, () => {});
  const wish: BatchWish = { label: flags.label, args: flags.args ?? [], noSetup: flags["no-setup"], defaultKind: settings.values["agent.default"], tasks: tasksOf };
  const claim = await reserve(means, repo, wish, flags["dry-run"]);
  const given = { repo, claim, tasks: claim.record.tasks, around, signal, resumed: false };
  try {
    return await carry(means, given, flags, claim.forget);
  } catch (error) {
    claim.end();
    throw error;
  }
}

/** Make the agents of a batch that are not there. Returns the exit code. */
export async function resumeBatch(means: BatchMeans, name: string, flags: BatchFlags): Promise<number> {
  refuseZero(flags);
  const signal = interruptSignal();
  const { store, out } = means;
  const { record } = findBatch(store, name, store.agents().map((agent) => agent.batch));
  const repo = await means.repo();
  if (!record) throw new UserError(`nothing is remembered of the batch: ${oneLine(name)}`, { hint: "fleet batch list" });
  if (record.repo !== repo.common) throw new UserError(`the batch ${oneLine(record.label)} belongs to another repository: ${record.main}`, { hint: `fleet -C ${shellWord(record.main)} fanout --resume ${record.id}` });
  const around = lookAround(means, repo);
  if (flags["dry-run"]) {
    const tasks = await missingTasks(means, record, true);
    return carry(means, { repo, claim: { record, end() {}, forget() {} }, tasks, around, signal, resumed: true }, flags, () => {});
  }
  const claim = await claimAgain(store, record);
  // A batch that was cut off may have been in the middle of a write.
  await clearLeftovers(store);
  try {
    const tasks = await missingTasks(means, record, false);
    if (tasks.length > 0) return await carry(means, { repo, claim, tasks, around, signal, resumed: true }, flags, claim.end);
    out.note(`nothing is missing of ${oneLine(record.label)}`);
    return EXIT.done;
  } finally {
    claim.end();
  }
}

function refuseZero(flags: BatchFlags): void {
  for (const name of ["jobs", "max-running"] as const) if (flags[name] === 0) throw new UserError(`--${name} takes at least 1: 0`);
}

interface Given {
  repo: Repo;
  claim: Claim;
  tasks: readonly Task[];
  around: Promise<Around>;
  signal: AbortSignal;
  /** The batch was there before: it stays, whatever comes of this. */
  resumed: boolean;
}

/** `drop` ends the claim when nothing came of it. */
async function carry(means: BatchMeans, given: Given, flags: BatchFlags, drop: () => void): Promise<number> {
  const { out, terminal } = means;
  const { claim, signal } = given;
  let launch: Launch;
  try {
    launch = await planLaunch(means, given.repo, claim.record, given.tasks);
    if (flags["dry-run"]) {
      tellPlan(out, launch.planned, flags.json);
      return EXIT.done;
    }
    const confirm = terminal.interactive ? (await import("../../ui/ask")).confirm : null;
    await askFirst(launch, await given.around, { yes: flags.yes, warn: out.warn, note: out.note, confirm });
    if (signal.aborted) throw new Cancelled();
  } catch (error) {
    drop();
    if (error instanceof Cancelled) out.note("nothing was started");
    throw error;
  }
  await remember(means, claim, launch);
  await showBatches(means.tmux, means.store);
  const result = await run(means, given, launch, flags);
  const none = result.there.length === 0;
  const gone = none && !given.resumed && (flags.atomic || signal.aborted);
  if (gone) claim.forget();
  else claim.end();
  // Whoever killed its agents while it was being made left the record to this command.
  if (result.there.length === given.tasks.length) await forgetIfEmpty(means.store, claim.record.id);
  return tellEnd(out, claim.record, given.tasks.length, result, { interrupted: signal.aborted, gone, detach: flags.detach, json: flags.json });
}

/** A later resume starts what is missing where and with what this call would have. */
async function remember({ store }: BatchMeans, { record }: Claim, { planned }: Launch): Promise<void> {
  const known = new Map(planned.map(({ plan }) => [plan.record.branch, plan.record]));
  record.tasks = record.tasks.map((task) => {
    const made = known.get(task.branch);
    return made ? { ...task, kind: made.kind, base: made.base.branch ?? made.base.commit } : task;
  });
  await withBatches(store, () => {
    // Somebody may have renamed it meanwhile.
    record.label = labelOf(store, record.id) ?? record.label;
    saveBatch(store, record);
  });
}

async function run(means: BatchMeans, { claim, tasks, signal }: Given, { ground, planned }: Launch, flags: BatchFlags): Promise<BatchResult> {
  const { out, terminal } = means;
  const telling = tellEvents(terminal, out, claim.record.id, tasks.map((task) => task.branch), flags.json);
  try {
    return await runBatch(means, planned, {
      jobs: flags.jobs ?? navigator.hardwareConcurrency,
      stagger: ground.settings.values["batch.stagger"],
      maxRunning: flags["max-running"],
      atomic: flags.atomic,
      detach: flags.detach,
      size: terminal.size() ?? { columns: 160, rows: 48 },
      signal,
      onEvent: telling.event,
      warn: (message, hint) => telling.aside(() => out.warn(message, hint)),
      note: (message) => telling.aside(() => out.note(message)),
    });
  } finally {
    telling.end();
  }
}
