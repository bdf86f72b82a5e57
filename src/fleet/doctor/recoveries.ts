// How other operations than create are completed or undone when their process died: one row each.
import type { AgentRecord } from "../../base/model";
import { forgetOperation, type JournalEntry } from "../../ports/journal";
import { recoverAdopt } from "../adopt/apply";
import { recoverBatch } from "../batch/recover";
import { GC_OPERATION, recoverGc } from "../gc/apply";
import { recoverKill, remainsOf } from "../kill/recover";
import { mergeThings, recoverMerge } from "../merge/recover";
import { recoverRename } from "../rename/apply";
import { recoverUndo } from "../undo/recover";
import type { DoctorPorts, Finding } from "./check";

/**
 * What a recovery adds to the row of an unfinished operation: the things that are there, and the fix, which must bear
 * being cut off itself. `record` is null for an operation that is not about one agent.
 */
export type Recovery = (ports: DoctorPorts, entry: JournalEntry, record: AgentRecord | null) => Promise<Pick<Finding, "hint" | "things" | "fix">>;

/** By the operation's name in the journal. */
export const RECOVERIES: Readonly<Record<string, Recovery>> = {
  kill: async (ports, entry) => ({ hint: "fleet doctor --fix", things: await thingsOf(ports, entry), fix: () => recoverKill(ports, entry) }),
  // Every moment of a start leaves a whole agent: running, or stopped.
  start: async (ports, entry) => ({
    hint: "fleet doctor --fix",
    things: [ports.store.path("journal", `${entry.id}.json`)],
    fix: async () => (forgetOperation(ports.store.home, entry.id), "forgotten: the agent is running, or stopped and whole"),
  }),
  adopt: async (ports, entry) => ({ hint: "fleet doctor --fix", things: [ports.store.path("journal", `${entry.id}.json`)], fix: () => recoverAdopt(ports, entry) }),
  rename: async (ports, entry, record) => ({
    hint: "fleet doctor --fix",
    things: [...(record ? [record.worktree] : []), ports.store.path("journal", `${entry.id}.json`)],
    fix: () => recoverRename(ports, entry),
  }),
  [GC_OPERATION]: async (ports, entry) => ({ hint: "fleet doctor --fix", things: [...(await thingsOf(ports, entry)), ...mergeThings(entry)], fix: () => recoverGc(ports, entry) }),
  batch: async (ports, entry) => recoverBatch(ports, entry),
  merge: recoveryOfMerge,
  sync: recoveryOfMerge,
  "undo merge": recoveryOfMerge,
  undo: async (ports, entry) => ({ hint: "fleet doctor --fix", things: await thingsOf(ports, entry), fix: () => recoverUndo(ports, entry) }),
};

async function recoveryOfMerge(ports: DoctorPorts, entry: JournalEntry): ReturnType<Recovery> {
  return { hint: "fleet doctor --fix", things: [...mergeThings(entry), ports.store.path("journal", `${entry.id}.json`)], fix: () => recoverMerge(ports, entry) };
}

async function thingsOf(ports: DoctorPorts, entry: JournalEntry): Promise<string[]> {
  return [...(await remainsOf(ports, entry)), ports.store.path("journal", `${entry.id}.json`)];
}
