// What is remembered of a batch: its label, and the tasks it was to have, so that a broken one can be completed.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
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
  tasks: Task[];
  /** Arguments for the programs. */
  args: string[];
  /** The setup commands were left out. */
  noSetup: boolean;
  /** ISO 8601. */
  created: string;
}

/** All batches remembered; what can't be read is passed over. */
export function batches(store: Store): BatchRecord[] {
  let names: string[];
  try {
    names = readdirSync(store.path("batches"));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const record = JSON.parse(readFileSync(store.path("batches", name), "utf8")) as BatchRecord;
      return typeof record.label === "string" && Array.isArray(record.tasks) ? [record] : [];
    } catch {
      return [];
    }
  });
}

export function saveBatch(store: Store, batch: BatchRecord): void {
  writeFileAtomic(store.path("batches", `${batch.id}.json`), JSON.stringify(batch, null, 1));
}

export function forgetBatch(store: Store, id: string): void {
  rmSync(store.path("batches", `${id}.json`), { force: true });
}

/** `login`, `login.2` …: a label that no batch has yet. */
export function freeLabel(store: Store, wanted: string): string {
  const taken = new Set(batches(store).map((batch) => batch.label));
  if (!taken.has(wanted)) return wanted;
  return firstFree(`${wanted}.2`, (name) => taken.has(name)).replace(/\.2-(\d+)$/, ".$1");
}

/** The batch that a person named, by label or id. Batches whose record is lost are known by their agents' id. */
export function findBatch(store: Store, name: string, idsInUse: Iterable<string | null> = []): { id: string; label: string; record: BatchRecord | null } {
  const all = batches(store);
  const record = all.find((batch) => batch.label === name) ?? all.find((batch) => batch.id === name);
  if (record) return { id: record.id, label: record.label, record };
  if ([...idsInUse].includes(name)) return { id: name, label: name, record: null };
  throw new UserError(`no such batch: ${oneLine(name)}`, { hint: "fleet batch list" });
}
