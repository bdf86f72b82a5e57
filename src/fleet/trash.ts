// The trash: what a kill moved aside, by agent id, beside the worktrees it came from.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AgentRecord } from "../base/model";
import { writeFileAtomic } from "../ports/store";

/** What an undo needs to know; written before anything is moved. */
export interface TrashEntry {
  id: string;
  record: AgentRecord;
  /** `<common>/worktrees/NAME` as it was. null when the worktree was gone already. */
  admin: string | null;
  /** The agent's branch, and the commit it had when it was deleted; null when it stayed. */
  deletedAt: string | null;
  head: string | null;
  /** Under which the state is saved; null when there was no worktree to save. */
  ref: string | null;
  /** ISO 8601. */
  at: string;
}

/** The folder for one agent's remains: on the same file system as its worktree, so that a rename does. */
export function trashFolder(record: Pick<AgentRecord, "id" | "worktree">): string {
  return join(dirname(dirname(record.worktree)), ".trash", record.id);
}

export function savedRef(id: string): string {
  return `refs/fleet/trash/${id}`;
}

export function writeTrashEntry(entry: TrashEntry): void {
  const folder = trashFolder(entry.record);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileAtomic(join(folder, "record.json"), JSON.stringify(entry, null, 1));
}

/** Entries of the trash under these worktree roots, the newest first. What can't be read is passed over. */
export function trashEntries(roots: Iterable<string>): TrashEntry[] {
  const entries: TrashEntry[] = [];
  for (const root of new Set(roots)) {
    for (const name of namesIn(join(root, ".trash"))) {
      try {
        entries.push(JSON.parse(readFileSync(join(root, ".trash", name, "record.json"), "utf8")) as TrashEntry);
      } catch {
        // Half written or foreign: doctor names it.
      }
    }
  }
  return entries.sort((a, b) => b.at.localeCompare(a.at));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
}
