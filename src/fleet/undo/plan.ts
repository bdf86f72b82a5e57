// Bringing a killed agent back: what there is to bring back, and why it can't be. Pure.
import { UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import type { BranchFacts } from "../../ports/git/branches";
import type { TrashEntry } from "../trash";

export interface Remains {
  entry: TrashEntry;
  /** The directory and git's own record of it are in the trash; otherwise only the saved ref is left. */
  inTrash: boolean;
}

/** The remains that `name` means: by id, else by branch, the newest first. Without a name: the newest of all. */
export function findRemains(all: readonly Remains[], name: string | undefined): Remains {
  const newest = [...all].sort((a, b) => b.entry.at.localeCompare(a.entry.at));
  const found = name === undefined ? newest[0] : (newest.find(({ entry }) => entry.id === name) ?? newest.find(({ entry }) => entry.record.branch === name));
  if (found) return found;
  throw new UserError(name === undefined ? "nothing to undo" : `nothing to undo under this name: ${oneLine(name)}`, { hint: "fleet undo --list" });
}

export interface UndoFacts {
  branch: BranchFacts;
  worktreeExists: boolean;
  agents: readonly AgentRecord[];
}

/** Throws UserError when the branch or the path is taken. */
export function refuseUndo({ entry, inTrash }: Remains, facts: UndoFacts): void {
  const { record, deletedAt } = entry;
  const name = oneLine(record.branch);
  if (entry.ref === null && !inTrash) throw new UserError(`nothing of ${name} was saved: its worktree was gone before it was killed`, { hint: `fleet create ${shellWord(record.branch)} --existing` });
  if (facts.agents.some((agent) => agent.repo === record.repo && agent.branch === record.branch)) {
    throw new UserError(`an agent has this branch now: ${name}`, { hint: `fleet kill ${shellWord(record.branch)}` });
  }
  if (facts.worktreeExists) throw new UserError(`the path is taken: ${record.worktree}`, { hint: `move it away, then: fleet undo ${entry.id}` });
  const { local, clashes } = facts.branch;
  if (local?.worktree) throw new UserError(`the branch is checked out elsewhere: ${name} in ${local.worktree}`, { hint: `git -C ${shellWord(local.worktree)} switch --detach` });
  if (deletedAt !== null && local) throw new UserError(`the branch is taken: ${name}`, { hint: `git branch -m ${shellWord(record.branch)} OTHER-NAME, then: fleet undo ${entry.id}` });
  if (deletedAt !== null && clashes[0] !== undefined) throw new UserError(`git can't have both branches: ${name} and ${oneLine(clashes[0])}`);
}
