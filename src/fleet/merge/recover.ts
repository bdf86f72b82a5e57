// Merges, syncs and their undoing whose process died: as long as the target had not moved they are taken back, from then on completed.
import { existsSync } from "node:fs";
import { ProcessError, UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import { limitGit } from "../../ports/git/limit";
import { moveFiles } from "../../ports/git/move-checkout";
import { branchAt } from "../../ports/git/worktrees";
import { beginOperation, forgetOperation, type JournalEntry } from "../../ports/journal";
import { processesIn } from "../../ports/process-arguments";
import { completion, requireRepo, unreadableEntry } from "../recovery";
import { StaysAsIs, takeAgentBack } from "./back";
import { finishMerge } from "./apply";
import { forgetMerge, type MergeEntry, readMerge } from "./entry";
import type { MovePorts } from "./move";
import { carryOut } from "./undo";

const GIT_MS = 120_000;
// A git that outlived its fleet ends by itself.
const WAIT_MS = 20_000;

/** The checkouts and branches that a merge is about, as one would name them. */
export function mergeThings({ id, facts }: JournalEntry): string[] {
  const entry = readMerge(facts["merge"], id);
  if (!entry) return [];
  const { record, agent, into } = entry;
  return [record.worktree, `refs/heads/${agent.branch}`, `refs/heads/${into.branch}`, ...(into.checkout === null ? [] : [into.checkout]), ...(entry.ref === null ? [] : [entry.ref])];
}

/** Complete it or take it back. Returns what was done; throws UserError where neither can be. May be called again at any point. */
export async function recoverMerge(ports: MovePorts, { id, operation, step, facts }: JournalEntry): Promise<string> {
  const { store } = ports;
  const git = limitGit(ports.git, () => GIT_MS);
  const entry = readMerge(facts["merge"], id);
  if (!entry) throw unreadableEntry(store, id);
  const { record, agent, into } = entry;
  requireRepo(record);
  await waitForGit(entry);
  const [name, base] = [oneLine(agent.branch), oneLine(into.branch)];
  const within = { git, store };
  const end = () => forgetOperation(store.home, id);
  if (operation === "undo merge") {
    // On record as this process's own: it may be cut off as well.
    const { target, refused } = await carryOut(within, entry, beginOperation(store.home, id, operation, facts, step), step);
    const left = refused.map(({ message }) => `; ${message}`).join("");
    return `completed: the merge of ${name} into ${base} is ${target ? "undone" : "left"}${left}`;
  }
  if ((step === "target" || step === "restack") && into.to !== null && (await branchAt(git, record.repo, into.branch))?.oid === into.to) {
    if (into.checkout !== null) await settle(within, entry, into.checkout);
    const above = store.agents().filter((other) => other.repo === record.repo && other.base.branch === agent.branch);
    await finishMerge(within, entry, completion(store, id), step === "restack" ? above : []);
    return `completed: ${name} is merged into ${base}; fleet kill ${shellWord(agent.branch)} ends it, fleet undo ${id} takes the merge back`;
  }
  try {
    await takeAgentBack(within, entry, agent.to !== null);
  } catch (error) {
    if (!(error instanceof StaysAsIs)) throw error;
    end();
    return `left as it is: ${error.message}; ${base} was not moved`;
  }
  await forgetMerge(git, store.home, entry);
  end();
  return `undone: ${name} is as it was, and ${base} was not moved`;
}

/** Files on their way are brought to where their branch is. What somebody edited since, or a killed git left half written, is named. */
async function settle({ git }: MovePorts, { into }: MergeEntry, checkout: string): Promise<void> {
  try {
    await moveFiles(git, checkout, into.from, into.to!);
  } catch (error) {
    const detail = error instanceof ProcessError ? error.stderr.trim() : undefined;
    throw new UserError(`${oneLine(into.branch)} has moved, but not all files in ${checkout}`, { detail, hint: `git -C ${shellWord(checkout)} status   (put these files right, then: fleet doctor --fix)` });
  }
}

async function waitForGit({ record, into }: MergeEntry): Promise<void> {
  const places = [record.worktree, ...(into.checkout === null ? [] : [into.checkout])].filter((place) => existsSync(place));
  for (const began = Date.now(); ; await Bun.sleep(25)) {
    const busy = places.flatMap((place) => processesIn(place)).filter(({ name, line }) => name === "git" && !line.includes("fsmonitor--daemon"));
    if (busy.length === 0) return;
    if (Date.now() - began > WAIT_MS) throw new UserError(`git is still at work there: ${busy.map(({ pid }) => pid).join(", ")}`, { hint: "let it end, then: fleet doctor --fix" });
  }
}
