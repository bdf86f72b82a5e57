// What is remembered of a batch: its label, and the tasks it was to have, so that a broken one can be completed.
import { rmSync } from "node:fs";
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { jsonFilesIn } from "../../ports/directory";
import { operations, runningOperations } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import { type Store, writeFileAtomic } from "../../ports/store";
import { firstFree } from "../naming";
import type { Task } from "./tasks";

export interface BatchRecord {
  id: string;
  /** A name for people, unique among batches. */
  label: string;
  /** The git common directory. */
  repo: string;
  main: string;
  /** Empty where only the label is remembered: an agent was brought back after its batch was gone. */
  tasks: Task[];
  /** Arguments for the programs. */
  args: string[];
  /** The setup commands were left out. */
  noSetup: boolean;
  /** ISO 8601. */
  created: string;
}

/** The name of a batch's entry in the journal, while its agents are being made. */
export const BATCH_OPERATION = "batch";

/** A batch of which no agent is left can be resumed for this long. */
const KEEP_EMPTY_MS = 7 * 24 * 3600_000;

/** All batches remembered; what can't be read is passed over. */
export function batches(store: Store): BatchRecord[] {
  return jsonFilesIn(store.path("batches")).flatMap(({ value }) => {
    const record = value as BatchRecord | null;
    return typeof record?.label === "string" && Array.isArray(record.tasks) ? [record] : [];
  });
}

/** Batches whose agents all try the same task: one of them is to be kept. */
export function rivalBatches(store: Store): Set<string> {
  return new Set(batches(store).filter(({ tasks }) => tasks.length > 1 && new Set(tasks.map(({ prompt }) => prompt.replace(/\d+/g, "#"))).size === 1).map(({ id }) => id));
}

/** What is decided by looking at all batches is decided here: numbers, labels, who makes one, which are forgotten. */
export function withBatches<T>(store: Store, work: () => Promise<T> | T): Promise<T> {
  return withLock(store.path("locks", "batches"), work);
}

export function saveBatch(store: Store, batch: BatchRecord): void {
  writeFileAtomic(store.path("batches", `${batch.id}.json`), JSON.stringify(batch, null, 1));
}

export function forgetBatch(store: Store, id: string): void {
  rmSync(store.path("batches", `${id}.json`), { force: true });
}

/** The ids of batches whose agents are being made by a living process. */
export function batchesBeingMade(store: Store): Set<string> {
  return new Set(runningOperations(store.home).filter(({ operation }) => operation === BATCH_OPERATION).map(({ id }) => id));
}

/** Forget a batch whose last agent has gone. One that is being made, or was cut off, stays. */
export async function forgetIfEmpty(store: Store, id: string): Promise<void> {
  await withBatches(store, () => {
    const busy = operations(store.home).some((entry) => entry.id === id);
    if (!busy && !store.agents().some((agent) => agent.batch === id)) forgetBatch(store, id);
  });
}

/** Forget what came to nothing long ago. Call it within withBatches. */
export function forgetOld(store: Store, now: number): void {
  const used = new Set([...store.agents().map((agent) => agent.batch), ...operations(store.home).map((entry) => entry.id)]);
  for (const { id, created } of batches(store)) if (!used.has(id) && now - Date.parse(created) > KEEP_EMPTY_MS) forgetBatch(store, id);
}

/** The label of a batch; null when nothing is remembered of it. */
export function labelOf(store: Store, id: string | null): string | null {
  return id === null ? null : (batches(store).find((batch) => batch.id === id)?.label ?? null);
}

/** An agent of batch `id` was brought back: when the batch was forgotten with its last agent, its label comes back too. */
export async function restoreLabel(store: Store, agent: { batch: string | null; repo: string; main: string }, label: string): Promise<void> {
  const { batch: id, repo, main } = agent;
  if (id === null) return;
  await withBatches(store, () => {
    if (labelOf(store, id) !== null) return;
    saveBatch(store, { id, label: freeLabel(store, label), repo, main, tasks: [], args: [], noSetup: false, created: new Date().toISOString() });
  });
}

/** `login`, `login.2` …: a label that no batch has yet. */
export function freeLabel(store: Store, wanted: string): string {
  const taken = new Set(batches(store).flatMap((batch) => [batch.label, batch.id]));
  return firstFree(wanted, (name) => taken.has(name), ".");
}

/** The batch that a person named, by label or id. Batches whose record is lost are known by their agents' id. */
export function findBatch(store: Store, name: string, idsInUse: Iterable<string | null> = []): { id: string; label: string; record: BatchRecord | null } {
  const all = batches(store);
  const record = all.find((batch) => batch.label === name) ?? all.find((batch) => batch.id === name);
  if (record) return { id: record.id, label: record.label, record };
  if ([...idsInUse].includes(name)) return { id: name, label: name, record: null };
  throw new UserError(`no such batch: ${oneLine(name)}`, { hint: "fleet batch list" });
}
