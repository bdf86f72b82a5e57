// Who makes a batch: claimed under one lock, so that two fanouts at the same moment share no number, label or branch.
import { UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { branchNames } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import { beginOperation, type Operation } from "../../ports/journal";
import type { Store } from "../../ports/store";
import { newId } from "../naming";
import { type BatchRecord, BATCH_OPERATION, batches, batchesBeingMade, forgetBatch, forgetOld, freeLabel, saveBatch, withBatches } from "./record";
import type { Task } from "./tasks";

/** What tasks may depend on. */
export interface Ground {
  /** The batch's id. */
  id: string;
  defaultKind: string;
  /** A label like `wanted` that no batch has, unless one was given. */
  label(wanted: string): string;
  /** Branches that begin with `prefix`: of the repo, of agents, and those that other batches are to have. */
  branches(prefix: string): Promise<string[]>;
}

export interface BatchWish {
  label: string | undefined;
  args: readonly string[];
  noSetup: boolean;
  defaultKind: string;
  tasks(ground: Ground): Promise<{ label: string; tasks: Task[] }>;
}

/** A batch that nobody else makes meanwhile. Its entry in the journal says so until `end`. */
export interface Claim {
  record: BatchRecord;
  end(): void;
  /** Nothing came of it: as if it had never been. */
  forget(): void;
}

/** Decide id, label and tasks, and claim them. With `dryRun` nothing is written. Throws UserError. */
export async function reserve(ports: { git: Git; store: Store }, repo: Repo, wish: BatchWish, dryRun: boolean): Promise<Claim> {
  const { store } = ports;
  const decide = async (): Promise<BatchRecord> => {
    const known = batches(store);
    const id = newId(new Set([...store.agents().map((agent) => agent.id), ...known.map((batch) => batch.id)]));
    const { label, tasks } = await wish.tasks(groundOf(ports, repo, known, id, wish));
    refusePlanned(store, repo, known, tasks);
    return { id, label, repo: repo.common, main: repo.main, tasks, args: [...wish.args], noSetup: wish.noSetup, created: new Date().toISOString() };
  };
  if (dryRun) return { record: await decide(), end() {}, forget() {} };
  return withBatches(store, async () => {
    forgetOld(store, Date.now());
    const record = await decide();
    const operation = begin(store, record);
    saveBatch(store, record);
    return claimOf(store, record, operation);
  });
}

/** Claim a batch that is there, to make what is missing. Throws UserError while another command makes it. */
export function claimAgain(store: Store, record: BatchRecord): Promise<Claim> {
  return withBatches(store, () => {
    if (batchesBeingMade(store).has(record.id)) throw new UserError(`another command is making this batch now: ${oneLine(record.label)}`, { hint: `fleet list --batch ${shellWord(record.label)}` });
    return claimOf(store, record, begin(store, record));
  });
}

function begin(store: Store, { id, label, main }: BatchRecord): Operation {
  return beginOperation(store.home, id, BATCH_OPERATION, { label, main });
}

function claimOf(store: Store, record: BatchRecord, operation: Operation): Claim {
  return {
    record,
    end: () => operation.end(),
    forget() {
      forgetBatch(store, record.id);
      operation.end();
    },
  };
}

function groundOf({ git, store }: { git: Git; store: Store }, repo: Repo, known: readonly BatchRecord[], id: string, wish: BatchWish): Ground {
  return {
    id,
    defaultKind: wish.defaultKind,
    label(wanted) {
      if (wish.label === undefined) return freeLabel(store, oneLine(wanted));
      const given = oneLine(wish.label);
      if (!given) throw new UserError("the label is empty");
      if (freeLabel(store, given) === given) return given;
      throw new UserError(`a batch has this label: ${given}`, { hint: "fleet batch list" });
    },
    async branches(prefix) {
      const planned = known.filter((batch) => batch.repo === repo.common).flatMap((batch) => batch.tasks.map((task) => task.branch));
      const agents = store.agents().filter((agent) => agent.repo === repo.common).map((agent) => agent.branch);
      return [...(await branchNames(git, repo.top, prefix)), ...agents, ...planned].filter((name) => name.startsWith(prefix));
    },
  };
}

/** A branch that another batch is about to make is not there yet, and is taken all the same. */
function refusePlanned(store: Store, repo: Repo, known: readonly BatchRecord[], tasks: readonly Task[]): void {
  const running = batchesBeingMade(store);
  const taken = new Map(known.filter((batch) => running.has(batch.id) && batch.repo === repo.common).flatMap((batch) => batch.tasks.map((task) => [task.branch, batch.label] as const)));
  const clash = tasks.find((task) => taken.has(task.branch));
  if (clash) throw new UserError(`batch ${oneLine(taken.get(clash.branch)!)} is making this branch now: ${oneLine(clash.branch)}`, { hint: "fleet list" });
}
