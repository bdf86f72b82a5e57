// A batch whose process died: what is there of it, and how doctor leaves it: its whole agents, and no word of it being made.
import { oneLine, shellWord } from "../../base/text";
import { forgetOperation, type JournalEntry, operations } from "../../ports/journal";
import type { Store } from "../../ports/store";
import { batches, forgetBatch, withBatches } from "./record";

interface Standing {
  label: string;
  /** Whole agents: no operation on them is under way or cut off. */
  there: number;
  /** null: its tasks are not remembered. */
  tasks: number | null;
}

export function batchStanding(store: Store, entry: JournalEntry): Standing {
  const record = batches(store).find((batch) => batch.id === entry.id);
  const busy = new Set(operations(store.home).map(({ id }) => id));
  const label = record?.label ?? (typeof entry.facts["label"] === "string" ? entry.facts["label"] : entry.id);
  const there = store.agents().filter((agent) => agent.batch === entry.id && !busy.has(agent.id)).length;
  return { label: oneLine(label), there, tasks: record?.tasks.length ?? null };
}

/** "cache (3 of 8 are there)" */
export function batchWords(store: Store, entry: JournalEntry): string {
  const { label, there, tasks } = batchStanding(store, entry);
  return `${label} (${there}${tasks === null ? "" : ` of ${tasks}`} ${there === 1 ? "is" : "are"} there)`;
}

/** For doctor's row: what lies there, and the fix. Its half-made agents have entries of their own, which come first. */
export function recoverBatch({ store }: { store: Store }, entry: JournalEntry): { hint: string; things: string[]; fix(): Promise<string | null> } {
  const { label, there } = batchStanding(store, entry);
  const things = [store.path("journal", `${entry.id}.json`), ...(there === 0 ? [store.path("batches", `${entry.id}.json`)] : [])];
  const fix = () =>
    withBatches(store, () => {
      // A --resume may have taken it up meanwhile.
      const now = operations(store.home).find(({ id }) => id === entry.id);
      if (!now || now.pid !== entry.pid || now.start !== entry.start) return null;
      const left = store.agents().filter((agent) => agent.batch === entry.id).length;
      if (left === 0) forgetBatch(store, entry.id);
      forgetOperation(store.home, entry.id);
      return left === 0 ? `forgotten: nothing came of ${label}` : `${label} is left with ${left} ${left === 1 ? "agent" : "agents"}; fleet fanout --resume ${shellWord(label)} makes the others`;
    });
  return { hint: `fleet fanout --resume ${shellWord(label)}   ·   fleet doctor --fix`, things, fix };
}
