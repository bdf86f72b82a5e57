// Bringing a killed agent back: what there is to bring back, and why it can't be. Pure.
import { UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import type { BranchFacts } from "../../ports/git/branches";
import type { MergeEntry } from "../merge/entry";
import { type TrashEntry, wasGone } from "../trash";

export interface Remains {
  entry: TrashEntry;
  /** The directory and git's own record of it are in the trash; otherwise only the saved ref is left. */
  inTrash: boolean;
  /** The merge that is undone with it, or alone where the agent was not killed. */
  merge?: MergeEntry | undefined;
  /** The agent is there: only its merge is undone. */
  alive?: true;
}

/**
 * The remains that `name` means: by id, else by branch in this repo, else by branch in the only other repo that has some; the
 * newest first. Without a name: the newest of all. Throws UserError.
 */
export function findRemains(all: readonly Remains[], name: string | undefined, repo: string | null): Remains {
  const newest = [...all].sort((a, b) => b.entry.at.localeCompare(a.entry.at));
  if (name === undefined) {
    if (newest[0]) return newest[0];
    throw new UserError("nothing to undo", { hint: "fleet undo --list" });
  }
  const named = newest.filter(({ entry }) => entry.id === name || entry.record.branch === name || entry.branch === name);
  const byId = named.find(({ entry }) => entry.id === name);
  const here = named.filter(({ entry }) => entry.record.repo === repo);
  const repos = new Set(named.map(({ entry }) => entry.record.repo));
  const found = byId ?? here[0] ?? (repos.size === 1 ? named[0] : undefined);
  if (found) return found;
  if (named.length === 0) throw new UserError(`nothing to undo under this name: ${oneLine(name)}`, { hint: "fleet undo --list" });
  const detail = named.map(({ entry }) => `${entry.id}  ${oneLine(entry.record.main)}`).join("\n");
  throw new UserError(`killed in several repos: ${oneLine(name)}`, { detail, hint: `fleet undo ${named[0]!.entry.id}` });
}

/**
 * What can be brought back of a batch, by its label or id, the first killed first. `remembered`: batches that have agents yet;
 * the label of one that has none is in its entries. Throws UserError.
 */
export function findBatchRemains(all: readonly Remains[], name: string, remembered: readonly { id: string; label: string }[]): Remains[] {
  const labelled = [...remembered.filter(({ label }) => label === name).map(({ id }) => id), ...all.flatMap(({ entry }) => (entry.batchLabel === name ? (entry.record.batch ?? []) : []))];
  const ids = new Set(labelled.length > 0 ? labelled : [name]);
  const found = all.filter(({ entry }) => entry.record.batch !== null && ids.has(entry.record.batch)).sort((a, b) => a.entry.at.localeCompare(b.entry.at));
  if (found.length === 0) throw new UserError(`nothing to undo of this batch: ${oneLine(name)}`, { hint: "fleet undo --list" });
  const batches = new Set(found.map(({ entry }) => entry.record.batch));
  if (batches.size === 1) return found;
  const detail = [...batches].map((id) => `${id}  ${found.filter(({ entry }) => entry.record.batch === id).map(({ entry }) => oneLine(entry.record.branch)).join(", ")}`).join("\n");
  throw new UserError(`several batches had this label: ${oneLine(name)}`, { detail, hint: `fleet undo --batch ${found[0]!.entry.record.batch}` });
}

export interface UndoFacts {
  /** The repository is there. */
  repo: boolean;
  /** Of the branch that was checked out; null when none was. */
  branch: BranchFacts | null;
  /** Something is at the worktree's path. */
  worktreeExists: boolean;
  /** Another worktree has its name in git. */
  adminExists: boolean;
  agents: readonly AgentRecord[];
}

/** Throws UserError when the branch or the path is taken. */
export function refuseUndo({ entry }: Remains, facts: UndoFacts): void {
  const { record, head } = entry;
  const branch = entry.branch ?? record.branch;
  const name = oneLine(branch);
  const again = `fleet undo ${entry.id}`;
  if (record.adopted) return refuseTakeUp(entry, facts);
  if (!facts.repo) throw new UserError(`its repository is not there: ${record.repo}`, { hint: `put it back, or mount its disk, then: ${again}` });
  if (facts.agents.some((agent) => agent.repo === record.repo && agent.branch === record.branch)) {
    throw new UserError(`an agent has this branch now: ${oneLine(record.branch)}`, { hint: `fleet kill ${shellWord(record.branch)}` });
  }
  if (facts.worktreeExists) throw new UserError(`the path is taken: ${record.worktree}`, { hint: `move it away, then: ${again}` });
  // No files were saved that would look changed on another commit.
  if (wasGone(entry)) return;
  if (facts.adminExists && entry.submodules) throw new UserError(`another worktree has its place in git: ${entry.admin}`, { hint: `git -C ${shellWord(record.main)} worktree list` });
  if (!facts.branch) return;
  const { local, clashes } = facts.branch;
  if (local?.worktree) throw new UserError(`the branch is checked out elsewhere: ${name} in ${local.worktree}`, { hint: `git -C ${shellWord(local.worktree)} switch --detach` });
  // On another commit than the one it was at, its files would all look changed.
  if (local && local.oid !== head) throw new UserError(`the branch is taken, or has moved since: ${name}`, { hint: `git -C ${shellWord(record.main)} branch -m ${shellWord(branch)} OTHER-NAME, then: ${again}` });
  if (!local && clashes[0] !== undefined) throw new UserError(`git can't have both branches: ${name} and ${oneLine(clashes[0])}`, { hint: `git -C ${shellWord(record.main)} branch -m ${shellWord(clashes[0])} OTHER-NAME, then: ${again}` });
}

/** Its worktree was left as it is: it must still be there, and no other agent's. */
function refuseTakeUp({ record }: TrashEntry, { repo, worktreeExists, agents }: UndoFacts): void {
  if (!repo || !worktreeExists) throw new UserError(`its worktree is not there any more: ${record.worktree}`, { hint: `git -C ${shellWord(record.main)} worktree list` });
  const other = agents.find((agent) => agent.worktree === record.worktree || (agent.repo === record.repo && agent.branch === record.branch));
  if (other) throw new UserError(`an agent has this ${other.worktree === record.worktree ? "worktree" : "branch"} now: ${oneLine(other.branch)}`, { hint: `fleet kill ${shellWord(other.branch)}` });
}
