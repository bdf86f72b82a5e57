// What a kill is going to do to one agent, decided before it does any of it. Pure.
import { UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import type { KillFacts } from "./facts";

export interface KillRequest {
  /** Discard uncommitted work (it stays in the trash and under a ref). */
  force: boolean;
  deleteBranch: boolean;
}

export interface KillPlan {
  facts: KillFacts;
  force: boolean;
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
  if (facts.callerInside) {
    throw new UserError(`this directory is inside the worktree of ${name}`, { hint: `cd && fleet kill ${shellWord(agent.branch)}` });
  }
  if (worktree !== null && "refused" in worktree) {
    throw new UserError(`the worktree of ${name} is not touched, because ${worktree.refused}`, { hint: `git -C ${shellWord(agent.record.main)} worktree list` });
  }
  if (worktree !== null && worktree.dirty !== 0 && !request.force) {
    const what = worktree.dirty === null ? "may have uncommitted work (git could not tell)" : `has uncommitted work: ${count(worktree.dirty, "path")}`;
    throw new UserError(`${name} ${what}`, { hint: `fleet diff ${shellWord(agent.branch)}   ·   fleet kill ${shellWord(agent.branch)} --force discards it` });
  }
  const deleteBranchAt = branchToDelete(request, facts);
  return { facts, force: request.force, deleteBranchAt, lines: describe(facts, deleteBranchAt) };
}

/** A branch goes when fleet made it and nothing of it is only there, or when its deletion was asked for. */
function branchToDelete({ deleteBranch }: KillRequest, facts: KillFacts): string | null {
  const { record } = facts.agent;
  const isBase = record.branch === record.base.branch;
  if (!record.branchCreated || isBase || facts.tip === null) return null;
  return deleteBranch || facts.merged === true || facts.empty === true ? facts.tip : null;
}

function describe(facts: KillFacts, deleteBranchAt: string | null): string[] {
  const { agent, worktree, otherPanes, tip } = facts;
  const lines: string[] = [];
  if (agent.session !== null) lines.push(`ends      its session and program (${agent.status})`);
  for (const pane of otherPanes) lines.push(`ends      another pane of its session: ${pane.pane}`);
  if (worktree === null) lines.push("worktree  is gone already");
  else if ("dirty" in worktree && worktree.dirty) lines.push(`moves     ${agent.record.worktree}, with ${count(worktree.dirty, "uncommitted path")}, to the trash`);
  else lines.push(`moves     ${agent.record.worktree} to the trash`);
  if (deleteBranchAt !== null) lines.push(`deletes   the branch ${oneLine(agent.record.branch)} (${reason(facts)})`);
  else if (tip !== null) lines.push(`keeps     the branch ${oneLine(agent.record.branch)}`);
  return lines;
}

function reason({ empty, merged }: KillFacts): string {
  return empty ? "no commits of its own" : merged ? "merged" : "asked for; its commits are saved";
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
