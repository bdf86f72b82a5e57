// What must be known before a killed agent may come back.
import { existsSync, lstatSync } from "node:fs";
import { branchFacts } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import { pointedAt } from "../../ports/git/head";
import { limitGit } from "../../ports/git/limit";
import type { Store } from "../../ports/store";
import { type TrashEntry, wasGone } from "../trash";
import type { UndoFacts } from "./plan";

const GIT_MS = 60_000;

export async function gatherUndoFacts({ git, store }: { git: Git; store: Store }, entry: TrashEntry): Promise<UndoFacts> {
  const { record, branch, admin } = entry;
  const repo = existsSync(record.repo);
  return {
    repo,
    branch: repo && branch !== null ? await branchFacts(limitGit(git, () => GIT_MS), record.repo, branch) : null,
    // A link to nowhere is something, too.
    worktreeExists: lstatSync(record.worktree, { throwIfNoEntry: false }) !== undefined && !isBack(entry),
    adminExists: admin !== null && existsSync(admin),
    agents: store.agents(),
  };
}

/** It was gone when it was killed, and somebody has put it back where it was since. */
function isBack(entry: TrashEntry): boolean {
  try {
    return wasGone(entry) && entry.admin !== null && pointedAt(entry.record.worktree) === entry.admin;
  } catch {
    return false;
  }
}
