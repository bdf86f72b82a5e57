// A merge plan, carried out: commit, bring the base in, check, move the target. What fails before the target moves is taken back.
import { Cancelled, UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { commitAll, copyIndex } from "../../ports/git/commit-all";
import { makeCommit, replayCommits, subjectsBetween } from "../../ports/git/commit-object";
import { keepFiles } from "../../ports/git/kept-files";
import { mergeTrees } from "../../ports/git/merge-trees";
import { changesBetween } from "../../ports/git/move-checkout";
import { treeAt } from "../../ports/git/ref";
import { branchAt } from "../../ports/git/worktrees";
import { claimOperation, type Operation } from "../../ports/journal";
import { reasonOf } from "../kill/reason";
import { StaysAsIs, takeAgentBack, takeTargetBack } from "./back";
import { check, type MergePorts, type MergeWatch } from "./check";
import { forgetMerge, keptIndex, type MergeEntry, mergedRef, mergeKey, writeMerge } from "./entry";
import { type Forecast, forecast } from "./facts";
import { mergeMessage, promptOf } from "./message";
import { type MovePorts, moveTogether } from "./move";
import { type MergePlan, NothingToMerge, refuseForecast } from "./plan";

/** Throws UserError with everything where it was; Conflicts where somebody has to settle them. */
export async function applyMerge(ports: MergePorts, plan: MergePlan, watch: MergeWatch): Promise<MergeEntry> {
  const { store } = ports;
  const { record } = plan.facts.agent;
  const entry = entryOf(plan);
  const operation = claimOperation(store.home, record.id, "merge", { merge: entry });
  try {
    const message = await prepare(ports, plan, entry, operation, watch);
    if (plan.request.run !== null) {
      operation.step("check", { merge: entry });
      await check(ports, entry, plan.request.run, watch);
    }
    stopHere(watch);
    await moveTarget(ports, entry, operation, message);
  } catch (error) {
    throw await takenBack(ports, entry, operation, error);
  }
  await finishMerge(ports, entry, operation, plan.request.keep ? [] : plan.facts.above);
  return entry;
}

function entryOf({ request, facts, branch, tip }: MergePlan): MergeEntry {
  const { target, agent } = facts;
  return {
    id: agent.record.id, key: mergeKey(agent.record.id, Date.now()), record: agent.record, way: request.way,
    agent: { branch, from: tip, committed: null, to: null },
    into: { branch: target.branch, from: target.oid, to: null, checkout: target.checkout },
    ref: null, restacked: [], at: new Date().toISOString(),
  };
}

function stopHere({ signal }: MergeWatch): void {
  if (signal.aborted) throw new Cancelled();
}

/** Everything in the agent's own worktree and in git's objects: afterwards the target need only be moved. */
async function prepare(ports: MergePorts, plan: MergePlan, entry: MergeEntry, operation: Operation, watch: MergeWatch): Promise<string> {
  const { git, store } = ports;
  const { request, facts } = plan;
  const { worktree, repo } = entry.record;
  copyIndex(facts.worktree.admin, keptIndex(store.home, entry));
  const prompt = promptOf(store, entry.record);
  if (request.commit && facts.worktree.dirty! > 0) {
    operation.step("commit", { merge: entry });
    entry.agent.committed = await commitAll(git, worktree, mergeMessage(entry.agent.branch, prompt, ["uncommitted work"], false));
  }
  const tip = entry.agent.committed ?? entry.agent.from;
  const given = await forecast(git, entry.record, entry.into.from, tip);
  refuseForecast(facts.agent, facts.target, given);
  entry.agent.to = await agentTip(ports, entry, tip, given);
  const subjects = await subjectsBetween(git, worktree, entry.into.from, tip);
  const message = request.message ?? mergeMessage(entry.agent.branch, prompt, subjects, request.way === "squash");
  const to = entry.agent.to;
  const [tree, before] = await Promise.all([treeAt(git, repo, to), treeAt(git, repo, entry.into.from)]);
  if (given === "nothing" || tree === before) throw nothing(entry);
  const moves = request.way === "merge" || request.way === "squash";
  entry.into.to = moves ? await makeCommit(git, worktree, { tree, parents: request.way === "merge" ? [entry.into.from, to] : [entry.into.from], message }) : to;
  stopHere(watch);
  operation.step("keep", { merge: entry });
  await keep(ports, entry, tip);
  operation.step("bring in", { merge: entry });
  await bringIn(ports, entry, tip);
  return message;
}

function nothing({ agent, into }: MergeEntry): NothingToMerge {
  return new NothingToMerge(`nothing to merge: ${oneLine(into.branch)} has all that ${oneLine(agent.branch)} changed`, { hint: `fleet kill ${shellWord(agent.branch)} --delete-branch` });
}

/** The commit at which the agent's branch has its base in it, or is on top of it. Nothing is moved. Throws UserError. */
export async function agentTip({ git }: MovePorts, { record, agent, into, way }: MergeEntry, tip: string, given: Forecast): Promise<string> {
  if (typeof given !== "object") return tip;
  const { worktree, repo } = record;
  const merged = await mergeTrees(git, { cwd: worktree, common: repo, ours: into.from, theirs: tip, keep: true });
  if (!("tree" in merged)) throw new UserError("git gave another answer than a moment ago", { hint: `fleet merge ${shellWord(agent.branch)}   (again)` });
  if (way !== "rebase") return makeCommit(git, worktree, { tree: merged.tree, parents: [tip, into.from], message: `Merge branch '${into.branch}' into ${agent.branch}` });
  const replayed = await replayCommits(git, worktree, repo, { onto: into.from, tip });
  const hint = `fleet merge ${shellWord(agent.branch)}   (without --rebase)`;
  if ("conflicts" in replayed) throw new UserError(`${oneLine(agent.branch)} can't be rebased: its commit ${replayed.commit.slice(0, 10)} conflicts by itself, though the whole does not`, { detail: replayed.conflicts.map(oneLine).join("\n"), hint });
  if (replayed.tree !== merged.tree) throw new UserError(`${oneLine(agent.branch)} can't be rebased: its own merges can't be replayed commit by commit`, { hint });
  return replayed.tip;
}

/** What git is going to write over, and every commit that would be on no branch any more. */
export async function keep({ git }: MovePorts, entry: MergeEntry, tip: string): Promise<void> {
  const { record, agent, into } = entry;
  const { worktree, repo } = record;
  const paths = async (root: string, from: string, to: string) => (await changesBetween(git, root, from, to)).map(({ path }) => path);
  const parts = [{ name: "agent", root: worktree, paths: await paths(worktree, tip, agent.to!) }];
  if (into.checkout !== null && into.to !== null && entry.way !== "sync") parts.push({ name: "target", root: into.checkout, paths: await paths(into.checkout, into.from, into.to) });
  entry.ref = mergedRef(entry);
  const commits = [agent.from, tip, agent.to!, into.from, ...(into.to === null ? [] : [into.to])];
  await keepFiles(git, { common: repo, ref: entry.ref, message: `fleet: ${oneLine(record.branch)} before its merge into ${oneLine(into.branch)}\n`, commits, parts });
}

export async function bringIn(ports: MovePorts, { record, agent, into, ref }: MergeEntry, tip: string): Promise<void> {
  await moveTogether(ports, { common: record.repo, branch: agent.branch, from: tip, to: agent.to!, reason: `fleet: bring in ${into.branch}`, checkout: record.worktree, kept: { ref: ref!, name: "agent" } });
}

async function moveTarget(ports: MovePorts, entry: MergeEntry, operation: Operation, message: string): Promise<void> {
  const { record, agent, into, ref } = entry;
  const now = await branchAt(ports.git, record.repo, agent.branch);
  if (now?.oid !== agent.to) throw new UserError(`${oneLine(agent.branch)} has moved on meanwhile; ${oneLine(into.branch)} was not moved`, { hint: `fleet merge ${shellWord(agent.branch)}   (again)` });
  operation.step("target", { merge: entry });
  await moveTogether(ports, { common: record.repo, branch: into.branch, from: into.from, to: into.to!, reason: `fleet merge ${agent.branch}: ${oneLine(message.split("\n")[0]!)}`, checkout: into.checkout, kept: { ref: ref!, name: "target" } });
}

/** The target has it: agents stacked on it start from the target now, and the merge is written down for an undo. Each step may be done already. */
export async function finishMerge({ git, store }: MovePorts, entry: MergeEntry, operation: Pick<Operation, "step" | "end">, above: readonly AgentRecord[]): Promise<void> {
  const { into, agent } = entry;
  for (const { id, base } of above) if (!entry.restacked.some((one) => one.id === id)) entry.restacked.push({ id, base });
  operation.step("restack", { merge: entry });
  if (entry.restacked.length > 0) {
    await store.update((state) => {
      for (const { id } of entry.restacked) {
        const record = state.agents[id];
        if (record?.base.branch === agent.branch) record.base = { ...record.base, branch: into.branch };
      }
    });
  }
  await writeMerge(git, store.home, entry);
  operation.end();
}

async function takenBack(ports: MergePorts, entry: MergeEntry, operation: Operation, error: unknown): Promise<unknown> {
  const name = oneLine(entry.agent.branch);
  const [first, fits] = [reasonOf(error), error instanceof UserError || error instanceof Cancelled];
  try {
    await takeTargetBack(ports, entry);
    const stays = await takeAgentBack(ports, entry).then(() => null, (reason: unknown) => {
      if (reason instanceof StaysAsIs) return reason;
      throw reason;
    });
    await forgetMerge(ports.git, ports.store.home, entry);
    operation.end();
    if (stays) return new UserError(`${fits ? first.message : `${name} was not merged: ${first.message}`}; ${oneLine(entry.into.branch)} was brought into it, and ${stays.message}`, { detail: first.detail, hint: stays.hint });
  } catch (second) {
    const then = reasonOf(second);
    return new UserError(`${name} was not merged (${first.message}), and not all is as it was (${then.message}); nothing is lost`, { detail: first.detail ?? then.detail, hint: "fleet doctor --fix" });
  }
  if (fits) return error;
  return new UserError(`${name} was not merged: ${first.message}; all is as it was`, { detail: first.detail, hint: `fleet merge ${shellWord(entry.agent.branch)}   (again)` });
}
