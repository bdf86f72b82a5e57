// The trash: what a kill moved aside. The entries lie in FLEET_HOME, whatever the worktree's root; the directories beside the worktrees.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AgentRecord } from "../base/model";
import { jsonFilesIn, removeIfEmpty } from "../ports/directory";
import { refuseMounts, removeTree } from "../ports/move";
import { writeFileAtomic } from "../ports/store";
import { isId, worktreeRoot } from "./naming";

/** What an undo needs to know; written before anything is moved, and again into the saved commit's message. */
export interface TrashEntry {
  id: string;
  record: AgentRecord;
  /** `<common>/worktrees/NAME` as it was. null when the worktree was gone already. */
  admin: string | null;
  /** The commit that was checked out; null in a branch without commits. */
  head: string | null;
  /** The branch that was checked out; null when detached. */
  branch: string | null;
  /** The commit of the agent's own branch; null when there was none. */
  tip: string | null;
  /** The agent's own branch is deleted while it is at this commit; null: it stays. */
  deletedAt: string | null;
  /** The section `branch.NAME` of the repo's config, as it was where the branch is deleted. */
  config: [key: string, value: string][];
  submodules: boolean;
  /** Its batch's label, which the batch loses with its last agent; null outside of a batch. */
  batchLabel?: string | null;
  /** It was ended by its merge, which is undone with the kill. */
  merged?: true;
  /** The pane that was let go, with its session: an undo makes it the agent's again while it is there. */
  released?: { session: string; pane: string; pid: number; adopted: string; like: string };
  /** Under which the state is saved; null when there was no worktree to save, or when it was left where it is. */
  ref: string | null;
  /** ISO 8601. */
  at: string;
}

type Placed = { id: string; record: Pick<AgentRecord, "id" | "worktree" | "repo" | "adopted"> };

/** The folder for one agent's remains: on the same file system as its worktree, so that a rename does. */
export function trashFolder({ record }: Placed): string {
  return join(worktreeRoot(record.worktree), ".trash", record.id);
}

/** The worktree itself, in the trash. */
export function trashedTree(entry: Placed): string {
  return join(trashFolder(entry), "tree");
}

/**
 * The worktree's git directory, in the trash. In the repo's own, and as deep as before: there a rename always does, and the
 * relative path to the common directory in it holds (git ≤ 2.39 looks for refs by that, whatever GIT_COMMON_DIR says).
 */
export function trashedAdmin({ id, record }: Placed): string {
  return join(record.repo, "fleet-trash", id);
}

/** Move `<common>/worktrees/NAME` into the trash. Returns where it is. */
export function trashAdmin(entry: Placed, admin: string): string {
  const place = trashedAdmin(entry);
  mkdirSync(dirname(place), { recursive: true });
  renameSync(admin, place);
  return place;
}

/** The work itself is in the trash: all that an undo moves back. */
export function isInTrash(entry: Placed): boolean {
  return existsSync(trashedTree(entry)) && existsSync(trashedAdmin(entry));
}

/** Its worktree was gone before it was killed: what comes back is git's record of it, its branch, and the agent. */
export function wasGone({ ref, record }: Pick<TrashEntry, "ref" | "record">): boolean {
  return ref === null && !record.adopted;
}

/** Whether an undo has anything to bring back; of one whose worktree was gone there may be nothing. */
export function comesBack(entry: TrashEntry): boolean {
  return !wasGone(entry) || entry.deletedAt !== null || existsSync(trashedAdmin(entry));
}

/** The end of a folder's name while it is being removed: half a tree must not be taken for a whole one. */
export const EMPTYING = ".emptying";

/** Remove what the trash has of an agent, for good. The saved ref and the entry are not touched. */
export function emptyTrash(entry: Placed): void {
  // Nothing of it was ever moved, and what lies beside its worktree is not fleet's.
  if (entry.record.adopted) return;
  const admin = trashedAdmin(entry);
  const folder = trashFolder(entry);
  if (existsSync(folder)) {
    refuseMounts(folder);
    removeTree(`${folder}${EMPTYING}`);
    renameSync(folder, `${folder}${EMPTYING}`);
    removeTree(`${folder}${EMPTYING}`);
  }
  for (const path of [admin, `${admin}.partial`]) removeTree(path);
  for (const place of [dirname(folder), dirname(admin)]) removeIfEmpty(place);
}

/** Where the saved commits of killed agents are. */
export const SAVED_REFS = "refs/fleet/trash/";

export function savedRef(id: string): string {
  return `${SAVED_REFS}${id}`;
}

export function entryFile(home: string, id: string): string {
  return join(home, "trash", `${id}.json`);
}

/** The agent's own files (prompt, screen …) as long as there is an entry. */
export function keptFiles(home: string, id: string): string {
  return join(home, "trash", id);
}

export function writeTrashEntry(home: string, entry: TrashEntry): void {
  mkdirSync(join(home, "trash"), { recursive: true, mode: 0o700 });
  writeFileAtomic(entryFile(home, entry.id), JSON.stringify(entry, null, 1));
}

export function forgetTrashEntry(home: string, id: string): void {
  rmSync(keptFiles(home, id), { recursive: true, force: true });
  rmSync(entryFile(home, id), { force: true });
  removeIfEmpty(join(home, "trash"));
}

/** All entries, the newest first. What can't be read is passed over. */
export function trashEntries(home: string): TrashEntry[] {
  return jsonFilesIn(join(home, "trash")).flatMap(({ value }) => entryOf(value)).sort((a, b) => b.at.localeCompare(a.at));
}

/** An entry from its text; nothing when it is no entry. */
export function readEntry(text: string): TrashEntry[] {
  try {
    return entryOf(JSON.parse(text));
  } catch {
    return [];
  }
}

/** The same from what was parsed already. */
export function entryOf(value: unknown): TrashEntry[] {
  const entry = value as TrashEntry | null;
  const record = entry?.record;
  const whole = entry && isId(entry.id) && record?.id === entry.id && typeof entry.at === "string" && [record.branch, record.repo, record.main, record.worktree].every((one) => typeof one === "string");
  return whole ? [entry] : [];
}
