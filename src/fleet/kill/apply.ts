// A kill plan, carried out: end, freeze by one rename, save, unregister, forget. A failed save moves everything back.
import { existsSync, rmSync } from "node:fs";
import { UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import { branchConfig } from "../../ports/git/branch-config";
import type { Git } from "../../ports/git/call";
import { limitGit } from "../../ports/git/limit";
import { writeRef } from "../../ports/git/ref";
import { readWorktree, type WorktreeState } from "../../ports/git/worktree-state";
import { claimOperation, type Operation } from "../../ports/journal";
import type { Store } from "../../ports/store";
import type { Tmux } from "../../ports/tmux/call";
import { listFleetPanes } from "../../ports/tmux/sessions";
import { forgetIfEmpty, labelOf } from "../batch/record";
import { endAgent, leftAlive } from "../end-agent";
import { comesBack, savedRef, type TrashEntry, trashAdmin, writeTrashEntry } from "../trash";
import { finishKill } from "./finish";
import { type MovePorts, moveToTrash, saveAndRemove } from "./move";
import { type KillPlan, refuseWork } from "./plan";
import { reasonOf } from "./reason";

export interface KillPorts {
  git: Git;
  tmux: Tmux;
  store: Store;
}

export interface KillWatch {
  warn(message: string, hint?: string): void;
  /** Sessions that are ended by this command too. */
  doomed: ReadonlySet<string>;
  /** Terminals that showed its session show another one now. */
  moved(clients: readonly string[]): void;
  /** Milliseconds after which a git that takes in nothing while the work is saved is given up on. */
  stallMs?: number;
}

export interface Killed {
  /** null when there was no worktree to save. */
  ref: string | null;
  branchDeleted: boolean;
  /** An undo brings back what there was. */
  undoable: boolean;
  /** The directory could not be moved: ignored files are gone. */
  ignoredLost: boolean;
}

/** No call of git may take longer, so that a hung one holds nothing up for ever. */
const GIT_MS = 120_000;

/** Throws UserError that says what was done and what is next; whatever failed, the work is in the worktree or in the trash. */
export async function applyKill(ports: KillPorts, plan: KillPlan, watch: KillWatch): Promise<Killed> {
  const git = limitGit(ports.git, () => GIT_MS);
  const { store } = ports;
  const { record, branch } = plan.facts.agent;
  if ("orphan" in plan.facts.worktree) return forgetAgent(ports, plan, watch);
  if (record.adopted) return release(ports, plan, watch);
  const entry = entryOf(store, plan);
  const operation = claimOperation(store.home, record.id, "kill", { entry });
  let state: WorktreeState | null;
  try {
    operation.step("end");
    await end(ports, plan, watch);
    state = await lookAgain(git, plan);
    if (state) Object.assign(entry, { admin: state.admin, head: state.head, branch: state.branch, submodules: state.submodules === "own", ref: savedRef(record.id) });
    if (state?.branch === record.branch) entry.tip = state.head;
    if (entry.deletedAt !== null) entry.config = await branchConfig(git, record.repo, record.branch);
  } catch (error) {
    operation.end();
    throw error;
  }
  const ignoredLost = state ? await putAway({ git, store, stallMs: watch.stallMs }, plan, entry, operation) : false;
  try {
    if (!state) await forgetRegistration({ git, store }, plan, entry, operation);
    const branchDeleted = await finishKill({ git, store }, entry, operation);
    return { ref: entry.ref, branchDeleted, undoable: comesBack(entry), ignoredLost };
  } catch (error) {
    throw new UserError(`${oneLine(branch)} is in the trash, but not all is done: ${reasonOf(error).message}`, { detail: reasonOf(error).detail, hint: "fleet doctor --fix" });
  }
}

/** Of an agent whose worktree was there before it: its session is ended or let go, and the record goes where an undo finds it. */
async function release(ports: KillPorts, plan: KillPlan, watch: KillWatch): Promise<Killed> {
  const { git, store } = ports;
  const { record, session, pane, pid, sessionAdopted } = plan.facts.agent;
  const own = sessionAdopted ? (await listFleetPanes(ports.tmux))?.find((one) => one.options.id === record.id && one.pane === pane) : undefined;
  const released = own && { released: { session: session!, pane: pane!, pid: pid!, adopted: own.options.adopted, like: own.options.like } };
  const entry: TrashEntry = { ...entryOf(store, plan), ...released };
  const operation = claimOperation(store.home, record.id, "kill", { entry });
  try {
    // From here on a recovery completes it: half of it is done with the session.
    operation.step("release");
    await end(ports, plan, watch);
    writeTrashEntry(store.home, entry);
  } catch (error) {
    operation.end();
    throw error;
  }
  await finishKill({ git: limitGit(git, () => GIT_MS), store }, entry, operation);
  return { ref: null, branchDeleted: false, undoable: true, ignoredLost: false };
}

/** The session, the record and the agent's own files; nothing of git, and not the worktree. Each step may be done already. */
async function forgetAgent(ports: KillPorts, plan: KillPlan, watch: KillWatch): Promise<Killed> {
  const { store } = ports;
  const { record } = plan.facts.agent;
  await end(ports, plan, watch);
  if (existsSync(record.repo)) throw new UserError(`its repository is there again: ${record.repo}`, { hint: `fleet kill ${shellWord(record.id)}   (again)` });
  await store.update((state) => void delete state.agents[record.id]);
  rmSync(store.path("agents", record.id), { recursive: true, force: true });
  if (record.batch !== null) await forgetIfEmpty(store, record.batch);
  return { ref: null, branchDeleted: false, undoable: false, ignoredLost: false };
}

function entryOf(store: Store, { facts, deleteBranchAt, merged }: KillPlan): TrashEntry {
  const { record } = facts.agent;
  const admin = "admin" in facts.worktree ? facts.worktree.admin : null;
  return {
    id: record.id, record, admin, head: null, branch: null, tip: facts.tip?.oid ?? null, deletedAt: deleteBranchAt, config: [],
    submodules: false, batchLabel: labelOf(store, record.batch), ref: null, at: new Date().toISOString(), ...(merged ? { merged: true } : {}),
  };
}

async function end(ports: KillPorts, { facts: { agent } }: KillPlan, { warn, doomed, moved }: KillWatch): Promise<void> {
  try {
    const { left } = await endAgent(ports, agent.record, { doomed, moved });
    const alive = left.length > 0 ? leftAlive(agent.record, left) : null;
    if (alive) warn(alive.message, alive.hint);
  } catch (error) {
    const { message, detail } = reasonOf(error);
    throw new UserError(`${oneLine(agent.branch)} could not be ended, and nothing was removed: ${message}`, { detail, hint: `fleet kill ${shellWord(agent.branch)}   (again)` });
  }
}

/** Between the question and the end it may have written: work that nobody agreed to discard stays where it is. */
async function lookAgain(git: Git, { facts, force, merged }: KillPlan): Promise<WorktreeState | null> {
  const { agent, worktree } = facts;
  if (!("dirty" in worktree)) return null;
  const now = await readWorktree(git, agent.record.repo, agent.record.worktree);
  const stopped = `${oneLine(agent.branch)} is stopped, and nothing was removed`;
  if ("refused" in now || now.admin !== worktree.admin || now.madeFor !== agent.record.id) {
    throw new UserError(`${stopped}: its worktree has changed hands`, { hint: `git -C ${shellWord(agent.record.main)} worktree list` });
  }
  try {
    refuseWork(agent, now, force, merged);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${stopped}: ${error.message}`, { hint: error.hint, detail: error.detail });
  }
  return now;
}

/** true when the directory could not be moved, and only the ref holds the work. */
async function putAway(ports: MovePorts, plan: KillPlan, entry: TrashEntry, operation: Operation): Promise<boolean> {
  if (plan.facts.movable && (await moveToTrash(ports, entry, operation))) return false;
  await saveAndRemove(ports, entry, operation);
  return true;
}

/** The directory is gone: git's own record of it goes to the trash, and a branch that is to be deleted lives on under the ref. */
async function forgetRegistration({ git, store }: Pick<KillPorts, "git" | "store">, { facts: { worktree } }: KillPlan, entry: TrashEntry, operation: Operation): Promise<void> {
  operation.step("unregister", { entry });
  writeTrashEntry(store.home, entry);
  if (entry.deletedAt !== null) await writeRef(git, entry.record.repo, savedRef(entry.id), entry.deletedAt);
  if ("gone" in worktree && worktree.admin !== null && existsSync(worktree.admin)) trashAdmin(entry, worktree.admin);
}
