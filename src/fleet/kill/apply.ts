// A kill plan, carried out: end, freeze by one rename, save, unregister. A failed save moves everything back.
import { existsSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import type { Git } from "../../ports/git/call";
import { saveFrozen } from "../../ports/git/frozen";
import { readWorktree } from "../../ports/git/worktree-state";
import { deleteBranch, removeWorktree } from "../../ports/git/worktrees";
import { beginOperation, type Operation } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import type { Store } from "../../ports/store";
import type { Tmux } from "../../ports/tmux/call";
import { leaveSession } from "../../ports/tmux/clients";
import { endSession } from "../../ports/tmux/sessions";
import { endAgentProcesses } from "../end-processes";
import { keepScreen } from "../keep-screen";
import { lockPath } from "../repo-lock";
import { moveDirectory, tryRename } from "../../ports/move";
import { savedRef, type TrashEntry, trashFolder, writeTrashEntry } from "../trash";
import type { KillPlan } from "./plan";

export interface KillPorts {
  git: Git;
  tmux: Tmux;
  store: Store;
}

export interface Killed {
  /** null when there was no worktree. */
  ref: string | null;
  branchDeleted: boolean;
  /** The directory could not be moved: ignored files are gone. */
  ignoredLost: boolean;
}

/** Throws UserError when the state could not be saved; the worktree is then where it was. */
export async function applyKill(ports: KillPorts, plan: KillPlan, warn: (message: string) => void): Promise<Killed> {
  const { git, store } = ports;
  const { agent, worktree } = plan.facts;
  const { record } = agent;
  const state = worktree !== null && "admin" in worktree ? worktree : null;
  const entry: TrashEntry = {
    id: record.id,
    record: { ...record, branch: agent.branch },
    admin: state?.admin ?? null,
    deletedAt: plan.deleteBranchAt,
    head: state?.head ?? null,
    ref: state ? savedRef(record.id) : null,
    at: new Date().toISOString(),
  };
  const operation = beginOperation(store.home, record.id, "kill", { entry });
  operation.step("end");
  await endAgent(ports, plan, warn);
  await checkAgain(ports, plan, operation);
  let ignoredLost = false;
  if (state) {
    writeTrashEntry(entry);
    ignoredLost = await withLock(lockPath(store, record.repo), () => moveAside(git, entry, operation));
  }
  operation.step("branch");
  const branchDeleted = plan.deleteBranchAt !== null && (await deleteBranch(git, record.repo, record.branch, plan.deleteBranchAt));
  operation.step("forget");
  await store.update((all) => void delete all.agents[record.id]);
  moveFiles(store, entry);
  operation.end();
  return { ref: entry.ref, branchDeleted, ignoredLost };
}

/** Between the question and the end it may have written: work that nobody agreed to discard stays where it is. */
async function checkAgain({ git }: KillPorts, plan: KillPlan, operation: Operation): Promise<void> {
  const { agent, worktree } = plan.facts;
  if (plan.force || worktree === null) return;
  const now = await readWorktree(git, agent.record.repo, agent.record.worktree);
  if (!("refused" in now) && now.dirty === 0) return;
  operation.end();
  throw new UserError(`${oneLine(agent.branch)} left uncommitted work while it was ended; it is stopped, and nothing was removed`, {
    hint: `fleet diff ${shellWord(agent.branch)}   ·   fleet kill ${shellWord(agent.branch)} --force discards it`,
  });
}

async function endAgent({ tmux, store }: KillPorts, plan: KillPlan, warn: (message: string) => void): Promise<void> {
  const { agent, otherPanes } = plan.facts;
  if (agent.session === null || agent.pane === null) return;
  await keepScreen(tmux, store, agent.record.id, agent.pane);
  await leaveSession(tmux, agent.session);
  const roots = [agent.pid, ...otherPanes.map((pane) => pane.panePid)].filter((pid) => pid !== null);
  const left = await endAgentProcesses(roots, agent.record.id);
  if (left > 0) warn(`${left} processes of ${oneLine(agent.branch)} could not be ended`);
  await endSession(tmux, agent.session);
}

/** Freeze, save, unregister. true when the directory could not be moved and only the ref holds the work. */
async function moveAside(git: Git, entry: TrashEntry, operation: Operation): Promise<boolean> {
  const { record, admin, ref } = entry;
  const folder = trashFolder(record);
  const tree = join(folder, "tree");
  // With its own record in it, the ref alone is enough for an undo.
  const message = `fleet: ${oneLine(record.branch)} as it was when it ended\n\n${JSON.stringify(entry)}\n`;
  operation.step("freeze");
  const moved = tryRename(record.worktree, tree);
  const frozen = { tree: moved ? tree : record.worktree, admin: admin!, common: record.repo };
  operation.step("save");
  try {
    await saveFrozen(git, frozen, ref!, message);
  } catch (error) {
    if (moved) renameSync(tree, record.worktree);
    rmSync(folder, { recursive: true, force: true });
    operation.end();
    throw new UserError(`the state of ${oneLine(record.branch)} could not be saved, so nothing was removed`, { detail: error instanceof Error ? ("stderr" in error ? String(error.stderr) : error.message) : "", hint: "df -h   ·   fleet doctor" });
  }
  operation.step("unregister");
  if (moved) moveDirectory(admin!, join(folder, "admin"));
  else await removeWorktree(git, record.repo, record.worktree);
  removeIfEmpty(join(record.worktree, ".."));
  return !moved;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Other agents' worktrees are in it.
  }
}

/** The agent's own files (prompt, screen) go along, so that an undone agent has them. */
function moveFiles(store: Store, entry: TrashEntry): void {
  const files = store.path("agents", entry.id);
  if (!existsSync(files)) return;
  const folder = trashFolder(entry.record);
  if (entry.ref !== null && existsSync(folder)) moveDirectory(files, join(folder, "agent"));
  else rmSync(files, { recursive: true, force: true });
}
