// The way back of a merge: the target to where it was, and the agent's branch, index and files; each only where nobody's work is touched.
import { existsSync } from "node:fs";
import { UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import { commitFacts, isAllStaged, replaceIndex } from "../../ports/git/commit-all";
import { pointedAt } from "../../ports/git/head";
import { giveBackFiles } from "../../ports/git/kept-files";
import { changesBetween, inTheWay, moveBranch, moveFiles, visibleChanges } from "../../ports/git/move-checkout";
import { branchAt } from "../../ports/git/worktrees";
import type { MergeEntry } from "./entry";
import { keptIndex } from "./entry";
import { type MovePorts, moveTogether } from "./move";

/**
 * The target back to where it was. `resumed`: an earlier call of this was cut off, so the branch may be there already, and files on
 * their way. Throws UserError where it has moved on since, or where local changes are in the way.
 */
export async function takeTargetBack(ports: MovePorts, entry: MergeEntry, resumed = false): Promise<void> {
  const { git } = ports;
  const { record, into, ref } = entry;
  if (into.to === null || entry.way === "sync" || into.to === into.from) return;
  const name = oneLine(into.branch);
  const now = await branchAt(git, record.repo, into.branch);
  if (now?.oid === into.from && !resumed) return;
  const checkout = now?.worktree || null;
  if (now?.oid === into.from) {
    if (checkout !== null) await moveFiles(git, checkout, into.to, into.from);
  } else {
    if (now?.oid !== into.to) {
      const log = `git -C ${shellWord(record.main)} log --oneline ${shellWord(`${into.to.slice(0, 12)}..${into.branch}`)}`;
      const revert = `git -C ${shellWord(record.main)} revert ${entry.way === "merge" ? "-m 1 " : ""}${into.to.slice(0, 12)}`;
      throw new UserError(`${name} stays as it is, because it ${now ? "has moved on since the merge" : "is gone"}`, { hint: now ? `${log}   ·   ${revert}` : `git -C ${shellWord(record.main)} branch --list` });
    }
    await moveTogether(ports, { common: record.repo, branch: into.branch, from: into.to, to: into.from, reason: `fleet undo: merge of ${record.branch}`, checkout, kept: { ref: ref!, name: "target" } });
  }
  if (checkout !== null && ref !== null) await giveBackFiles(git, record.repo, ref, { name: "target", root: checkout });
}

/** Why a branch is left where it is: nothing was changed. */
export class StaysAsIs extends UserError {}

/** The agent's branch, index and files as they were before its work was committed and the base brought in. Throws StaysAsIs; `resumed` as above. */
export async function takeAgentBack(ports: MovePorts, entry: MergeEntry, resumed = false): Promise<void> {
  const { git } = ports;
  const { record, agent, ref } = entry;
  const { worktree, repo } = record;
  const name = oneLine(agent.branch);
  const look = `git -C ${shellWord(worktree)} status`;
  const now = await branchAt(git, repo, agent.branch);
  const own = await committedTip(ports, entry, now?.oid ?? null);
  const admin = existsSync(worktree) ? pointedAt(worktree) : null;
  if (now?.oid === agent.from && !resumed) return await unstage(ports, entry, admin);
  if (!now || ![agent.from, agent.to, own].includes(now.oid)) throw new StaysAsIs(`${name} stays as it is, because it ${now ? "has moved on since" : "is gone"}`, { hint: `git -C ${shellWord(record.main)} log --oneline -5 ${shellWord(agent.branch)}` });
  if (admin === null) throw new StaysAsIs(`${name} stays as it is, because its worktree is gone: ${worktree}`, { hint: "fleet doctor" });
  const committed = own ?? agent.from;
  if (!resumed) {
    const local = await visibleChanges(git, worktree);
    // What was uncommitted would come to lie among what is new.
    if (own !== null && local.size > 0) throw new StaysAsIs(`${name} stays as it is, because there is new work in its worktree`, { hint: look });
    const blocked = inTheWay(worktree, await changesBetween(git, worktree, agent.to ?? now.oid, own ?? agent.from), local);
    if (blocked.length > 0) throw new StaysAsIs(`${name} stays as it is, because files in its worktree have changed: ${blocked.slice(0, 5).map(oneLine).join(", ")}`, { hint: look });
  }
  if (now.oid !== agent.from && !(await moveBranch(git, worktree, agent.branch, { from: now.oid, to: agent.from, reason: "fleet: taken back" }))) {
    throw new StaysAsIs(`${name} has moved meanwhile`, { hint: look });
  }
  if (agent.to !== null && agent.to !== committed && now.oid !== own) {
    await moveFiles(git, worktree, agent.to, committed);
    if (ref !== null) await giveBackFiles(git, repo, ref, { name: "agent", root: worktree });
  }
  // New work may be staged in it.
  if (own !== null || (await visibleChanges(git, worktree)).size === 0) await giveIndexBack(ports, entry, admin, own !== null);
}

/** A commit that failed has left everything staged. */
async function unstage(ports: MovePorts, entry: MergeEntry, admin: string | null): Promise<void> {
  if (admin !== null && entry.agent.to === null) await giveIndexBack(ports, entry, admin, true);
}

/** `staged`: it holds work, in which somebody may have staged more since; that must not be lost with it. */
async function giveIndexBack({ git, store }: MovePorts, entry: MergeEntry, admin: string, staged: boolean): Promise<void> {
  if (staged && !(await isAllStaged(git, entry.record.worktree))) return;
  replaceIndex(admin, keptIndex(store.home, entry));
}

/** The commit that was made of uncommitted work; a process that died right after it has not written it down. */
async function committedTip({ git }: MovePorts, { record, agent }: MergeEntry, now: string | null): Promise<string | null> {
  if (agent.committed !== null || now === null || now === agent.from || now === agent.to) return agent.committed;
  const made = await commitFacts(git, record.repo, now);
  return made?.parent === agent.from && made.subject.startsWith(`${agent.branch}: `) ? now : null;
}
