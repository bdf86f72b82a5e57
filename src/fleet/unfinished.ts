// Operations whose process died: which they are, in words.
import type { AgentRecord } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import type { JournalEntry } from "../ports/journal";
import type { Store } from "../ports/store";
import { batchStanding, batchWords } from "./batch/recover";
import { BATCH_OPERATION } from "./batch/record";

/** The record that an operation is about; every operation has it among its facts, or within its entry for the trash or of a merge. */
export function recordOf({ id, facts }: JournalEntry): AgentRecord | null {
  const held = facts as { record?: AgentRecord; entry?: { record?: AgentRecord }; merge?: { record?: AgentRecord } };
  const record = held.record ?? held.entry?.record ?? held.merge?.record;
  return record?.id === id && typeof record.branch === "string" && typeof record.worktree === "string" ? record : null;
}

/** The branch, the label of a batch, or the id where neither can be read. */
export function operationName(entry: JournalEntry): string {
  const { label } = entry.facts;
  return oneLine(recordOf(entry)?.branch ?? (typeof label === "string" ? label : entry.id));
}

/** "1 unfinished batch: cache (3 of 8 are there); 1 unfinished create: cache-4; fleet fanout --resume cache, or fleet doctor --fix" */
export function unfinishedLine(entries: readonly JournalEntry[], store?: Store): string {
  const kinds = [...new Set(entries.map((entry) => oneLine(entry.operation)))];
  const parts = kinds.map((kind) => {
    const names = entries.filter((entry) => oneLine(entry.operation) === kind).map((entry) => (store && kind === BATCH_OPERATION ? batchWords(store, entry) : operationName(entry)));
    return `${names.length} unfinished ${kind}: ${names.slice(0, 5).join(", ")}${names.length > 5 ? " …" : ""}`;
  });
  const batch = store && entries.find(({ operation }) => operation === BATCH_OPERATION);
  const resume = batch ? `fleet fanout --resume ${shellWord(batchStanding(store, batch).label)}, or ` : "";
  return `${parts.join("; ")}; ${resume}fleet doctor --fix`;
}
