// What gc removes for good, one after the other and each on record: cut off, it is completed, for a person has asked for it.
import { existsSync } from "node:fs";
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import type { Git } from "../../ports/git/call";
import { removeRefAt } from "../../ports/git/ref";
import { claimOperation, forgetOperation, type JournalEntry } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import type { Store } from "../../ports/store";
import { forgetMerge, merges, readMerge } from "../merge/entry";
import { forgetSaved, isMounted } from "../purge";
import { requireRepo, unreadableEntry } from "../recovery";
import { emptyTrash, entryOf, trashEntries, type TrashEntry } from "../trash";
import type { GcPlan } from "./plan";

export interface GcPorts {
  git: Git;
  store: Store;
}

/** The name of its entries in the journal. */
export const GC_OPERATION = "gc";

/** The trash, the saved refs and the merges of this plan. What another command is at, and what has come in its place since, is passed over. Returns the ids of the agents that are gone. */
export async function forgetForGood(ports: GcPorts, gone: Pick<GcPlan, "entries" | "merges" | "refs">): Promise<string[]> {
  const went: string[] = [];
  const { git, store } = ports;
  await withLock(store.path("locks", "purge"), async () => {
    for (const entry of trashEntries(store.home)) {
      // Brought back and killed again since it was shown, it is younger than what was agreed to.
      if (!gone.entries.some(({ id, at }) => id === entry.id && at === entry.at) || isMounted(entry)) continue;
      if (await claimed(store, entry.id, { entry }, () => forgetEntry(ports, entry))) went.push(entry.id);
    }
    for (const merge of merges(store.home)) {
      if (gone.merges.includes(merge.key) && existsSync(merge.record.repo)) await claimed(store, merge.id, { merge }, () => forgetMerge(git, store.home, merge));
    }
    for (const { ref, common, oid } of gone.refs) await removeRefAt(git, common, ref, oid);
  });
  return went;
}

/** false: another command is at it. */
async function claimed(store: Store, id: string, facts: Record<string, unknown>, work: () => Promise<void>): Promise<boolean> {
  let operation;
  try {
    operation = claimOperation(store.home, id, GC_OPERATION, facts);
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
  try {
    await work();
    return true;
  } finally {
    operation.end();
  }
}

async function forgetEntry(ports: GcPorts, entry: TrashEntry): Promise<void> {
  emptyTrash(entry);
  await forgetSaved(ports, entry);
}

/** Complete it. Returns what was done; throws UserError where that can't be. May be called again at any point. */
export async function recoverGc(ports: GcPorts, { id, facts }: JournalEntry): Promise<string> {
  const { git, store } = ports;
  const [entry] = entryOf(facts["entry"]);
  const merge = readMerge(facts["merge"], id);
  const record = entry?.record ?? merge?.record;
  if (!record) throw unreadableEntry(store, id);
  requireRepo(record);
  if (entry) await forgetEntry(ports, entry);
  else await forgetMerge(git, store.home, merge!);
  forgetOperation(store.home, id);
  return entry ? `completed: ${oneLine(record.branch)} is gone for good, as gc was told` : `completed: how the merge of ${oneLine(record.branch)} is undone is forgotten, as gc was told`;
}
