// Operations whose process died: which they are, in words.
import type { AgentRecord } from "../base/model";
import { oneLine } from "../base/text";
import type { JournalEntry } from "../ports/journal";

/** The record that an operation is about; every operation has it among its facts, or within its entry for the trash. */
export function recordOf({ id, facts }: JournalEntry): AgentRecord | null {
  const held = facts as { record?: AgentRecord; entry?: { record?: AgentRecord } };
  const record = held.record ?? held.entry?.record;
  return record?.id === id && typeof record.branch === "string" && typeof record.worktree === "string" ? record : null;
}

/** The branch, or the id where the record can't be read. */
export function operationName(entry: JournalEntry): string {
  return oneLine(recordOf(entry)?.branch ?? entry.id);
}

/** "1 unfinished create: fix-login; fleet doctor --fix" */
export function unfinishedLine(entries: readonly JournalEntry[]): string {
  const kinds = [...new Set(entries.map((entry) => oneLine(entry.operation)))];
  const parts = kinds.map((kind) => {
    const names = entries.filter((entry) => oneLine(entry.operation) === kind).map(operationName);
    return `${names.length} unfinished ${kind}: ${names.slice(0, 5).join(", ")}${names.length > 5 ? " …" : ""}`;
  });
  return `${parts.join("; ")}; fleet doctor --fix`;
}
