// What is missing of a batch: tasks without an agent, after those that died half-made are finished or taken back.
import { oneLine } from "../../base/text";
import { brokenOperations } from "../../ports/journal";
import type { CreatePorts } from "../create/apply";
import { finishCreate } from "../doctor/unfinished";
import { recordOf } from "../unfinished";
import type { BatchRecord } from "./record";
import { checkTasks, type Task } from "./tasks";

export interface MissingMeans extends CreatePorts {
  out: { note(message: string): void };
}

/** Throws UserError where what is half-made can't be finished. With `dryRun` nothing is, and it counts as missing. */
export async function missingTasks(means: MissingMeans, batch: BatchRecord, dryRun: boolean): Promise<Task[]> {
  const { store, out } = means;
  const halfMade = brokenOperations(store.home).flatMap((entry) => {
    const record = /^(undo )?create$/.test(entry.operation) ? recordOf(entry) : null;
    return record?.batch === batch.id ? [{ entry, record }] : [];
  });
  if (!dryRun) for (const { entry, record } of halfMade) out.note(await finishCreate(means, entry, record));
  const half = new Set(dryRun ? halfMade.map(({ record }) => record.id) : []);
  const agents = store.agents().filter((agent) => !half.has(agent.id) && agent.repo === batch.repo);
  const there = new Set(agents.filter((agent) => agent.batch === batch.id).map((agent) => agent.branch));
  const elsewhere = new Set(agents.filter((agent) => agent.batch !== batch.id).map((agent) => agent.branch));
  const missing = batch.tasks.filter(({ branch }) => !there.has(branch));
  for (const { branch } of missing) if (elsewhere.has(branch)) out.note(`${oneLine(branch)} has an agent that is not of this batch`);
  const wanted = missing.filter(({ branch }) => !elsewhere.has(branch));
  return wanted.length === 0 ? [] : checkTasks(wanted.map(({ branch, prompt, kind, base }) => ({ branch, prompt, kind: kind ?? undefined, base: base ?? undefined, where: branch })));
}
