// A rename, carried out: branch, then record, then session. Each step may be done already; cut off, it is completed or forgotten.
import { existsSync } from "node:fs";
import { ProcessError, UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { oneLine } from "../../base/text";
import type { Git } from "../../ports/git/call";
import { renameBranch } from "../../ports/git/rename-branch";
import { branchAt } from "../../ports/git/worktrees";
import { claimOperation, forgetOperation, type JournalEntry } from "../../ports/journal";
import { withLock } from "../../ports/lock";
import type { Store } from "../../ports/store";
import type { Tmux } from "../../ports/tmux/call";
import { renameSession, tellBranch } from "../../ports/tmux/rename";
import { isAdoptedSession, listFleetPanes, tellSessions } from "../../ports/tmux/sessions";
import { batches, saveBatch, withBatches } from "../batch/record";
import { agentDirectory, writeRecord } from "../launch";
import { renameInMerges } from "../merge/entry";
import { firstFree } from "../naming";
import { requireRepo, unreadableEntry } from "../recovery";
import { lockPath } from "../repo-lock";
import { trashEntries, writeTrashEntry } from "../trash";
import type { RenamePlan } from "./plan";

export interface RenamePorts {
  git: Git;
  tmux: Tmux;
  store: Store;
}

type To = RenamePlan["to"];

/** Returns the name that the session got, null where there is none. Throws UserError; the branch then has its old name. */
export async function applyRename(ports: RenamePorts, { record, to }: RenamePlan): Promise<string | null> {
  const { git, store } = ports;
  const operation = claimOperation(store.home, record.id, "rename", { record, to });
  try {
    operation.step("branch");
    await withLock(lockPath(store, record.repo), () => renameBranch(git, record.worktree, record.branch, to.branch));
  } catch (error) {
    operation.end();
    if (!(error instanceof ProcessError)) throw error;
    throw new UserError(`git did not rename the branch: ${oneLine(record.branch)}`, { detail: error.stderr.trim(), hint: "fleet doctor" });
  }
  operation.step("record");
  const session = await finishRename(ports, record, to);
  operation.end();
  return session;
}

/** All that goes by the branch's name. */
async function finishRename({ tmux, store }: RenamePorts, record: AgentRecord, to: To): Promise<string | null> {
  let renamed: AgentRecord = { ...record, ...to };
  await store.update((state) => {
    const now = state.agents[record.id];
    if (now) state.agents[record.id] = renamed = { ...now, ...to };
    for (const other of Object.values(state.agents)) {
      if (other.repo === record.repo && other.base.branch === record.branch) other.base = { ...other.base, branch: to.branch };
    }
  });
  if (existsSync(agentDirectory(store, record.id))) writeRecord(store, renamed);
  // What an undo brings back starts from, and was merged into, branches by their names.
  renameInMerges(store.home, { id: record.id, repo: record.repo, from: record.branch, to: to.branch, session: to.session });
  for (const entry of trashEntries(store.home)) {
    const { repo, base } = entry.record;
    if (repo === record.repo && base.branch === record.branch) writeTrashEntry(store.home, { ...entry, record: { ...entry.record, base: { ...base, branch: to.branch } } });
  }
  // What is missing of a batch is known by the branches of its tasks.
  await withBatches(store, () => {
    for (const batch of batches(store)) {
      if (batch.id !== record.batch || !batch.tasks.some(({ branch }) => branch === record.branch)) continue;
      saveBatch(store, { ...batch, tasks: batch.tasks.map((task) => (task.branch === record.branch ? { ...task, branch: to.branch } : task)) });
    }
  });
  const pane = (await listFleetPanes(tmux))?.find((pane) => pane.options.id === record.id);
  if (pane === undefined) return null;
  const { session } = pane;
  // It keeps the name that somebody gave it.
  if (isAdoptedSession(pane.options.adopted)) {
    await tellSessions(tmux, [{ session, options: { branch: to.branch } }]);
    return pane.sessionName;
  }
  const refused = new Set<string>();
  for (;;) {
    const name = firstFree(to.session, (candidate) => refused.has(candidate));
    const is = await renameSession(tmux, session, record.id, name);
    if (is === "gone") return null;
    if (is === "renamed") {
      await tellBranch(tmux, session, to.branch);
      return name;
    }
    refused.add(name);
  }
}

/** Of a rename whose process died. Returns what was done; may be called again at any point. */
export async function recoverRename(ports: RenamePorts, { id, facts }: JournalEntry): Promise<string> {
  const { record, to } = facts as { record?: AgentRecord; to?: To };
  if (!record || typeof to?.branch !== "string" || typeof to.session !== "string") throw unreadableEntry(ports.store, id);
  requireRepo(record);
  // A git that outlived its fleet ends within the repo's lock, which its fleet does not hold any more.
  const [old, now] = await withLock(lockPath(ports.store, record.repo), async () => {
    await gitEnds(record.worktree);
    return [await branchAt(ports.git, record.repo, record.branch), await branchAt(ports.git, record.repo, to.branch)];
  });
  if (old && !now) {
    forgetOperation(ports.store.home, id);
    return `undone: ${oneLine(record.branch)} has its old name`;
  }
  if (!now) throw new UserError(`neither branch is there: ${oneLine(record.branch)}, ${oneLine(to.branch)}`, { hint: `git -C ${record.main} reflog --all` });
  await finishRename(ports, record, to);
  forgetOperation(ports.store.home, id);
  return `completed: ${oneLine(record.branch)} is ${oneLine(to.branch)} now`;
}

const GIT_MS = 5_000;

async function gitEnds(worktree: string): Promise<void> {
  const { processesIn } = await import("../../ports/process-arguments");
  for (const began = Date.now(); Date.now() - began < GIT_MS; await Bun.sleep(25)) {
    if (!processesIn(worktree).some(({ name, line }) => name === "git" && / branch -m /.test(line))) return;
  }
}
