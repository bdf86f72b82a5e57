// An undo, carried out: what only the ref has is rebuilt in the trash, then everything moves back. What fails is taken back.
import { existsSync, mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { writeBranchConfig } from "../../ports/git/branch-config";
import type { Git } from "../../ports/git/call";
import { pointedAt } from "../../ports/git/head";
import { limitGit } from "../../ports/git/limit";
import { makeRef, removeRef } from "../../ports/git/ref";
import { builtInKind } from "../../kinds/index";
import { branchAt, deleteBranch } from "../../ports/git/worktrees";
import { tagSession } from "../../ports/tmux/adopted";
import type { Tmux } from "../../ports/tmux/call";
import { claimOperation, type Operation } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import type { Store } from "../../ports/store";
import { restoreLabel } from "../batch/record";
import { reasonOf } from "../kill/reason";
import { stateOptions, titleCommands } from "../launch";
import { firstFree } from "../naming";
import { lockPath } from "../repo-lock";
import { emptyTrash, forgetTrashEntry, keptFiles, savedRef, type TrashEntry, trashedAdmin, trashedTree, wasGone, writeTrashEntry } from "../trash";
import type { Remains } from "./plan";
import { dropRebuild, rebuild, refuseRebuild } from "./rebuild";

export interface UndoPorts {
  git: Git;
  tmux: Tmux;
  store: Store;
}

export interface Undone {
  /** What the saved ref does not hold (ignored files …); empty when the directory itself came back. */
  lacks: string[];
  /** Its session was left running, and is the agent's again. */
  runs: boolean;
}

const GIT_MS = 120_000;

/** `stallMs`: how long git may say nothing while it writes. Throws UserError; whatever was begun is taken back first, and the remains stay where they are. */
export async function applyUndo(ports: UndoPorts, { entry, inTrash }: Remains, stallMs?: number): Promise<Undone> {
  if (entry.record.adopted) {
    return { lacks: [], runs: await takeUp(ports, entry, claimOperation(ports.store.home, entry.id, "undo", { entry })) };
  }
  const within = { git: limitGit(ports.git, () => GIT_MS), store: ports.store, tmux: ports.tmux };
  const operation = claimOperation(ports.store.home, entry.id, "undo", { entry });
  const back: (() => unknown)[] = [];
  try {
    let lacks: string[] = [];
    if (!inTrash && !wasGone(entry)) {
      await refuseRebuild(within.git, entry);
      operation.step("rebuild");
      writeTrashEntry(ports.store.home, entry);
      back.push(() => dropRebuild(entry));
      lacks = await rebuild(within.git, entry, stallMs);
    }
    await bringBack(within, entry, operation, back);
    return { lacks, runs: false };
  } catch (error) {
    throw await takenBack(entry, operation, back, error);
  }
}

async function takenBack(entry: TrashEntry, operation: Operation, back: readonly (() => unknown)[], error: unknown): Promise<UserError> {
  const { message, detail } = reasonOf(error);
  const name = oneLine(entry.record.branch);
  try {
    for (const step of [...back].reverse()) await step();
    operation.end();
  } catch (second) {
    return new UserError(`${name} could not be brought back (${message}), and not all was taken back (${reasonOf(second).message}); nothing of it is lost`, { detail, hint: "fleet doctor --fix" });
  }
  return new UserError(`${name} could not be brought back: ${message}; all of it is kept as it was`, { detail, hint: error instanceof UserError && error.hint ? error.hint : `fleet undo ${entry.id}   (again)` });
}

/** An agent whose worktree was left as it is: it is an agent again, and its session its own where that is still there (true). Each step may be done already. */
export async function takeUp({ tmux, store }: Pick<UndoPorts, "tmux" | "store">, entry: TrashEntry, operation: Pick<Operation, "step" | "end">): Promise<boolean> {
  const { record, released } = entry;
  let runs = false;
  operation.step("record");
  restoreFiles(store, entry);
  await store.update((state) => void (state.agents[record.id] ??= record));
  if (released) {
    const { session, pane, pid, adopted, like } = released;
    const kind = builtInKind(like || record.kind);
    const titles = kind ? titleCommands(pane, { kind, record, prompt: null, first: false, fleet: process.execPath }, store.home) : [];
    runs = await tagSession(tmux, { session, pane, pid }, { ...stateOptions(record), status: "unknown", source: "process", adopted, like }, titles);
  }
  forgetTrashEntry(store.home, entry.id);
  operation.end();
  return runs;
}

/** From the trash to where it was. Each step may be done already; `back` takes back those that this call did. */
export async function bringBack({ git, store }: Pick<UndoPorts, "git" | "store">, entry: TrashEntry, operation: Pick<Operation, "step" | "end">, back: (() => unknown)[] = []): Promise<void> {
  const { record } = entry;
  await withLock(lockPath(store, record.repo), async () => {
    operation.step("branch");
    // Once it is in its place, its branches are its own affair.
    const branches = existsSync(trashedTree(entry)) || wasGone(entry) ? branchesOf(entry) : [];
    for (const { branch, oid } of branches) if (await makeBranch(git, record.repo, branch, oid)) back.push(() => deleteBranch(git, record.repo, branch, oid));
    placeBack(entry, operation, back);
  });
  if (entry.deletedAt !== null) await writeBranchConfig(git, record.repo, record.branch, entry.config);
  operation.step("record");
  restoreFiles(store, entry);
  await store.update((state) => void (state.agents[record.id] ??= record));
  if (entry.batchLabel) await restoreLabel(store, record, entry.batchLabel);
  // The agent is back: what is left to do is tidying, and nothing is taken back any more.
  back.length = 0;
  operation.step("tidy");
  if (entry.ref !== null || entry.deletedAt !== null) await removeRef(git, record.repo, entry.ref ?? savedRef(entry.id));
  emptyTrash(entry);
  forgetTrashEntry(store.home, entry.id);
  operation.end();
}

/** What must be there for git to find the worktree as it was: the branch checked out, and the agent's own where the kill deleted it. */
function branchesOf({ record, branch, head, tip, deletedAt }: TrashEntry): { branch: string; oid: string }[] {
  const checkedOut = branch !== null && head !== null ? [{ branch, oid: head }] : [];
  const own = deletedAt !== null && tip !== null && branch !== record.branch ? [{ branch: record.branch, oid: tip }] : [];
  return [...checkedOut, ...own];
}

/** Compare and swap: only where no such branch is. false: it is there, as it was or as somebody made it since. */
async function makeBranch(git: Git, common: string, branch: string, oid: string): Promise<boolean> {
  const now = await branchAt(git, common, branch);
  if (now) return false;
  await makeRef(git, common, `refs/heads/${branch}`, oid);
  return true;
}

/** Both directories to where they were: git finds everything, the index's stat cache included, as it was. */
function placeBack(entry: TrashEntry, operation: Pick<Operation, "step">, back: (() => unknown)[]): void {
  const { record } = entry;
  const tree = trashedTree(entry);
  const trashed = trashedAdmin(entry);
  // It was gone, and git had no record of it either.
  if (entry.admin === null) return;
  const wanted = entry.admin;
  let admin = wanted;
  if (existsSync(trashed)) {
    // Another worktree may have taken the name since; the name is git's own affair, so the next free one does.
    admin = join(dirname(wanted), firstFree(basename(wanted), (name) => existsSync(join(dirname(wanted), name))));
    operation.step("place", { admin });
    mkdirSync(dirname(admin), { recursive: true });
    renameSync(trashed, admin);
    back.push(() => renameSync(admin, trashed));
  } else if (!wasGone(entry)) admin = adminOf(existsSync(tree) ? tree : record.worktree, record.worktree) ?? wanted;
  if (existsSync(tree)) {
    mkdirSync(dirname(record.worktree), { recursive: true });
    if (existsSync(record.worktree)) throw new UserError(`the path is taken: ${record.worktree}`);
    renameSync(tree, record.worktree);
    back.push(() => renameSync(record.worktree, tree));
  }
  if (existsSync(record.worktree)) pointTo(record.worktree, admin, back);
}

/** null where there is no `.git` file that says it. */
function adminOf(tree: string, place: string): string | null {
  try {
    return pointedAt(tree, place);
  } catch {
    return null;
  }
}

function pointTo(worktree: string, admin: string, back: (() => unknown)[]): void {
  if (adminOf(worktree, worktree) === admin) return;
  const file = join(worktree, ".git");
  const before = readFileSync(file);
  writeFileSync(file, `gitdir: ${admin}\n`);
  back.push(() => writeFileSync(file, before));
}

function restoreFiles(store: Store, entry: TrashEntry): void {
  const kept = keptFiles(store.home, entry.id);
  const files = store.path("agents", entry.id);
  if (existsSync(files)) return;
  mkdirSync(dirname(files), { recursive: true });
  if (existsSync(kept)) {
    renameSync(kept, files);
    // Who brings it back has need of it: gc goes by the age of these files.
    const [record, now] = [join(files, "record.json"), new Date()];
    if (existsSync(record)) utimesSync(record, now, now);
    return;
  }
  // From a ref of another FLEET_HOME: its conversation has begun, and is to be taken up.
  mkdirSync(files, { mode: 0o700 });
  writeFileSync(join(files, "started"), "", { mode: 0o600 });
}
