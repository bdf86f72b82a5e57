// An undo, carried out: branch, registration, directory, the agent's own files, its record. What fails is taken back.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../base/errors";
import type { Git } from "../../ports/git/call";
import { restoreSaved } from "../../ports/git/restore";
import { addWorktree, checkOut, deleteBranch } from "../../ports/git/worktrees";
import { beginOperation, type Operation } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import { moveDirectory } from "../../ports/move";
import type { Store } from "../../ports/store";
import { firstFree } from "../naming";
import { lockPath } from "../repo-lock";
import { trashFolder } from "../trash";
import type { Remains } from "./plan";

export interface Undone {
  /** Ignored files that the saved ref does not hold; empty when the directory itself came back. */
  lacks: string[];
}

/** Throws UserError; whatever was begun is taken back first, and the remains stay where they are. */
export async function applyUndo(ports: { git: Git; store: Store }, remains: Remains): Promise<Undone> {
  const { git, store } = ports;
  const { entry, inTrash } = remains;
  const { record } = entry;
  const operation = beginOperation(store.home, entry.id, "undo", { entry, inTrash });
  return withLock(lockPath(store, record.repo), async () => {
    const back: (() => unknown)[] = [];
    try {
      operation.step("branch");
      if (entry.deletedAt !== null) {
        await makeBranch(git, record.repo, record.branch, entry.deletedAt);
        back.push(() => deleteBranch(git, record.repo, record.branch, entry.deletedAt!));
      }
      mkdirSync(dirname(record.worktree), { recursive: true });
      const lacks = inTrash ? moveBack(remains, operation, back) : await writeBack(git, remains, operation, back);
      operation.step("record");
      restoreFiles(store, remains);
      await store.update((state) => void (state.agents[record.id] = record));
      operation.step("tidy");
      if (entry.ref !== null) await git.try(record.repo, ["update-ref", "-d", entry.ref]);
      rmSync(trashFolder(record), { recursive: true, force: true });
      operation.end();
      return { lacks };
    } catch (error) {
      for (const step of back.reverse()) await step();
      operation.end();
      throw error;
    }
  });
}

/** Compare and swap: only where no such branch is. */
async function makeBranch(git: Git, common: string, branch: string, oid: string): Promise<void> {
  const ran = await git.try(common, ["update-ref", `refs/heads/${branch}`, oid, "0".repeat(oid.length)]);
  if (ran.code !== 0) throw new UserError(`the branch could not be made again: ${branch}`, { detail: ran.stderr.trim() });
}

/** Both directories to where they were: git finds everything, the index's stat cache included, as it was. */
function moveBack({ entry }: Remains, operation: Operation, back: (() => unknown)[]): string[] {
  const { record } = entry;
  const folder = trashFolder(record);
  // Another worktree may have taken the name since; the name is git's own affair, so the next free one does.
  const wanted = entry.admin!;
  const admin = join(dirname(wanted), firstFree(basename(wanted), (name) => existsSync(join(dirname(wanted), name))));
  operation.step("register", { admin });
  mkdirSync(dirname(admin), { recursive: true });
  moveDirectory(join(folder, "admin"), admin);
  back.push(() => moveDirectory(admin, join(folder, "admin")));
  operation.step("place");
  renameSync(join(folder, "tree"), record.worktree);
  back.push(() => renameSync(record.worktree, join(folder, "tree")));
  if (admin !== wanted) {
    const pointer = join(record.worktree, ".git");
    const before = readFileSync(pointer);
    writeFileSync(pointer, `gitdir: ${admin}\n`);
    back.push(() => writeFileSync(pointer, before));
  }
  return [];
}

/** From the saved ref alone: the branch's files by git, then every byte that differed, then the index. */
async function writeBack(git: Git, { entry }: Remains, operation: Operation, back: (() => unknown)[]): Promise<string[]> {
  const { record } = entry;
  operation.step("register");
  await addWorktree(git, record.repo, { path: record.worktree, branch: record.branch, how: "existing", start: record.branch }, false);
  back.push(() => git.try(record.repo, ["worktree", "remove", "--force", "--", record.worktree]));
  operation.step("place");
  await checkOut(git, record.worktree);
  return restoreSaved(git, record.repo, record.worktree, entry.ref!);
}

function restoreFiles(store: Store, { entry }: Remains): void {
  const kept = join(trashFolder(entry.record), "agent");
  const files = store.path("agents", entry.id);
  mkdirSync(dirname(files), { recursive: true });
  if (existsSync(kept) && !existsSync(files)) moveDirectory(kept, files);
}
