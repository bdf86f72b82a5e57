// Kills whose process died: before the work was saved they are undone, from then on they are completed.
import { existsSync } from "node:fs";
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import type { Git } from "../../ports/git/call";
import { registrationOf } from "../../ports/git/made";
import { limitGit } from "../../ports/git/limit";
import { commitAt, refsThere } from "../../ports/git/ref";
import { forgetOperation, type JournalEntry } from "../../ports/journal";
import { processesIn } from "../../ports/process-arguments";
import type { Store } from "../../ports/store";
import type { Tmux } from "../../ports/tmux/call";
import { listFleetPanes } from "../../ports/tmux/sessions";
import { endAgent } from "../end-agent";
import { agentDirectory } from "../launch";
import { completion, requireRepo, unreadableEntry } from "../recovery";
import { EMPTYING, entryFile, forgetTrashEntry, keptFiles, entryOf, trashAdmin, type TrashEntry, trashedAdmin, trashedTree, trashFolder, writeTrashEntry } from "../trash";
import { finishKill } from "./finish";
import { forgetSaved, putBack } from "./move";

export interface RecoverPorts {
  git: Git;
  tmux: Tmux;
  store: Store;
}

const GIT_MS = 120_000;
// A git that outlived its fleet ends by itself: it has no more input.
const WAIT_MS = 20_000;

/** What there is of an agent whose kill or undo was cut off, each as one would name it. */
export async function remainsOf({ git, store, tmux }: RecoverPorts, { id, facts }: JournalEntry): Promise<string[]> {
  const [entry] = entryOf(facts["entry"]);
  if (!entry) return [];
  const { record } = entry;
  const there = existsSync(record.repo);
  const registration = there ? registrationOf(record.repo, record.worktree)?.dir : undefined;
  const paths = [
    trashFolder(entry), trashedTree(entry), `${trashFolder(entry)}${EMPTYING}`, trashedAdmin(entry), `${trashedAdmin(entry)}.partial`,
    entryFile(store.home, id), keptFiles(store.home, id), record.worktree, agentDirectory(store, id),
  ].filter((path) => existsSync(path));
  const refs = there ? await refsThere(git, record.repo, [`refs/heads/${record.branch}`, ...(entry.branch === null ? [] : [`refs/heads/${entry.branch}`]), ...(entry.ref === null ? [] : [entry.ref])]) : [];
  const panes = (await listFleetPanes(tmux).catch(() => null)) ?? [];
  const sessions = panes.filter((pane) => pane.options.id === id).map((pane) => `session ${oneLine(pane.sessionName)}`);
  const remembered = store.agents().some((agent) => agent.id === id) ? [`state.json: ${id}`] : [];
  return [...new Set([...paths, ...(registration === undefined ? [] : [registration]), ...refs, ...sessions, ...remembered])];
}

/** Complete or undo it. Returns what was done; throws UserError where neither can be. May be called again at any point. */
export async function recoverKill(ports: RecoverPorts, { id, step, facts }: JournalEntry): Promise<string> {
  const { store } = ports;
  const git = limitGit(ports.git, () => GIT_MS);
  const [entry] = entryOf(facts["entry"]);
  if (!entry) throw unreadableEntry(store, id);
  const { record } = entry;
  const name = oneLine(record.branch);
  if (record.adopted && step !== "begin") {
    await endAgent(ports, record);
    writeTrashEntry(store.home, entry);
    await finishKill({ git, store }, entry, completion(store, id));
    return `completed: ${name} is no agent any more, and its worktree is as it was; fleet undo ${id} brings it back`;
  }
  requireRepo(record);
  const finish = async () => {
    await finishKill({ git, store }, entry, completion(store, id));
    return `completed: ${name} is killed; fleet undo ${id} brings it back`;
  };
  const undone = (what: string) => {
    forgetOperation(store.home, id);
    return `undone: ${name} ${what}`;
  };
  if (step === "begin" || step === "end") return undone("is there, with nothing removed");
  await waitForGit(entry);
  if (step === "freeze" || step === "save") return (await wasPutBack(store, git, entry)) ? undone("is back where it was, as a stopped agent") : finish();
  if (step === "save in place" || (step === "remove" && entry.admin !== null && existsSync(entry.admin))) {
    // git removes its own record last: while that is there, a removal may have begun, and what it took is under the ref.
    if (step === "remove") throw new UserError(`it may be removed by half; all of it is saved under ${entry.ref}`, { hint: `git -C ${record.worktree} status   ·   git -C ${record.main} worktree remove --force ${record.worktree}, then: fleet doctor --fix` });
    await forgetSaved(git, entry);
    forgetTrashEntry(store.home, id);
    return undone("is where it was, as a stopped agent");
  }
  if (step === "unregister") {
    writeTrashEntry(store.home, entry);
    if (entry.admin !== null && existsSync(entry.admin)) trashAdmin(entry, entry.admin);
  }
  return finish();
}

/** false: its old place is taken, and the work is saved, so that the kill can be completed. */
async function wasPutBack(store: Store, git: Git, entry: TrashEntry): Promise<boolean> {
  try {
    putBack(store, entry);
  } catch (error) {
    if (!(await isSaved(git, entry))) throw error;
    writeTrashEntry(store.home, entry);
    return false;
  }
  await forgetSaved(git, entry);
  return true;
}

/** git writes the ref last: when it is there, everything is. */
async function isSaved(git: Git, { ref, record }: TrashEntry): Promise<boolean> {
  return ref !== null && (await commitAt(git, record.repo, ref)) !== null;
}

async function waitForGit(entry: TrashEntry): Promise<void> {
  const tree = existsSync(trashedTree(entry)) ? trashedTree(entry) : entry.record.worktree;
  for (const began = Date.now(); ; await Bun.sleep(25)) {
    const busy = processesIn(tree).filter(({ name, line }) => name === "git" && !line.includes("fsmonitor--daemon"));
    if (busy.length === 0) return;
    if (Date.now() - began > WAIT_MS) throw new UserError(`git is still at work in ${tree}: ${busy.map(({ pid }) => pid).join(", ")}`, { hint: "let it end, then: fleet doctor --fix" });
  }
}
