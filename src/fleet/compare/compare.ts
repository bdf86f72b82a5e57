// Several attempts side by side: what each changed, how long it took, and what a command says of it.
import { existsSync } from "node:fs";
import { UserError } from "../../base/errors";
import type { Agent, AgentRecord, Attempt, Result } from "../../base/model";
import { globToRegExp, oneLine, shellWord } from "../../base/text";
import type { Git } from "../../ports/git/call";
import type { Store } from "../../ports/store";
import { type AgentPorts, loadAgents } from "../agents";
import { batches } from "../batch/record";
import { loadGitFacts } from "../changes";
import { findAgents, type Here } from "../find";
import type { GitFacts } from "../git-facts";
import { runCheck } from "../merge/check";
import { inPool } from "../pool";
import { beginCheck, endCheck, forgetCheck, type Figures } from "./checks";
import { rank, scoreOf, sharedPaths } from "./rank";

export interface CompareMeans {
  git: Git;
  store: Store;
  env: Record<string, string | undefined>;
  now(): number;
}

export interface CompareWish {
  /** A line for sh, run in each worktree; null: none. */
  run: string | null;
  jobs: number;
  timeoutMs: number | undefined;
  lowest: boolean;
  signal: AbortSignal;
  /** As each run ends. */
  onResult(agent: Agent, result: Result): void;
}

/** git may take its time here: a person asked for exactly this. */
const GIT_MS = 120_000;

type Measured = Map<string, GitFacts>;

function measure(means: CompareMeans, records: readonly AgentRecord[]): Promise<Measured> {
  return loadGitFacts({ ...means, home: means.store.home, deadlineMs: GIT_MS, fresh: true, leaveBehind() {} }, records);
}

/** What is most likely meant, measured while tmux is asked what is: by the names on record. */
export function measureEarly(means: CompareMeans, words: readonly string[], common: string | undefined): Promise<Measured> {
  const known = batches(means.store);
  const picks = words.map((word) => {
    const batch = known.find(({ label, id }) => label === word || id === word);
    const pattern = globToRegExp(word);
    return (record: AgentRecord) => (batch ? record.batch === batch.id : record.repo === common && pattern.test(record.branch));
  });
  const records = means.store.agents().filter((record) => picks.some((pick) => pick(record)));
  return measure(means, records);
}

/** The best first. `early` is asked again where it has not all of them. */
export async function compareAgents(means: CompareMeans, agents: readonly Agent[], wish: CompareWish, early?: Promise<Measured>): Promise<Attempt[]> {
  const results = new Map<string, Result>();
  const guessed = await early;
  // What the command leaves behind is no part of the attempt: all is measured before it begins.
  const facts = guessed && agents.every(({ record }) => guessed.has(record.id)) ? guessed : await measure(means, agents.map(({ record }) => record));
  const { run } = wish;
  if (run !== null) for (const { record } of agents) forgetCheck(means.store, record.id);
  if (run !== null) await inPool(wish.jobs, agents.map((agent) => async () => {
    if (wish.signal.aborted || !existsSync(agent.record.worktree)) return;
    beginCheck(means.store, agent.record.id, { run, lowest: wish.lowest });
    const result = await resultOf(means, agent, run, wish);
    // One that was cut off says nothing.
    if (wish.signal.aborted) endCheck(means.store, agent.record.id, null, null);
    else endCheck(means.store, agent.record.id, result, figuresOf((await measure(means, [agent.record])).get(agent.record.id)));
    results.set(agent.record.id, result);
    if (!wish.signal.aborted) wish.onResult(agent, result);
  }));
  const measured = agents.map((agent): Agent => {
    const { touched = null, ...fact } = facts.get(agent.record.id) ?? {};
    return { ...agent, ...("ahead" in fact ? { ahead: fact.ahead, behind: fact.behind, changes: fact.changes, standing: fact.standing } : {}), touched };
  });
  return rank(attemptsOf(measured, means.now() / 1000, ({ record: { id } }) => ({ result: results.get(id) ?? null, checking: null, outdated: false })), wish);
}

/** Agents of which git has been asked, beside each other. `now` in epoch seconds. Pure. */
export function attemptsOf(agents: readonly Agent[], now: number, checkOf: (agent: Agent) => Pick<Attempt, "result" | "checking" | "outdated">): Attempt[] {
  const shared = sharedPaths(agents.map(({ record: { id }, touched }) => ({ id, files: touched })));
  return agents.map((agent) => ({ agent, files: agent.touched, seconds: secondsOf(agent, now), shared: shared.get(agent.record.id) ?? [], ...checkOf(agent) }));
}

/** By what is compared whether an attempt has changed since its check. */
export function figuresOf(facts: Pick<GitFacts, "ahead" | "changes" | "touched"> | undefined): Figures | null {
  const { ahead, changes, touched } = facts ?? {};
  if (ahead == null || !changes || !touched) return null;
  return { ahead, added: changes.added, removed: changes.removed, dirty: changes.dirty, files: touched.length };
}

async function resultOf(means: CompareMeans, { record }: Agent, run: string, { timeoutMs, signal }: CompareWish): Promise<Result> {
  const { code, timedOut, took, output, log } = await runCheck(means, record, run, "compare", { timeoutMs, signal });
  return { code, timedOut, took, log, score: code === 0 ? scoreOf(output) : null };
}

/** What is over has a time of its end; a stopped agent's is not remembered. */
function secondsOf({ record, status, since }: Agent, now: number): number | null {
  const began = Date.parse(record.created) / 1000;
  if (!(began > 0) || status === "stopped") return null;
  const over = status === "idle" || status === "exited";
  return over && since === null ? null : Math.max(0, Math.round((over ? since! : now) - began));
}

/** Agents by batches (labels or ids), names and globs; without any, the newest batch of this repo. Throws UserError. */
export async function agentsToCompare(ports: AgentPorts, words: readonly string[], here: Here): Promise<Agent[]> {
  const agents = await loadAgents(ports);
  const known = batches(ports.store).sort((a, b) => b.created.localeCompare(a.created));
  const ofBatch = (id: string) => agents.filter(({ record }) => record.batch === id);
  if (words.length === 0) {
    const newest = known.find(({ id, repo }) => (here.repo === null || repo === here.repo.common) && ofBatch(id).length > 1);
    if (newest) return ofBatch(newest.id);
    throw new UserError("no batch to compare here", { hint: "fleet compare BATCH|GLOB…   (fleet list shows the names)" });
  }
  const found = new Map<string, Agent>();
  for (const word of words) {
    const batch = known.find(({ label, id }) => label === word || id === word);
    for (const agent of batch ? ofBatch(batch.id) : findAgents(agents, [word], here)) found.set(agent.record.id, agent);
  }
  if (found.size === 0) throw new UserError(`no agents are left of: ${words.map(oneLine).join(", ")}`, { hint: `fleet undo --batch ${shellWord(words[0]!)}` });
  return [...found.values()];
}
