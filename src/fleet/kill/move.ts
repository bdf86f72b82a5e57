// The middle of a kill: the worktree goes to the trash and is saved under a ref, or everything is as it was.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { ProcessError, UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import type { Git } from "../../ports/git/call";
import { type Frozen, saveFrozen } from "../../ports/git/frozen";
import { removeRef, treeAt } from "../../ports/git/ref";
import { removeWorktree } from "../../ports/git/worktrees";
import type { Operation } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import { refuseMounts, tryRename } from "../../ports/move";
import type { Store } from "../../ports/store";
import { lockPath } from "../repo-lock";
import { emptyTrash, forgetTrashEntry, type TrashEntry, trashAdmin, trashedAdmin, trashedTree, trashFolder, writeTrashEntry } from "../trash";
import { reasonOf } from "./reason";

export interface MovePorts {
  git: Git;
  store: Store;
  stallMs?: number | undefined;
}

// A tree that cannot be moved may be written while it is saved.
const TRIES = 3;

/** The last gate before anything is moved or removed: a worktree that was there before its agent stays. */
export function refuseAdopted({ record }: Pick<TrashEntry, "record">): void {
  if (record.adopted) throw new UserError(`fleet did not make this worktree, and does not move it: ${record.worktree}`, { hint: "fleet doctor" });
}

/** Freeze and save. false: the file system can't rename the directory, and nothing was done. Throws UserError with all in its old place. */
export async function moveToTrash(ports: MovePorts, entry: TrashEntry, operation: Operation): Promise<boolean> {
  const { store } = ports;
  const { record } = entry;
  refuseAdopted(entry);
  try {
    operation.step("freeze", { entry });
    writeTrashEntry(store.home, entry);
    mkdirSync(trashFolder(entry), { recursive: true, mode: 0o700 });
    const frozen = await withLock(lockPath(store, record.repo), () => freeze(entry));
    if (!frozen) {
      putBack(store, entry);
      return false;
    }
    operation.step("save");
    await save(ports, frozen, entry);
    return true;
  } catch (error) {
    throw await undone(ports, entry, operation, error);
  }
}

/** From now on git does not see it, and who still writes into it writes into the trash. */
function freeze(entry: TrashEntry): Frozen | null {
  const { record, submodules } = entry;
  const tree = trashedTree(entry);
  refuseMounts(record.worktree);
  if (!tryRename(record.worktree, tree)) return null;
  return { tree, admin: trashAdmin(entry, entry.admin!), common: record.repo, submodules };
}

async function save({ git, stallMs }: MovePorts, frozen: Frozen, entry: TrashEntry): Promise<void> {
  const { record, tip } = entry;
  // With its own entry in it, the ref alone is enough for an undo.
  await saveFrozen(git, frozen, entry.ref!, `fleet: ${oneLine(record.branch)} as it was when it ended\n\n${JSON.stringify(entry)}\n`, tip === null ? [] : [tip], stallMs);
}

/** The ref alone: saved until two looks agree, then removed by git. Throws UserError; before the removal, all is as it was. */
export async function saveAndRemove(ports: MovePorts, entry: TrashEntry, operation: Operation): Promise<void> {
  const { git, store } = ports;
  const { record, submodules } = entry;
  refuseAdopted(entry);
  operation.step("save in place", { entry });
  // One hold of the lock: nothing of fleet's own changes it between the save and the removal.
  await withLock(lockPath(store, record.repo), async () => {
    try {
      writeTrashEntry(store.home, entry);
      const frozen = { tree: record.worktree, admin: entry.admin!, common: record.repo, submodules };
      let before = "";
      for (let tries = 0; ; tries++) {
        await save(ports, frozen, entry);
        const tree = await treeAt(git, record.repo, entry.ref!);
        if (tree === before) break;
        if (tries === TRIES) throw new UserError("it is being written to");
        before = tree;
      }
      // git would remove through it.
      refuseMounts(record.worktree);
    } catch (error) {
      throw await undone(ports, entry, operation, error);
    }
    operation.step("remove");
    await removeSaved(git, entry);
  });
}

/** git empties a mount point, and then can't remove it: what counts is that nothing is left in it and git has forgotten it. */
async function removeSaved(git: Git, { record, admin }: TrashEntry): Promise<void> {
  try {
    await removeWorktree(git, record.repo, record.worktree);
  } catch (error) {
    if (!(error instanceof ProcessError) || existsSync(admin!) || readdirSync(record.worktree).length > 0) throw error;
  }
}

/** Everything to where it was; the error then says so. Where even that fails, the journal keeps what doctor needs. */
async function undone({ git, store }: MovePorts, entry: TrashEntry, operation: Operation, error: unknown): Promise<UserError> {
  const { message, detail } = reasonOf(error);
  const name = oneLine(entry.record.branch);
  try {
    putBack(store, entry);
  } catch (second) {
    const where = existsSync(trashedTree(entry)) ? trashedTree(entry) : entry.record.worktree;
    return new UserError(`${name} could not be saved (${message}), nor put back (${reasonOf(second).message}); it is stopped, and all its files are in ${where}`, { detail, hint: "fleet doctor --fix" });
  }
  const tidy = await forgetSaved(git, entry).then(() => true, () => false);
  if (tidy) operation.end();
  else return new UserError(`${name} is stopped and its files are where they were, because its state could not be saved: ${message}; a half-saved ref may be left`, { detail, hint: "fleet doctor --fix" });
  return new UserError(`${name} is stopped, and nothing was removed, because its state could not be saved: ${message}`, { detail, hint: `${/\bEACCES\b/.test(message) ? `chmod -R u+rwX ${shellWord(entry.record.worktree)}` : "df -h"}   ·   fleet kill ${shellWord(entry.record.branch)}   (again)` });
}

/** Both directories back to where they were, from wherever they are. Throws when a place is taken. */
export function putBack(store: Store, entry: TrashEntry): void {
  refuseAdopted(entry);
  const [tree, admin] = [trashedTree(entry), trashedAdmin(entry)];
  if (existsSync(admin)) {
    for (const name of readdirSync(admin)) if (/^fast_import_crash_\d+$/.test(name)) rmSync(join(admin, name));
    mkdirSync(dirname(entry.admin!), { recursive: true });
    // A rename would replace an empty directory of somebody else's.
    if (existsSync(entry.admin!)) throw new UserError(`its place is taken: ${entry.admin}`);
    renameSync(admin, entry.admin!);
  }
  if (existsSync(tree)) {
    mkdirSync(dirname(entry.record.worktree), { recursive: true });
    if (existsSync(entry.record.worktree)) throw new UserError(`its place is taken: ${entry.record.worktree}`);
    renameSync(tree, entry.record.worktree);
  }
  emptyTrash(entry);
  forgetTrashEntry(store.home, entry.id);
}

/** The ref of a save that did not come to its end, or is not needed any more. */
export async function forgetSaved(git: Git, { ref, record }: TrashEntry): Promise<void> {
  if (ref !== null) await removeRef(git, record.repo, ref);
}
