// A create plan, carried out step by step; a failure undoes exactly what this call made.
import { existsSync, mkdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Cancelled, ProcessError, UserError } from "../../base/errors";
import type { AgentRecord, Placed, Repo } from "../../base/model";
import { firstLines, oneLine, shellWord } from "../../base/text";
import { isConfigured } from "../../ports/git/branch-config";
import type { Git } from "../../ports/git/call";
import { headOf } from "../../ports/git/ref";
import { askRevParse } from "../../ports/git/rev-parse";
import { addWorktree, BranchTaken, checkOut } from "../../ports/git/worktrees";
import { beginOperation, type Operation } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import { findProgram, runProgram } from "../../ports/process";
import type { Store } from "../../ports/store";
import type { Tmux } from "../../ports/tmux/call";
import { type Launch, launchSession, writeLaunchFiles, writeRecord } from "../launch";
import { firstFree, freeSlot, worktreeName, worktreeRoot } from "../naming";
import { lockPath } from "../repo-lock";
import { type Candidate, findCandidates, place } from "./place";
import type { CreatePlan } from "./plan";
import { createdFacts, type Made, undoCreate } from "./undo";

// Bytes: about 400 files.
const SMALL_INDEX = 40_000;

export interface CreatePorts {
  git: Git;
  tmux: Tmux;
  store: Store;
  env: Record<string, string | undefined>;
}

