// What a kill is going to do to one agent, decided before it does any of it. Pure.
import { UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import type { WorktreeState } from "../../ports/git/worktree-state";
import type { KillFacts } from "./facts";

export interface KillRequest {
  /** Discard uncommitted work (it stays in the trash and under a ref). */
  force: boolean;
  /** Also a branch with commits of its own. `where allowed`: it stays, unrefused, where it may not be deleted. */
  deleteBranch: boolean | "where allowed";
  /** Its commits were just merged into this branch, in whatever form. */
  mergedInto?: string;
}

export interface KillPlan {
  facts: KillFacts;
  force: boolean;
  /** It ends because it was merged. */
  merged?: boolean;
  /** The commit at which the branch is deleted; null leaves it. */
  deleteBranchAt: string | null;
  /** What goes and what stays, for the question and --dry-run. */
  lines: string[];
}

/** Throws UserError where the agent must not be killed so. */
export function planKill(request: KillRequest, facts: KillFacts): KillPlan {
  const { agent, worktree } = facts;
  const name = oneLine(agent.branch);
  if (agent.status === "unknown" && agent.session === null) {
    throw new UserError(`can't tell whether ${name} runs: ${agent.reason ?? "no evidence"}`, { hint: "fleet doctor" });
  }
  if ("adopted" in worktree) return planRelease(request, facts);
  if (facts.callerInside) {
    throw new UserError(`this directory is inside the worktree of ${name}`, { hint: `cd && fleet kill ${shellWord(agent.record.id)}` });
  }
  if ("refused" in worktree) {
    throw new UserError(`the worktree of ${name} is not touched, because ${worktree.refused}`, { hint: worktree.hint ?? `git -C ${shellWord(agent.record.main)} worktree list` });
  }
  if ("orphan" in worktree) return planForget(request, facts);
  if ("dirty" in worktree) refuseWork(agent, worktree, request.force, request.mergedInto !== undefined);
  if (request.deleteBranch === true) refuseDeletion(facts);
  const deleteBranchAt = branchToDelete(request, facts);
  return { facts, force: request.force, merged: request.mergedInto !== undefined, deleteBranchAt, lines: describe(facts, deleteBranchAt, request.mergedInto) };
}

/** The agent goes, and what was there before it stays as it is: nothing can be lost, so no word is needed. */
function planRelease(request: KillRequest, facts: KillFacts): KillPlan {
  if (request.deleteBranch === true) refuseDeletion(facts);
  const { record, session, sessionName, sessionAdopted, status } = facts.agent;
  const lines = ["forgets   the agent, which fleet undo brings back"];
  if (session !== null && !sessionAdopted) lines.unshift(`ends      its session and program (${status})`, ...endsBeside(facts));
  if (sessionAdopted) lines.push(`leaves    the session ${oneLine(sessionName ?? "")} and its program as they are: fleet did not make it`);
  lines.push(`leaves    ${oneLine(record.worktree)} as it is: fleet did not make it`, `keeps     the branch ${oneLine(facts.agent.branch)}: fleet did not make it`);
  return { facts, force: request.force, merged: request.mergedInto !== undefined, deleteBranchAt: null, lines };
}

function endsBeside({ otherPanes }: KillFacts): string[] {
  return otherPanes.map(({ pane, command }) => `ends      another pane of its session: ${pane}${command ? `, with ${oneLine(command)}` : ""}`);
}

/** Nothing of git can be asked, so nothing of git is touched. A disk that is not mounted looks the same: only the explicit word forgets. */
function planForget({ force, deleteBranch }: KillRequest, facts: KillFacts): KillPlan {
  const { record, session, status } = facts.agent;
  const id = shellWord(record.id);
  if (!force || deleteBranch === true) {
    throw new UserError(`the worktree of ${oneLine(facts.agent.branch)} is not touched, because its repository is not there: ${record.repo}`, { hint: `put it back, or mount its disk; moved: fleet -C NEW-PLACE doctor --fix   ·   fleet kill ${id} --force forgets the agent, and leaves its worktree` });
  }
  const lines = [`forgets   the agent, its prompt and screen: its repository is not there (${oneLine(record.repo)})`, `leaves    ${oneLine(record.worktree)} as it is`];
  if (session !== null) lines.unshift(`ends      its session and program (${status})`);
  return { facts, force, deleteBranchAt: null, lines };
}

/** Uncommitted work, commits that nothing else has, and a git that can't tell. `merged`: what git is told to look away from was no part of it. */
export function refuseWork({ branch, record }: Agent, state: WorktreeState, force: boolean, merged = false): void {
  const name = oneLine(branch);
  if (state.dirty === null) {
    // Saving asks git the same: force would not help.
    const index = shellWord(`${state.admin}/index`);
    const anew = `mv ${index} ${index}.broken && git -C ${shellWord(record.worktree)} reset   (files stay, what was staged is in none of them)`;
    throw new UserError(`git can't tell what ${name} holds, so nothing is touched`, { detail: state.problem, hint: /\bindex (file|uses)\b/.test(state.problem) ? anew : `git -C ${shellWord(record.worktree)} status` });
  }
  if (force) return;
  const hint = `fleet diff ${shellWord(branch)}   ·   fleet kill ${shellWord(branch)} --force discards it`;
  if (state.dirty > 0) throw new UserError(`${name} has uncommitted work: ${count(state.dirty, "path")}${state.submodules === "own" ? ", a submodule's own among them" : ""}`, { hint });
  if (state.hidden > 0 && !merged) {
    const list = `git -C ${shellWord(record.worktree)} ls-files -v | grep '^[a-zS]'`;
    throw new UserError(`${name} has uncommitted work in ${count(state.hidden, "file")} that git is told to look away from`, { hint: `${list}   ·   fleet kill ${shellWord(branch)} --force discards it` });
  }
  const [inner] = state.inner;
  if (inner !== undefined) throw new UserError(`a worktree within that of ${name} has work of its own: ${oneLine(inner)}`, { hint: `git -C ${shellWord(inner)} status   ·   fleet kill ${shellWord(branch)} --force discards it` });
  if (state.loose) throw new UserError(`${name} is not on its branch, and has commits that no branch has: ${state.head!.slice(0, 10)}`, { hint: `git -C … switch -c NEW-NAME keeps them   ·   fleet kill ${shellWord(branch)} --force discards them` });
}

/** What was asked for by name is done or refused, never passed over. */
function refuseDeletion({ agent, tip, stacked }: KillFacts): void {
  const { record } = agent;
  const name = oneLine(record.branch);
  const hint = `fleet kill ${shellWord(record.branch)}   (without --delete-branch)`;
  if (!record.branchCreated) throw new UserError(`the branch is not deleted, because fleet did not make it: ${name}`, { hint });
  if (record.branch === record.base.branch) throw new UserError(`the branch is not deleted, because it is its own base: ${name}`, { hint });
  if (tip?.elsewhere) throw new UserError(`the branch is not deleted, because it is checked out: ${name} in ${tip.elsewhere}`, { hint });
  if (stacked.length > 0) throw new UserError(`the branch is not deleted, because other agents start from it: ${stacked.map(oneLine).join(", ")}`, { hint });
}

/** A branch goes when fleet made it and nothing of it is only there, or when its deletion was asked for. */
function branchToDelete({ deleteBranch, mergedInto }: KillRequest, facts: KillFacts): string | null {
  // Another branch than its own may have been checked out, and merged.
  const wasMerged = mergedInto !== undefined && "branch" in facts.worktree && facts.worktree.branch === facts.agent.record.branch;
  const { agent, tip, stacked } = facts;
  const { record } = agent;
  if (!record.branchCreated || record.branch === record.base.branch || tip === null) return null;
  if (tip.elsewhere || stacked.length > 0) return null;
  return deleteBranch !== false || wasMerged || facts.merged === true || facts.empty === true ? tip.oid : null;
}

function describe(facts: KillFacts, deleteBranchAt: string | null, mergedInto?: string): string[] {
  const { agent, worktree, tip } = facts;
  const { record } = agent;
  const lines: string[] = [];
  if (agent.session !== null) lines.push(`ends      its session and program (${agent.status})`);
  lines.push(...endsBeside(facts));
  if (!("dirty" in worktree)) lines.push("worktree  is gone already");
  else {
    const work = worktree.dirty ? `, with ${count(worktree.dirty, "uncommitted path")},` : "";
    if (facts.movable) lines.push(`moves     ${record.worktree}${work} to the trash`);
    else lines.push(`saves     ${record.worktree}${work} under a ref, and removes it`, "discards  ignored files for good: the directory can't be moved to another file system");
  }
  if (deleteBranchAt !== null) lines.push(`deletes   the branch ${oneLine(record.branch)} (${mergedInto === undefined ? reason(facts) : `merged into ${oneLine(mergedInto)}`})`);
  else if (tip !== null) lines.push(`keeps     the branch ${oneLine(record.branch)} (${kept(facts)})`);
  const other = otherBranch(facts);
  if (other !== null) lines.push(`keeps     the branch ${oneLine(other)} (fleet did not make it)`);
  return lines;
}

/** The branch that the worktree has checked out, where that is not the agent's own: nobody but its maker deletes it. */
export function otherBranch({ agent, worktree }: KillFacts): string | null {
  return "dirty" in worktree && worktree.branch !== agent.record.branch ? worktree.branch : null;
}

function reason({ empty, merged }: KillFacts): string {
  return empty ? "no commits of its own" : merged ? "merged" : "asked for; its commits are saved";
}

function kept(facts: KillFacts): string {
  const { agent, tip, stacked } = facts;
  if (!agent.record.branchCreated) return "fleet did not make it";
  if (tip?.elsewhere) return `checked out in ${tip.elsewhere}`;
  if (stacked.length > 0) return `${stacked.map(oneLine).join(", ")} starts from it`;
  return facts.merged === null ? "git can't tell whether it is merged" : "not merged";
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
