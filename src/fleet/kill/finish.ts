// The end of a kill, once the work is safe: branch, record, the agent's own files. Each step may be done already.
import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { removeIfEmpty } from "../../ports/directory";
import type { Git } from "../../ports/git/call";
import { removeBranchConfig } from "../../ports/git/branch-config";
import { branchAt, deleteBranch } from "../../ports/git/worktrees";
import type { Operation } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import type { Store } from "../../ports/store";
import { forgetIfEmpty } from "../batch/record";
import { lockPath } from "../repo-lock";
import { comesBack, forgetTrashEntry, keptFiles, type TrashEntry, trashFolder } from "../trash";

/** Returns whether the branch is gone. */
export async function finishKill({ git, store }: { git: Git; store: Store }, entry: TrashEntry, operation: Pick<Operation, "step" | "end">): Promise<boolean> {
  const { record } = entry;
  operation.step("branch", { entry });
  const branchDeleted = await withLock(lockPath(store, record.repo), () => deleteOwnBranch(git, entry));
  operation.step("forget");
  await (await import("../tokens/end")).endTokens({ store, env: git.env }, record, entry.batchLabel ?? null);
  await store.update((state) => void delete state.agents[record.id]);
  keepFiles(store, entry);
  if (record.batch !== null) await forgetIfEmpty(store, record.batch);
  // With nothing in the trash, not even git's record of it, and no branch that lives on under the ref, there is nothing to come back to.
  if (!comesBack(entry) && !existsSync(trashFolder(entry))) forgetTrashEntry(store.home, entry.id);
  if (!record.adopted) removeIfEmpty(dirname(record.worktree));
  operation.end();
  return branchDeleted;
}

/** While it is where the plan saw it, and nobody has it checked out. A git that does not do it leaves a branch: nothing is lost. */
async function deleteOwnBranch(git: Git, { record, deletedAt, config }: TrashEntry): Promise<boolean> {
  if (deletedAt === null || !record.branchCreated || record.adopted) return false;
  const now = await branchAt(git, record.repo, record.branch).catch(() => undefined);
  if (now === null) return true;
  if (now === undefined || now.worktree !== "" || !(await deleteBranch(git, record.repo, record.branch, deletedAt))) return false;
  if (config.length > 0) await removeBranchConfig(git, record.repo, record.branch);
  return true;
}

/** The agent's own files (prompt, screen) go along, so that an undone agent has them. */
function keepFiles(store: Store, entry: TrashEntry): void {
  const { id } = entry;
  const files = store.path("agents", id);
  if (!existsSync(files)) return;
  const kept = keptFiles(store.home, id);
  if (!comesBack(entry) || existsSync(kept)) rmSync(files, { recursive: true, force: true });
  else renameSync(files, kept);
}
