// Taking back a create: exactly what it made, in reverse, and never anything that holds work.
import { existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { shellWord } from "../../base/text";
import { removeIfEmpty } from "../../ports/directory";
import type { Git } from "../../ports/git/call";
import { branchMadeBy, emptyRegistrations, forgetUpstream, registrationOf, removeUntouched } from "../../ports/git/made";
import { headOf } from "../../ports/git/ref";
import { branchAt, deleteBranch, removeWorktree } from "../../ports/git/worktrees";
import { beginOperation, forgetOperation } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import type { Store } from "../../ports/store";
import type { Tmux } from "../../ports/tmux/call";
import { endSession, type FleetPane, listFleetPanes } from "../../ports/tmux/sessions";
import { endAgentProcesses } from "../end-processes";
import { lockPath } from "../repo-lock";

export interface UndoPorts {
  git: Git;
  tmux: Tmux;
  store: Store;
}

/** What a create has made so far, as its journal knows it. */
export interface Made {
  /** The directory of the record is this create's own: it was free, under the repo's lock, when git was asked to make it. */
  worktree: boolean;
  branch: boolean;
}

/** As it went: true when nothing is left of it. A worktree that holds work is kept, as a stopped agent. */
export interface Undone {
  complete: boolean;
  kept: string | null;
}

/**
 * Undo what `record`'s create made. What it can't undo it names through `warn`, and leaves; the journal goes on naming it.
 * `later`: the create's process died, and anybody may have worked in the worktree since.
 */
export async function undoCreate(
  ports: UndoPorts,
  record: AgentRecord,
  warn: (message: string, hint?: string) => void,
  made: Made = { worktree: true, branch: record.branchCreated },
  when: "at once" | "later" = "at once",
): Promise<Undone> {
  const { store } = ports;
  try {
    beginOperation(store.home, record.id, "undo create", createdFacts(record, made));
  } catch {
    // A full disk: the create's own entry goes on naming it.
  }
  const undone: Undone = { complete: true, kept: null };
  // One part that fails (a full disk, a tmux that hangs) keeps no other from being undone, and hides no first error.
  const attempt = async (what: string, act: () => unknown): Promise<boolean> => {
    try {
      // Once more: in a terminal a second Ctrl-C ends the git that was at it. Every part can be done twice.
      await (async () => act())().catch(() => act());
      return true;
    } catch (error) {
      undone.complete = false;
      warn(`could not undo ${what}: ${(error as Error).message}`, "fleet doctor");
      return false;
    }
  };
  // While its session may still be there, nothing is taken from under it.
  if (!(await attempt("the session", () => endSessionOf(ports, record)))) return undone;
  // Without a worktree no lock is needed, which a full disk would refuse.
  const looked = !made.worktree || (await attempt("the worktree", () => withLock(lockPath(store, record.repo), async () => void (undone.kept = await removeMade(ports, record, when)))));
  if (!looked) return undone;
  if (undone.kept !== null) {
    const name = shellWord(record.branch);
    warn(`kept as a stopped agent, because ${undone.kept}: ${record.worktree}`, `fleet diff ${name}   ·   fleet kill ${name}`);
    await attempt("the record", () => store.update((state) => void (state.agents[record.id] = record)));
  } else {
    const remembered = store.agents().some(({ id }) => id === record.id);
    if (remembered) await attempt("the record", () => store.update((state) => void delete state.agents[record.id]));
    await attempt("its files", () => rmSync(store.path("agents", record.id), { recursive: true, force: true }));
  }
  if (undone.complete) forgetOperation(store.home, record.id);
  return undone;
}

/** What the journal must know to undo a create for a process that died. */
export function createdFacts(record: AgentRecord, made: Made): Record<string, unknown> {
  return { record, made };
}

async function panesOf(tmux: Tmux, id: string): Promise<FleetPane[] | null> {
  try {
    return (await listFleetPanes(tmux))?.filter((pane) => pane.options.id === id) ?? null;
  } catch (error) {
    // No tmux program, or one too old: it has made no session either.
    if (error instanceof UserError) return null;
    throw error;
  }
}

async function endSessionOf({ tmux }: UndoPorts, record: AgentRecord): Promise<void> {
  const panes = (await panesOf(tmux, record.id)) ?? [];
  if (panes.length === 0) return;
  await endAgentProcesses(panes.map((pane) => pane.panePid), record);
  await endSession(tmux, panes[0]!.session, record.id);
}

/** Worktree, then branch, under the repo's lock. Returns why the worktree was kept, or null. */
async function removeMade({ git, store }: UndoPorts, record: AgentRecord, when: "at once" | "later"): Promise<string | null> {
  const { repo, worktree, branch } = record;
  const others = store.agents().filter((agent) => agent.id !== record.id && agent.repo === repo);
  if (others.some((agent) => agent.worktree === worktree)) return null;
  const own = record.branchCreated ? await branchMadeBy(git, repo, branch, record.id) : null;
  // A worktree may be there before its branch: at the base then.
  const began = own?.oid ?? (record.branchCreated ? record.base.commit : ((await branchAt(git, repo, branch))?.oid ?? ""));
  if (!(await removeDirectory(git, store, record, began, when))) return "it holds work or could not be checked";
  for (const admin of emptyRegistrations(repo, worktree, Date.parse(record.created))) rmSync(admin, { recursive: true, force: true });
  removeIfEmpty(dirname(worktree));
  // The reflog says whose it is: a branch that anybody else made, or has checked out, stays.
  if (own && (await branchAt(git, repo, branch))?.worktree === "" && (await deleteBranch(git, repo, branch, own.oid)) && own.tracks) await forgetUpstream(git, repo, branch);
  return null;
}

/** Until the program was started, all files are of this create's own making: the checkout, copies, setup's output. */
async function removeDirectory(git: Git, store: Store, record: AgentRecord, began: string, when: "at once" | "later"): Promise<boolean> {
  const { repo, worktree } = record;
  if (when === "at once" && existsSync(`${worktree}/.git`) && !existsSync(store.path("agents", record.id, "started"))) {
    const head = await headOf(git, worktree);
    if (head !== null && head === began && registrationOf(repo, worktree)?.locked === null) {
      await removeWorktree(git, repo, worktree);
      return true;
    }
  }
  if (await removeUntouched(git, repo, worktree, began)) return true;
  if (!(await isOnlyCopied(git, store, record, began))) return false;
  await removeWorktree(git, repo, worktree);
  return true;
}

/** Of a fork: what is there is what the agent has that it was copied from. Without an answer: it may be work. */
async function isOnlyCopied(git: Git, store: Store, { forkOf, repo, worktree }: AgentRecord, began: string): Promise<boolean> {
  const source = forkOf === undefined ? undefined : store.agents().find(({ id }) => id === forkOf);
  if (!source || !existsSync(worktree)) return false;
  const [from, copy] = [registrationOf(repo, source.worktree), registrationOf(repo, worktree)];
  if (!from || !copy || copy.locked !== null) return false;
  const { isCopyOf } = await import("../../ports/git/copy-state");
  return isCopyOf(git, { tree: source.worktree, admin: from.dir, common: repo }, { tree: worktree, admin: copy.dir, common: repo }, began).catch(() => false);
}

