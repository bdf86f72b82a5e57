// Whether an agent may go into its target, and how, decided before anything moves. Pure.
import { UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import type { WorktreeState } from "../../ports/git/worktree-state";
import type { MergeWay } from "./entry";
import type { Forecast, MergeFacts, Target } from "./facts";

export interface MergeRequest {
  way: MergeWay;
  /** Commit what is uncommitted first. */
  commit: boolean;
  /** A command line for sh that must succeed in the worktree before the target moves; null: none. */
  run: string | null;
  /** The agent stays. */
  keep: boolean;
  /** The commit's message; null: made of the agent's name and prompt. */
  message: string | null;
}

export interface MergePlan {
  request: MergeRequest;
  facts: MergeFacts & { worktree: WorktreeState; target: Target; forecast: Forecast };
  /** The branch that the agent has checked out. */
  branch: string;
  /** Its commit. */
  tip: string;
  /** For --dry-run and before the work. */
  lines: string[];
}

/** A merge that has nothing to do: no refusal. */
export class NothingToMerge extends UserError {}

/** Conflicts that somebody has to settle in the worktree; the agent may be asked to. */
export class Conflicts extends UserError {
  constructor(message: string, readonly agent: Agent, readonly base: string, readonly paths: readonly string[], hint: string) {
    super(message, { detail: paths.map((path) => oneLine(path)).join("\n"), hint });
  }
}

/** Throws UserError where it must not be merged so, or not now. */
export function planMerge(request: MergeRequest, facts: MergeFacts): MergePlan {
  const { agent } = facts;
  const name = oneLine(agent.branch);
  const word = shellWord(agent.branch);
  refuseAtWork(agent, "merge");
  const { state: worktree, branch, tip } = readyWorktree(facts, "merged");
  const target = readyTarget(facts, branch);
  if (worktree.dirty! > 0) refuseUncommitted(request, facts, worktree);
  const forecast = facts.forecast!;
  if (forecast === "nothing" && !(request.commit && worktree.dirty! > 0)) {
    throw new NothingToMerge(`nothing to merge: ${oneLine(target.branch)} has all commits of ${name}`, { hint: `fleet kill ${word}` });
  }
  refuseForecast(agent, target, forecast);
  if (request.way === "ff" && typeof forecast === "object") {
    throw new UserError(`${oneLine(target.branch)} has moved on, so it can't be fast-forwarded to ${name}`, { hint: `fleet sync ${word}, then again   ·   fleet merge ${word}   (without --ff)` });
  }
  if (facts.blocked.length > 0) throw blockedError(target, facts.blocked);
  const whole = facts as MergePlan["facts"];
  return { request, facts: whole, branch, tip, lines: describe(request, whole, worktree) };
}

/** Only what rests may be moved: a turn that goes on writes while files are moved, and its next commit would be lost on a branch that is gone. */
export function refuseAtWork(agent: Agent, verb: string): void {
  const name = oneLine(agent.branch);
  const word = shellWord(agent.branch);
  if (agent.status === "idle" || agent.status === "exited" || agent.status === "stopped") return;
  if (agent.status === "unknown") {
    throw new UserError(`can't tell whether ${name} is at work${agent.reason ? `: ${oneLine(agent.reason)}` : ""}`, { hint: hintToEnd(agent, verb) });
  }
  const is = agent.status === "waiting" ? "waits for an answer" : agent.status === "queued" ? "is queued, and has not begun" : `is ${agent.status}`;
  throw new UserError(`${name} ${is}`, { hint: `fleet wait ${word} && fleet ${verb} ${word}` });
}

function hintToEnd({ branch, session, sessionAdopted }: Agent, verb: string): string {
  const word = shellWord(branch);
  if (session === null) return "fleet doctor";
  return sessionAdopted ? `fleet attach ${word}   (end the program there), then: fleet ${verb} ${word}` : `fleet stop ${word}, then: fleet ${verb} ${word}`;
}

/** The worktree, with a branch and a commit, and git at rest in it. Throws UserError. */
export function readyWorktree({ agent, worktree, underWay }: Pick<MergeFacts, "agent" | "worktree" | "underWay">, done: string): { state: WorktreeState; branch: string; tip: string } {
  const name = oneLine(agent.branch);
  const git = `git -C ${shellWord(agent.record.worktree)} status`;
  if ("refused" in worktree) throw new UserError(`${name} can't be ${done}: its worktree is not usable: ${worktree.refused}`, { hint: "fleet doctor" });
  if (worktree.madeFor !== null && worktree.madeFor !== agent.record.id) throw new UserError(`the worktree of ${name} is another agent's now: ${worktree.madeFor}`, { hint: "fleet doctor" });
  if (worktree.dirty === null) throw new UserError(`git can't tell what ${name} holds, so nothing is touched`, { detail: worktree.problem, hint: "fleet doctor" });
  if (underWay !== null) throw new UserError(`a ${underWay} is under way in the worktree of ${name}`, { hint: git });
  if (worktree.branch === null) throw new UserError(`${name} has no branch checked out`, { hint: `git -C ${shellWord(agent.record.worktree)} switch ${shellWord(agent.record.branch)}` });
  if (worktree.head === null) throw new UserError(`there are no commits on ${oneLine(worktree.branch)}`, { hint: git });
  return { state: worktree, branch: worktree.branch, tip: worktree.head };
}

function readyTarget({ agent, target }: MergeFacts, branch: string): Target {
  const name = oneLine(agent.branch);
  const word = shellWord(agent.branch);
  if (target === null) throw new UserError(`${name} did not start from a branch`, { hint: `fleet merge ${word} --into BRANCH` });
  if ("missing" in target) {
    const missing = oneLine(target.missing);
    if (target.remote) throw new UserError(`a remote's branch can't be merged into: ${missing}`, { hint: `fleet merge ${word} --into ${shellWord(target.missing.slice(target.missing.indexOf("/") + 1))}` });
    throw new UserError(`no such branch to merge into: ${missing}`, { hint: `fleet merge ${word} --into BRANCH` });
  }
  if (target.branch === branch) throw new UserError(`a branch can't be merged into itself: ${oneLine(branch)}`, { hint: `fleet merge ${word} --into BRANCH` });
  if (target.busy !== null) throw new UserError(`${oneLine(target.branch)} can't be moved now: ${target.busy}`, { hint: target.checkout === null ? "git worktree list" : `git -C ${shellWord(target.checkout)} status` });
  if (target.agent !== null) refuseAtWork(target.agent, "merge");
  return target;
}

function refuseUncommitted({ commit }: MergeRequest, { agent, nested }: MergeFacts, { dirty, submodules }: WorktreeState): void {
  const name = oneLine(agent.branch);
  const word = shellWord(agent.branch);
  if (submodules === "own") throw new UserError(`a submodule of ${name} has work of its own, which a merge would not bring`, { hint: `fleet exec ${word} -- git submodule foreach git status --short` });
  if (!commit) throw new UserError(`${name} has uncommitted work: ${dirty} ${dirty === 1 ? "path" : "paths"}`, { hint: `fleet diff ${word}   ·   fleet merge ${word} --commit commits it first` });
  if (nested.length > 0) throw new UserError(`${name} holds repositories of their own, which a commit would not bring: ${nested.slice(0, 5).map(oneLine).join(", ")}`, { hint: `fleet exec ${word} -- git status --short` });
}

/** Throws Conflicts, or UserError for histories that share nothing. */
export function refuseForecast(agent: Agent, target: Pick<Target, "branch">, forecast: Forecast): void {
  if (typeof forecast !== "object" || "tree" in forecast) return;
  const name = oneLine(agent.branch);
  const base = oneLine(target.branch);
  if ("unrelated" in forecast) throw new UserError(`${name} and ${base} share no history`, { hint: `git -C ${shellWord(agent.record.main)} log --oneline --graph ${shellWord(target.branch)} ${shellWord(agent.branch)}` });
  const { conflicts } = forecast;
  throw new Conflicts(`${name} conflicts with ${base} in ${conflicts.length} ${conflicts.length === 1 ? "file" : "files"}; nothing was moved`, agent, target.branch, conflicts, `fleet sync ${shellWord(agent.branch)} --hand-over lets the agent settle it`);
}

export function blockedError({ branch, checkout }: Pick<Target, "branch" | "checkout">, paths: readonly string[]): UserError {
  const files = paths.length === 1 ? "a file" : `${paths.length} files`;
  return new UserError(`${oneLine(branch)} is checked out with ${files} of somebody's own in the way: ${checkout}; nothing was moved`, {
    detail: paths.slice(0, 20).map((path) => oneLine(path)).join("\n"),
    hint: `git -C ${shellWord(checkout ?? ".")} status   (commit, stash or move them away, then again)`,
  });
}

const WAYS: Record<MergeWay, string> = { merge: "with a merge commit", squash: "as one commit", rebase: "commit by commit", ff: "by moving it forward" };

function describe({ way, commit, run, keep }: MergeRequest, facts: MergePlan["facts"], worktree: WorktreeState): string[] {
  const { agent, target, forecast, above } = facts;
  const [name, base] = [oneLine(agent.branch), oneLine(target.branch)];
  const lines: string[] = [];
  if (commit && worktree.dirty! > 0) lines.push(`commits   ${worktree.dirty} ${worktree.dirty === 1 ? "path" : "paths"} that are uncommitted in ${name}`);
  if (way === "rebase" && forecast !== "forward") lines.push(`rebases   ${name} on ${base}`);
  else if (typeof forecast === "object") lines.push(`brings    ${base} into ${name} (no conflicts)`);
  if (run !== null) lines.push(`checks    ${oneLine(run)}`);
  lines.push(`merges    ${name} into ${base}, ${WAYS[way]}`);
  if (target.checkout !== null) lines.push(`updates   the files in ${target.checkout}`);
  if (target.agent !== null) lines.push(`          which is the worktree of ${oneLine(target.agent.branch)}: ${name} is stacked on it`);
  if (above.length > 0 && !keep) lines.push(`moves     ${above.map(({ branch }) => oneLine(branch)).join(", ")}, stacked on ${name}, onto ${base}`);
  lines.push(keep ? `keeps     the agent` : `kills     the agent; fleet undo brings it back, and ${base} to where it was`);
  return lines;
}