export interface CreateOptions {
  copy: readonly string[];
  link: readonly string[];
  launch: Omit<Launch, "record" | "prompt" | "first">;
  /** A step begins; its name in the present tense. */
  onStep(step: string): void;
  warn(message: string, hint?: string): void;
  note(message: string): void;
  /** Fills the new worktree further, before copies are placed. */
  fill?: ((record: AgentRecord) => Promise<void>) | undefined;
  /** Waited for before the program may start: programs of a batch that share a login start a moment apart. */
  beforeSession?: (() => Promise<void>) | undefined;
  /** The agent is made whole, but its session is left to a later start; this says so wherever that is decided. */
  hold?: ((record: AgentRecord) => Promise<unknown>) | undefined;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

export interface Created {
  session: string;
  pane: string;
  name: string;
}

/** Everything up to the session; null when it is held. On failure or Ctrl-C it is all undone, then the error is thrown on. */
export async function applyCreate(ports: CreatePorts, plan: CreatePlan, options: CreateOptions): Promise<Created | null> {
  const { git, tmux, store } = ports;
  const { record, worktree } = plan;
  const made: Made = { worktree: false, branch: false };
  let operation: Operation | undefined;
  // Before its first step nothing is made, so nothing needs to be on record.
  const step = (name: string) => {
    if (options.signal.aborted) throw new Cancelled();
    if (operation) operation.step(name);
    else operation = beginOperation(store.home, record.id, "create", createdFacts(record, made), name);
    options.onStep(name);
  };
  try {
    const launch: Launch = { ...options.launch, record, prompt: plan.prompt, first: true };
    const atOnce = isSmall(plan);
    // What the session needs is got ready while git works.
    const prepare = async () => {
      writeLaunchFiles(store, launch);
      return findCandidates(git, record.main, options);
    };
    let remembered = Promise.resolve();
    const added = withLock(lockPath(store, record.repo), () => {
      // Another create may have taken the directory since the plan was made.
      record.worktree = worktree.path = firstFree(join(dirname(record.worktree), worktreeName(record.branch)), existsSync);
      made.worktree = true;
      step("worktree");
      mkdirSync(dirname(record.worktree), { recursive: true });
      const adding = addOrTell(git, plan, made, atOnce);
      remembered = rememberWithSlot(store, record);
      // Looked at below, outside of the repo's lock.
      remembered.catch(() => {});
      return both(adding, prepare());
    });
    const [, candidates] = await added.finally(() => remembered);
    if (!atOnce) {
      step("checkout");
      await checkOut(git, record.worktree);
      await postCheckout(ports, plan, options);
    }
    if (options.fill) {
      step("copy");
      await options.fill(record);
    }
    record.placed = await placeFiles(ports, plan, candidates, options);
    if (options.hold) {
      step("queued");
      writeRecord(store, record);
      await rememberAll(store, record);
      await options.hold(record);
      operation?.end();
      return null;
    }
    await options.beforeSession?.();
    step("session");
    const [session] = await both(launchSession(tmux, store, launch), rememberAll(store, record));
    if (options.signal.aborted) throw new Cancelled();
    operation?.end();
    return session;
  } catch (error) {
    // Looked at while what filled the disk is there.
    const reason = fullDisk(error, record.worktree) ?? error;
    await undoCreate(ports, record, options.warn, made);
    // Ctrl-C reaches git too, which then fails.
    throw options.signal.aborted ? new Cancelled() : reason;
  }
}

// Less is no room for a file and git's own lock.
const FULL = 1_048_576;

/** git says which file it could not write, and not that the disk is full. */
function fullDisk(error: unknown, worktree: string): UserError | null {
  if (!(error instanceof ProcessError)) return null;
  const root = worktreeRoot(worktree);
  const { bavail, bsize } = existsSync(root) ? statfsSync(root) : { bavail: 1, bsize: FULL };
  if (bavail * bsize >= FULL) return null;
  return new UserError(`no space left on the disk: ${root}`, { detail: firstLines(error.stderr.trim(), 5), hint: `df -h ${shellWord(root)}   ·   fleet undo --list   (the trash takes room too)` });
}

/** Both to their end, also when one fails: what is undone must have stopped. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

/** The slot is decided within the update, so that no two agents get one. */
function rememberWithSlot(store: Store, record: AgentRecord): Promise<void> {
  return store.update((state) => {
    record.slot = freeSlot(Object.values(state.agents).map((agent) => agent.slot));
    state.agents[record.id] = record;
  });
}

/** What became known after the record was first written: the directory taken, what lies in it. */
async function rememberAll(store: Store, record: AgentRecord): Promise<void> {
  const known = store.agents().find((agent) => agent.id === record.id);
  if (record.placed.length === 0 && known?.worktree === record.worktree) return;
  await store.update((state) => void (state.agents[record.id] = record));
}

/** git decides who gets a branch that two want at once. `made` says what is there afterwards, also when it fails. */
async function addOrTell(git: Git, { record, worktree }: CreatePlan, made: Made, files: boolean): Promise<void> {
  made.branch = record.branchCreated;
  try {
    await addWorktree(git, record.main, worktree, files, record.id);
  } catch (error) {
    if (error instanceof BranchTaken) {
      made.branch = false;
      throw branchTaken(record, error.failure.stderr);
    }
    if (!(error instanceof ProcessError) || !/already (exists|checked out|used by worktree)/.test(error.stderr)) throw error;
    made.worktree = made.branch = false;
    throw branchTaken(record, error.stderr);
  }
}

function branchTaken({ branch }: AgentRecord, detail: string): UserError {
  return new UserError(`another command has just taken the branch: ${branch}`, { hint: `fleet attach ${shellWord(branch)}`, detail: detail.trim() });
}

async function placeFiles(ports: CreatePorts, plan: CreatePlan, candidates: readonly Candidate[], options: CreateOptions): Promise<Placed[]> {
  const { git } = ports;
  const { main, worktree } = plan.record;
  const { placed, refused } = await place(git, main, worktree, candidates);
  for (const { path, why } of refused) options.warn(`not placed in the worktree: ${oneLine(path)}`, why);
  if (existsSync(join(worktree, ".gitmodules"))) {
    options.warn("submodules are left empty", `fleet exec ${shellWord(plan.record.branch)} -- git submodule update --init`);
  }
  if (usesLfs(worktree)) await tellOfLfs(ports, plan, options);
  return placed;
}

/** git fetched them with the checkout where git-lfs had set itself up. */
async function tellOfLfs({ git, env }: CreatePorts, { record }: CreatePlan, options: CreateOptions): Promise<void> {
  const pull = `fleet exec ${shellWord(record.branch)} -- git lfs pull`;
  const smudges = await isConfigured(git, record.worktree, "filter.lfs.smudge");
  if (!findProgram("git-lfs", env["PATH"])) options.warn("files in Git LFS are left as pointers: git-lfs is not installed", `install git-lfs, then: ${pull}`);
  else if (!smudges) options.warn("files in Git LFS are left as pointers: git-lfs is not set up", `git lfs install && ${pull}`);
  else options.note("files in Git LFS were checked out with the rest");
}

function usesLfs(worktree: string): boolean {
  try {
    return readFileSync(join(worktree, ".gitattributes"), "utf8").includes("filter=lfs");
  } catch {
    return false;
  }
}

/** A few hundred files and no hook: one git process writes them under the lock faster than a second one starts. */
function isSmall({ repo }: CreatePlan): boolean {
  const index = statSync(join(repo.gitDir, "index"), { throwIfNoEntry: false });
  return index !== undefined && index.size < SMALL_INDEX && hasDefaultHooks(repo) && !existsSync(join(repo.hooks, "post-checkout"));
}

function hasDefaultHooks(repo: Repo): boolean {
  return repo.hooks === join(repo.common, "hooks");
}

/** `worktree add --no-checkout` skips the hook that a plain add runs. git runs it in the worktree, without GIT_DIR. */
async function postCheckout({ git }: CreatePorts, plan: CreatePlan, options: CreateOptions): Promise<void> {
  const { repo, record } = plan;
  // A relative core.hooksPath means a directory of the worktree's own.
  const hooks = hasDefaultHooks(repo) ? repo.hooks : (await askRevParse(git, record.worktree, [["--git-path", "hooks"]])).answers[0]!;
  const hook = join(hooks, "post-checkout");
  if (!existsSync(hook) || !findProgram(hook, "")) return;
  const head = await headOf(git, record.worktree);
  if (head === null) return;
  const ran = await runProgram([hook, "0".repeat(head.length), head, "1"], { cwd: record.worktree, env: git.env, io: "collect", signal: options.signal });
  if (ran.code !== 0 && !options.signal.aborted) options.warn(`the post-checkout hook failed (${ran.code ?? ran.signal})`, oneLine(ran.output).slice(0, 300) || hook);
}

/** The last `count` lines of a file, made safe for a terminal; "" when it is not there. */
export function tail(file: string, count: number): string {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).map((line) => oneLine(line)).join("\n");
  } catch {
    return "";
  }
}
