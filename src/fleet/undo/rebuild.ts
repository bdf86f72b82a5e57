// A worktree whose trash was emptied, made again from its saved ref: in the trash, as if it had never left it.
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../base/errors";
import { removeIfEmpty } from "../../ports/directory";
import type { Git } from "../../ports/git/call";
import { commitAt } from "../../ports/git/ref";
import { rebuildFrozen } from "../../ports/git/restore";
import { removeTree } from "../../ports/move";
import { type TrashEntry, trashedAdmin, trashedTree, trashFolder } from "../trash";

/** Throws UserError where it can't be made again; nothing is written. */
export async function refuseRebuild(git: Git, entry: TrashEntry): Promise<void> {
  const { ref, record } = entry;
  if (existsSync(trashedTree(entry))) throw new UserError(`its files are in the trash, but git's record of them is not: ${trashedTree(entry)}`, { hint: `move them away, then: fleet undo ${entry.id}` });
  if (ref === null || (await commitAt(git, record.repo, ref)) === null) throw new UserError(`its saved ref is gone: ${ref}`, { hint: "fleet undo --list" });
}

/** Returns what the ref does not hold. Half a rebuild, of a process that died, is thrown away first. */
export async function rebuild(git: Git, entry: TrashEntry, stallMs?: number): Promise<string[]> {
  const { ref, head, record } = entry;
  await refuseRebuild(git, entry);
  dropRebuild(entry);
  // Without its files, which somebody removed, git's record is no better than the one under the ref.
  removeTree(trashedAdmin(entry));
  const { tree, admin } = placesOf(entry);
  for (const folder of [tree, admin]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  const lacks = await rebuildFrozen(git, ref!, { head, adminPlace: entry.admin!, linkPlace: join(record.worktree, ".git"), common: record.repo, tree, admin, stallMs });
  renameSync(admin, trashedAdmin(entry));
  renameSync(tree, trashedTree(entry));
  return lacks;
}

/** Throw half a rebuild away, and nothing else: a whole tree in the trash may be all that there is of somebody's work. */
export function dropRebuild(entry: TrashEntry): void {
  const { tree, admin } = placesOf(entry);
  for (const folder of [tree, admin]) removeTree(folder);
  for (const folder of [trashFolder(entry), dirname(trashFolder(entry)), dirname(admin)]) removeIfEmpty(folder);
}

function placesOf(entry: TrashEntry): { tree: string; admin: string } {
  return { tree: join(trashFolder(entry), "rebuild"), admin: `${trashedAdmin(entry)}.partial` };
}
