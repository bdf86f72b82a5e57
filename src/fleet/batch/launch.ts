// Before a batch starts: settings and approval, the plans of all tasks, whether the machine has room, and the question.
import { UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { standing } from "../../ports/git/branches";
import type { CreatePorts } from "../create/apply";
import { type GroundMeans, loadGround } from "../create/ground";
import { checkoutSize, judgeCapacity, measureCapacity } from "./capacity";
import { type BatchGround, type Planned, planBatch } from "./plan";
import type { BatchRecord } from "./record";
import type { Task } from "./tasks";

/** More agents than this are asked about. */
const MANY = 25;
const STANDING_MS = 1000;

export interface LaunchMeans extends CreatePorts, GroundMeans {}

export interface Launch {
  ground: BatchGround;
  planned: Planned[];
}

export interface Doubts {
  /** Do not ask. */
  yes: boolean;
  warn(message: string, hint?: string): void;
  note(message: string): void;
  /** Asks whether to go on; null where nobody can be asked. */
  confirm: ((question: string) => Promise<boolean>) | null;
}

/** Settings, approval and the plans of every task. Nothing is made yet. */
export async function planLaunch(means: LaunchMeans, repo: Repo, batch: BatchRecord, tasks: readonly Task[]): Promise<Launch> {
  const { settings, setup } = await loadGround(means, repo, batch.noSetup);
  const ground: BatchGround = { repo, settings, setup, batch: batch.id, args: batch.args };
  return { ground, planned: await planBatch(means, ground, tasks) };
}

/** What is to be known besides the plans; asked while they are made. null: git had no answer in time. */
export interface Around {
  /** Bytes of one checkout. */
  checkout: number | null;
  dirty: number | null;
}

export async function lookAround({ git }: Pick<CreatePorts, "git">, repo: Repo): Promise<Around> {
  if (repo.head === null) return { checkout: null, dirty: null };
  const [checkout, around] = await Promise.all([checkoutSize(git, repo.top), standing(git, repo.top, STANDING_MS)]);
  return { checkout, dirty: around?.dirty ?? null };
}

/** Say and ask what must be, before the first agent is made. Throws UserError where it can't be, or was refused. */
export async function askFirst({ ground, planned }: Launch, around: Around, doubts: Doubts): Promise<void> {
  // A base of its own has nothing to do with what is uncommitted here.
  const fromHere = planned.some(({ wish }) => !(wish.base ?? ground.settings.values["create.base"]));
  if (around.dirty && fromHere) doubts.note("uncommitted changes do not go along: the agents start from the last commit");
  const root = ground.settings.values["worktree.root"];
  const verdict = judgeCapacity(measureCapacity(around.checkout, root, planned.map(({ wish: { kind } }) => kind.memory * 1_048_576)));
  if (verdict?.refuse) throw new UserError(verdict.message, { hint: "fewer agents, or room on the disk   ·   fleet undo --list   (the trash takes room too)" });
  if (verdict) doubts.warn(verdict.message);
  if (doubts.yes || (!verdict && planned.length <= MANY)) return;
  const agents = `${planned.length} ${planned.length === 1 ? "agent" : "agents"}`;
  if (!doubts.confirm) throw new UserError(`starting ${agents} is asked about first, and there is no terminal to ask on`, { hint: "the same with --yes" });
  if (!(await doubts.confirm(`Start ${agents}?`))) throw new UserError("nothing was started");
}
