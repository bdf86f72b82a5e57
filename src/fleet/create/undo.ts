// Taking back a create: exactly what it made, in reverse, and never anything that holds work.
import { existsSync, rmdirSync, rmSync } from "node:fs";
import type { AgentRecord } from "../../base/model";
import { shellWord } from "../../base/text";
import { deleteBranch, isUntouched, removeWorktree } from "../../ports/git/worktrees";
import { withLock } from "../../ports/lock";
import { beginOperation } from "../../ports/journal";
import { endSession, listFleetPanes } from "../../ports/tmux/sessions";
import { endAgentProcesses } from "../end-processes";
import { type CreatePorts, lockPath } from "./apply";

/** Undo what `record`'s create made. What it can't undo it names through `warn`, and leaves. */
export async function undoCreate(ports: CreatePorts, record: AgentRecord, warn: (message: string, hint?: string) => void): Promise<void> {
  const { tmux, store } = ports;
  const operation = beginOperation(store.home, record.id, "undo create", createdFacts(record));
  const panes = ((await listFleetPanes(tmux).catch(() => null)) ?? []).filter((pane) => pane.options.id === record.id);
  if (panes.length > 0) {
    await endAgentProcesses(panes.map((pane) => pane.panePid));
    await endSession(tmux, panes[0]!.session);
  }
  const kept = await withLock(lockPath(store, record.repo), () => removeMade(ports, record));
  if (kept) {
    warn(`kept, because it holds work or could not be checked: ${record.worktree}`, `git -C ${shellWord(record.worktree)} status`);
  }
  await store.update((state) => void delete state.agents[record.id]);
  rmSync(store.path("agents", record.id), { recursive: true, force: true });
  operation.end();
}

/** What the journal must know to undo a create for a process that died. */
export function createdFacts(record: AgentRecord): Record<string, unknown> {
  return { record };
}

/** true when the worktree had to be kept. */
async function removeMade({ git }: CreatePorts, record: AgentRecord): Promise<boolean> {
  const head = existsSync(record.worktree) ? (await git.try(record.worktree, ["rev-parse", "HEAD"])).stdout.trim() : record.base.commit;
  const began = record.branchCreated ? record.base.commit : head;
  if (existsSync(record.worktree)) {
    const registered = existsSync(`${record.worktree}/.git`);
    // Killed between add and checkout, every file counts as deleted: nothing of anyone's is in an empty tree.
    if (registered && !(await isUntouched(git, record.worktree, began)) && !(await isEmpty(record.worktree))) return true;
    if (registered) await removeWorktree(git, record.repo, record.worktree);
    else rmdirSync(record.worktree);
  }
  if (record.branchCreated) await deleteBranch(git, record.repo, record.branch, record.base.commit);
  return false;
}

async function isEmpty(worktree: string): Promise<boolean> {
  for await (const name of new Bun.Glob("*").scan({ cwd: worktree, dot: true, onlyFiles: false })) if (name !== ".git") return false;
  return true;
}
