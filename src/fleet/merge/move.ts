// One branch and its checkout, moved together under the repo's lock: looked at, swapped, written; or all as it was.
import { UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import type { Git } from "../../ports/git/call";
import { giveBackFiles } from "../../ports/git/kept-files";
import { moveBranch, moveFiles } from "../../ports/git/move-checkout";
import { withLock } from "../../ports/lock";
import type { Store } from "../../ports/store";
import { reasonOf } from "../kill/reason";
import { lockPath } from "../repo-lock";
import { blockersIn } from "./facts";
import { blockedError } from "./plan";

export interface MovePorts {
  git: Git;
  store: Store;
}

export interface Move {
  common: string;
  branch: string;
  from: string;
  to: string;
  /** For the reflog. */
  reason: string;
  /** The checkout that has the branch; null when none has. */
  checkout: string | null;
  /** Where the files that are written over are kept, and under which name. */
  kept: { ref: string; name: string };
}

/** Throws UserError with branch and files where they were. */
export async function moveTogether({ git, store }: MovePorts, move: Move): Promise<void> {
  const { common, branch, from, to, reason, checkout, kept } = move;
  if (from === to) return;
  await withLock(lockPath(store, common), async () => {
    if (checkout !== null) {
      const blocked = await blockersIn(git, checkout, from, to);
      if (blocked.length > 0) throw blockedError({ branch, checkout }, blocked);
    }
    const place = checkout ?? common;
    if (!(await moveBranch(git, place, branch, { from, to, reason }))) {
      throw new UserError(`${oneLine(branch)} has moved on meanwhile; nothing was moved`, { hint: `git -C ${shellWord(place)} log --oneline -3 ${shellWord(branch)}` });
    }
    if (checkout === null) return;
    try {
      await moveFiles(git, checkout, from, to);
    } catch (error) {
      const { message, detail } = reasonOf(error);
      await moveBranch(git, place, branch, { from: to, to: from, reason: `${reason}: taken back` });
      // It may have written some before the disk was full.
      await giveBackFiles(git, common, kept.ref, { name: kept.name, root: checkout, over: "all" }).catch(() => {});
      throw new UserError(`the files in ${checkout} could not be moved: ${message}; ${oneLine(branch)} is where it was`, { detail, hint: `git -C ${shellWord(checkout)} status` });
    }
  });
}
