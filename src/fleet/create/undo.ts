// Taking back a create: exactly what it made, in reverse, and never anything that holds work.
import { existsSync, rmdirSync, rmSync } from "node:fs";
import type { AgentRecord } from "../../base/model";
import { shellWord } from "../../base/text";
import { deleteBranch, isUntouched, removeWorktree } from "../../ports/git/worktrees";
import { withLock } from "../../ports/lock";
import type { Git } from "../../ports/git/call";
import { forgetOperation } from "../../ports/journal";
import type { Store } from "../../ports/store";
import { endSession, listFleetPanes } from "../../ports/tmux/sessions";
import { endAgentProcesses } from "../end-processes";
import { type CreatePorts, lockPath } from "./apply";

/** What a create has made so far, as its journal knows it. */
export interface Made {
  /** The directory of the record is this create's own: it was free, under the repo's lock, when git was asked to make it. */
  worktree: boolean;
  branch: boolean;
}

/** Undo what `record`'s create made. What it can't undo it names through `warn`, and leaves. */
export async function undoCreate(
  ports: CreatePorts,
  record: AgentRecord,
  warn: (message: string, hint?: string) => void,
  made: Made = { worktree: true, branch: record.branchCreated },
): Promise<void> {
  const { store } = ports;
  let undone = true;
  // One part that fails (a full disk, a tmux that hangs) keeps no other from being undone, and hides no first error.
  const attempt = async (what: string, act: () => unknown) => {
    try {
      await act();
    } catch (error) {
      undone = false;
      warn(`could not undo ${what}: ${(error as Error).message}`, "fleet doctor");
    }
  };
  await attempt("the session", () => endSessionOf(ports, record));
  await attempt("the worktree", () => withLock(lockPath(store, record.repo), () => removeMade(ports, record, made, warn)));
  await attempt("the record", () => store.update((state) => void delete state.agents[record.id]));
  await attempt("its files", () => rmSync(store.path("agents", record.id), { recursive: true, force: true }));
  if (undone) forgetOperation(store.home, record.id);
}

/** What the journal must know to undo a create for a process that died. */
export function createdFacts(record: AgentRecord, made: Made): Record<string, unknown> {
  return { record, made };
}

async function endSessionOf({ tmux }: CreatePorts, record: AgentRecord): Promise<void> {
  const panes = ((await listFleetPanes(tmux)) ?? []).filter((pane) => pane.options.id === record.id);
  if (panes.length === 0) return;
  await endAgentProcesses(panes.map((pane) => pane.panePid), record.id);
  await endSession(tmux, panes[0]!.session);
}

async function removeMade({ git, store }: CreatePorts, record: AgentRecord, made: Made, warn: (message: string, hint?: string) => void): Promise<void> {
  const others = store.agents().filter((agent) => agent.id !== record.id && agent.repo === record.repo);
  const keep = (why: string) => warn(`kept, because ${why}: ${record.worktree}`, `git -C ${shellWord(record.worktree)} status`);
  if (made.worktree && existsSync(record.worktree)) {
    if (others.some((agent) => agent.worktree === record.worktree)) return keep("another agent has it");
    if (!existsSync(`${record.worktree}/.git`)) rmdirSync(record.worktree);
    else if (await holdsWork(git, store, record)) return keep("it holds work or could not be checked");
    else await removeWorktree(git, record.repo, record.worktree);
  }
  if (made.branch && !others.some((agent) => agent.branch === record.branch)) await deleteBranch(git, record.repo, record.branch, record.base.commit);
}

/** Until the program was started, all files are of this create's own making: the checkout, copies, setup's output. */
async function holdsWork(git: Git, store: Store, record: AgentRecord): Promise<boolean> {
  const head = (await git.try(record.worktree, ["rev-parse", "--verify", "HEAD"])).stdout.trim();
  const began = record.branchCreated ? record.base.commit : head;
  if (head === "" || head !== began) return true;
  return existsSync(store.path("agents", record.id, "started")) && !(await isUntouched(git, record.worktree, began));
}
