// A batch from its tasks to agents at work: what fanout and multi share. What is said goes through `say`.
import { UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { oneLine } from "../../base/text";
import { standing } from "../../ports/git/branches";
import { beginOperation } from "../../ports/journal";
import { loadGround, type GroundMeans } from "../create/ground";
import type { CreatePorts } from "../create/apply";
import type { Launch } from "../launch";
import { judgeCapacity, measureCapacity } from "./capacity";
import { type BatchGround, type Planned, planBatch } from "./plan";
import { type BatchRecord, saveBatch } from "./record";
import { type BatchEvent, type BatchResult, runBatch } from "./run";
import type { Task } from "./tasks";

/** More agents than this are asked about. */
const MANY = 25;

export interface LaunchMeans extends CreatePorts, GroundMeans {}

export interface LaunchWish {
  jobs: number | undefined;
  atomic: boolean;
  detach: boolean;
  /** Do not ask. */
  yes: boolean;
  size: Launch["size"];
  signal: AbortSignal;
  onEvent(event: BatchEvent): void;
  warn(message: string, hint?: string): void;
  note(message: string): void;
  /** Asks whether to go on; null where nobody can be asked. */
  confirm: ((question: string) => Promise<boolean>) | null;
}

/** Settings, approval and the plans of every task. Nothing is made yet. */
export async function planLaunch(means: LaunchMeans, repo: Repo, batch: BatchRecord, tasks: readonly Task[]): Promise<{ ground: BatchGround; planned: Planned[] }> {
  const { settings, setup } = await loadGround(means, repo, batch.noSetup);
  const ground: BatchGround = { repo, settings, setup, batch: batch.id, args: batch.args };
  return { ground, planned: await planBatch(means, ground, tasks) };
}

/** Ask what must be asked, then make the agents. The batch is in the journal while this runs. */
export async function launchBatch(means: LaunchMeans, batch: BatchRecord, { ground, planned }: { ground: BatchGround; planned: Planned[] }, wish: LaunchWish): Promise<BatchResult> {
  await askFirst(means, ground, planned, wish);
  saveBatch(means.store, batch);
  const operation = beginOperation(means.store.home, batch.id, "batch", { batch: batch.id, label: batch.label });
  const result = await runBatch(means, planned, {
    ...wish,
    jobs: wish.jobs ?? navigator.hardwareConcurrency,
    stagger: ground.settings.values["batch.stagger"],
  });
  operation.end();
  return result;
}

async function askFirst(means: LaunchMeans, { repo, settings }: BatchGround, planned: readonly Planned[], wish: LaunchWish): Promise<void> {
  const [capacity, around] = await Promise.all([
    measureCapacity(means.git, repo.top, settings.values["worktree.root"], planned.map(({ wish: { kind } }) => kind.memory * 1_048_576)),
    standing(means.git, repo.top, 1000),
  ]);
  if (around?.dirty) wish.note("uncommitted changes do not go along: the agents start from the last commit");
  const verdict = judgeCapacity(capacity);
  if (verdict?.refuse) throw new UserError(verdict.message, { hint: "fleet undo --list   (the trash takes room too)   ·   fewer agents" });
  if (verdict) wish.warn(verdict.message);
  if (wish.yes || (!verdict && planned.length <= MANY)) return;
  if (!wish.confirm) throw new UserError(`${planned.length} agents at once are asked about first, and there is no terminal to ask on`, { hint: "--yes" });
  if (!(await wish.confirm(`Start ${planned.length} agents?`))) throw new UserError("nothing was started");
}

/** One line for the end of a batch: "8 of 10 at work in login; failed: a, b". */
export function closingLine(label: string, total: number, result: BatchResult): string {
  const failed = result.failed.map(({ branch }) => oneLine(branch));
  const left = result.leftOut.map(oneLine);
  return [
    `${result.there.length} of ${total} at work in batch ${oneLine(label)}`,
    ...(failed.length ? [`failed: ${failed.join(", ")}`] : []),
    ...(left.length ? [`not started: ${left.join(", ")}`] : []),
  ].join("; ");
}
