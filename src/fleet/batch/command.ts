// One batch command, from tasks to the closing line: what fanout, multi and --resume share.
import { Cancelled, EXIT, UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { oneLine } from "../../base/text";
import type { Git } from "../../ports/git/call";
import { interruptSignal } from "../../ports/interrupt";
import type { Terminal } from "../../ports/terminal";
import { openBatchProgress } from "../../ui/batch-progress";
import type { Out } from "../../ui/out";
import { newId } from "../naming";
import { loadSettings } from "../settings";
import { closingLine, launchBatch, type LaunchMeans, planLaunch } from "./launch";
import { type BatchRecord, batches, findBatch, freeLabel } from "./record";
import type { BatchEvent, BatchResult } from "./run";
import { checkTasks, type Task } from "./tasks";

export interface BatchMeans extends Omit<LaunchMeans, "out" | "terminal"> {
  out: Out;
  terminal: Terminal;
  git: Git;
  repo(): Promise<Repo>;
}

export interface BatchFlags {
  label?: string | undefined;
  jobs: number | undefined;
  atomic: boolean;
  detach: boolean;
  yes: boolean;
  "no-setup": boolean;
  "dry-run": boolean;
  json: boolean;
  args?: string[];
}

/** What tasks may depend on. */
export interface Ground {
  top: string;
  common: string;
  batch: Pick<BatchRecord, "id">;
  defaultKind: string;
  /** A label like `wanted` that no batch has, unless one was given. */
  label(wanted: string): string;
}

/** Returns the exit code. */
export async function startBatch(means: BatchMeans, flags: BatchFlags, tasksOf: (ground: Ground) => Promise<{ label: string; tasks: Task[] }>): Promise<number> {
  const { store } = means;
  const repo = await means.repo();
  if (flags.jobs === 0) throw new UserError("--jobs takes at least 1: 0");
  const settings = await loadSettings({ home: store.home, main: repo.main, common: repo.common, userHome: means.env["HOME"] ?? "" }, () => {});
  const id = newId(new Set([...store.agents().map((agent) => agent.id), ...batches(store).map((batch) => batch.id)]));
  const label = (wanted: string) => {
    if (flags.label === undefined) return freeLabel(store, wanted);
    if (freeLabel(store, flags.label) === flags.label) return flags.label;
    throw new UserError(`a batch has this label: ${oneLine(flags.label)}`, { hint: "fleet batch list" });
  };
  const { label: chosen, tasks } = await tasksOf({ top: repo.top, common: repo.common, batch: { id }, defaultKind: settings.values["agent.default"], label });
  const batch: BatchRecord = { id, label: chosen, repo: repo.common, main: repo.main, tasks, args: flags.args ?? [], noSetup: flags["no-setup"], created: new Date().toISOString() };
  return carry(means, repo, batch, tasks, flags);
}

/** Make the agents of a batch that are not there. */
export async function resumeBatch(means: BatchMeans, name: string, flags: BatchFlags): Promise<number> {
  const { record } = findBatch(means.store, name);
  const repo = await means.repo();
  if (!record) throw new UserError(`nothing is remembered of the batch: ${oneLine(name)}`, { hint: "fleet batch list" });
  if (record.repo !== repo.common) throw new UserError(`the batch ${oneLine(record.label)} belongs to another repository: ${record.main}`, { hint: `fleet -C ${record.main} fanout --resume ${record.id}` });
  const there = new Set(means.store.agents().filter((agent) => agent.batch === record.id).map((agent) => agent.branch));
  const missing = record.tasks.filter((task) => !there.has(task.branch));
  if (missing.length > 0) return carry(means, repo, record, checkTasks(missing.map((task) => ({ branch: task.branch, prompt: task.prompt, kind: task.kind ?? undefined, base: task.base ?? undefined, where: task.branch }))), flags);
  means.out.note(`nothing is missing of ${oneLine(record.label)}`);
  return EXIT.done;
}

async function carry(means: BatchMeans, repo: Repo, batch: BatchRecord, tasks: readonly Task[], flags: BatchFlags): Promise<number> {
  const { out, terminal } = means;
  const launch = await planLaunch(means, repo, batch, tasks);
  if (flags["dry-run"]) {
    for (const { plan, wish } of launch.planned) out.answer(`${oneLine(plan.record.branch)}  ${wish.kind.name}  ${plan.record.worktree}`);
    return EXIT.done;
  }
  const { confirm } = await import("../../ui/ask");
  const progress = flags.json ? null : openBatchProgress(terminal, out, tasks.map((task) => task.branch));
  const aside = (print: () => void) => (progress ? progress.aside(print) : print());
  let result: BatchResult;
  try {
    result = await launchBatch(means, batch, launch, {
      ...flags,
      size: terminal.size() ?? { columns: 160, rows: 48 },
      signal: interruptSignal(),
      confirm: terminal.interactive ? confirm : null,
      warn: (message, hint) => aside(() => out.warn(message, hint)),
      note: (message) => aside(() => out.note(message)),
      onEvent: (event) => (progress ? show(progress, event) : out.raw(`${JSON.stringify(jsonOf(event))}\n`)),
    });
  } finally {
    progress?.end();
  }
  return close(means, batch, tasks.length, result);
}

function show(progress: { tell(branch: string, step: string, over?: "up" | "failed"): void }, event: BatchEvent): void {
  if (event.is === "step") progress.tell(event.branch, event.step);
  else if (event.is === "up") progress.tell(event.branch, "at work", "up");
  else if (event.is === "failed") progress.tell(event.branch, oneLine((event.error as Error).message), "failed");
  else progress.tell(event.branch, "not started", "failed");
}

function jsonOf(event: BatchEvent): Record<string, unknown> {
  const { id, branch } = event;
  if (event.is === "failed") return { id, branch, step: "failed", error: (event.error as Error).message };
  return { id, branch, step: event.is === "step" ? event.step : event.is };
}

/** Each failure under its name, then one count. */
function close({ out }: BatchMeans, batch: BatchRecord, total: number, result: BatchResult): number {
  for (const { branch, error } of result.failed) {
    const { message, hint, detail } = error as UserError;
    out.error(`${oneLine(branch)}: ${message}`, hint, detail);
  }
  const line = closingLine(batch.label, total, result);
  if (result.failed.length === 0 && result.leftOut.length === 0) {
    out.done(line);
    out.hint(`fleet list --batch ${batch.label}   ·   fleet kill --batch ${batch.label}`);
    return EXIT.done;
  }
  out.error(line, `fleet fanout --resume ${batch.label}`);
  if (result.failed.length === 0) throw new Cancelled();
  return EXIT.refused;
}
