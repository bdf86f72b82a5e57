// What git says of every agent, within a deadline: branch, commits ahead and behind, changed lines.
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { AgentRecord } from "../base/model";
import { ProcessError } from "../base/errors";
import type { Git } from "../ports/git/call";
import { measureChanges } from "../ports/git/changes";
import { countCommits, type PairKey, pairKey } from "../ports/git/counts";
import { limitGit } from "../ports/git/limit";
import { readRefs, type Refs } from "../ports/git/refs";
import { forecastPair } from "./forecasts";
import { addToGitCache, readGitCache } from "./git-cache";
import { type Case, countsOf, factsOf, FRESH_MS, type GitFacts, isOf, isYounger, type Known } from "./git-facts";
import { leaveRefresh } from "./leave-refresh";
import { inPool } from "./pool";

export interface GitQuestion {
  git: Git;
  /** FLEET_HOME. */
  home: string;
  /** Milliseconds after which the answer is what is known by then. */
  deadlineMs: number;
  /** Epoch milliseconds. */
  now: () => number;
  /** At most so many milliseconds for one git process. */
  callMs?: number;
  /** Measure all anew, however fresh what is known. */
  fresh?: boolean;
  /** Called when something missed the deadline; by default a detached `fleet refresh` is left to find it out. */
  leaveBehind?: () => void;
}

interface Run extends GitQuestion, Known {
  cases: Case[];
  /** Something is left to be asked. */
  missed: boolean;
}

const SAVE_MS = 1_000;
// How late an answer may be because of our own work after the deadline.
const GRACE_MS = 5;
const REPOS_AT_ONCE = 8;

/** The facts of each record, by id. Never throws for git, never takes longer than the deadline. */
export async function loadGitFacts(question: GitQuestion, records: readonly AgentRecord[]): Promise<Map<string, GitFacts>> {
  if (records.length === 0) return new Map();
  const deadline = performance.now() + question.deadlineMs;
  const git = limitGit(question.git, () => Math.min(question.callMs ?? Infinity, deadline - performance.now()));
  const cases = records.map((record): Case => ({ record, gone: !existsSync(record.worktree), seen: false, branch: null, pair: null, baseGone: false, measured: null }));
  const run: Run = { ...question, git, cases, cache: readGitCache(question.home), learnt: { counts: new Map(), forecasts: new Map(), agents: new Map() }, missed: false };
  const inTime = await before(deadline + GRACE_MS, ask(run, deadline));
  const facts = new Map(cases.map((one) => [one.record.id, factsOf(run, one)]));
  save(run);
  if (run.missed || !inTime) (question.leaveBehind ?? (() => leaveRefresh(question.home, question.git.env)))();
  return facts;
}

async function ask(run: Run, deadline: number): Promise<void> {
  const repos = Map.groupBy(run.cases, (one) => one.record.repo);
  await inPool(REPOS_AT_ONCE, [...repos].map(([repo, cases]) => () => askRefs(run, repo, cases)));
  const counting = [...repos].map(([repo, cases]) => () => askCounts(run, repo, cases));
  const due = dueCases(run).map((one) => () => askChanges(run, one));
  let saved = performance.now();
  const jobs = [...counting, ...due].map((job) => async () => {
    if (performance.now() >= deadline) run.missed = true;
    else await job();
    if (performance.now() - saved < SAVE_MS) return;
    saved = performance.now();
    save(run);
  });
  // More git processes than cores make large worktrees slower.
  await inPool(navigator.hardwareConcurrency, jobs);
  await inPool(navigator.hardwareConcurrency, dueForecasts(run).map((one) => async () => {
    if (performance.now() >= deadline) run.missed = true;
    else await askForecast(run, one);
  }));
}

/** Agents with commits on both sides, whose merge nobody has looked at. */
function dueForecasts(run: Run): Case[] {
  const due = new Map<PairKey, Case>();
  for (const one of run.cases) {
    const key = one.pair && pairKey(one.pair);
    const counts = key && countsOf(run, key);
    if (key && counts && counts.ahead > 0 && counts.behind > 0 && !run.cache.forecasts.has(key)) due.set(key, one);
  }
  return [...due.values()];
}

async function askForecast(run: Run, { record, pair }: Case): Promise<void> {
  try {
    run.learnt.forecasts.set(pairKey(pair!), await forecastPair(run.git, record, pair!));
  } catch {
    run.missed = true;
  }
}

async function askRefs(run: Run, repo: string, cases: readonly Case[]): Promise<void> {
  const bases = new Set(cases.flatMap(({ record }) => (record.base.branch?.includes("/") ? [record.base.branch] : [])));
  let refs: Refs;
  try {
    refs = await readRefs(run.git, repo, [...bases]);
  } catch (error) {
    // A repo that is gone has no answer; a slow one has none yet.
    if (error instanceof ProcessError && error.timedOut) run.missed = true;
    return;
  }
  const branchAt = branchesByWorktree(refs);
  for (const one of cases) {
    const { record } = one;
    one.seen = true;
    one.branch = branchAt(record.worktree);
    const tip = refs.branches.get(one.branch ?? record.branch)?.oid;
    const baseTip = record.base.branch === null ? undefined : (refs.branches.get(record.base.branch)?.oid ?? refs.remotes.get(record.base.branch));
    one.baseGone = record.base.branch !== null && baseTip === undefined;
    if (tip) one.pair = { base: baseTip ?? record.base.commit, tip };
    learnPair(run, one);
  }
}

/** Which branch a worktree has checked out. git wrote the paths down as they were given, so real ones are compared last. */
function branchesByWorktree(refs: Refs): (worktree: string) => string | null {
  const byPath = new Map<string, string>();
  for (const [name, { worktree }] of refs.branches) if (worktree) byPath.set(worktree, name);
  let byRealPath: Map<string, string> | undefined;
  return (worktree) => {
    const direct = byPath.get(worktree);
    if (direct !== undefined) return direct;
    byRealPath ??= new Map([...byPath].map(([path, name]) => [realPath(path), name]));
    return byRealPath.get(realPath(worktree)) ?? null;
  };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

async function askCounts(run: Run, repo: string, cases: readonly Case[]): Promise<void> {
  const pairs = new Map(cases.flatMap(({ pair }) => (pair && !run.cache.counts.has(pairKey(pair)) ? [[pairKey(pair), pair]] : [])));
  if (pairs.size === 0) return;
  const answers = await countCommits(run.git, repo, [...pairs.values()]).catch(() => new Map<never, never>());
  for (const [key, counts] of answers) run.learnt.counts.set(key, counts);
  if (answers.size < pairs.size) run.missed = true;
}

/** Agents whose changes are to be measured, the longest unmeasured first. */
function dueCases(run: Run): Case[] {
  const known = run.cases.map((one) => run.cache.agents.get(one.record.id)?.measured ?? null);
  const work = known.reduce((sum, measured) => sum + (measured?.took ?? 0), 0) / navigator.hardwareConcurrency;
  // Measuring takes at most a tenth of the machine, however often somebody looks: huge worktrees rest longer.
  const rest = Math.max(FRESH_MS, Math.min(10 * work, 60_000));
  return run.cases
    .map((one, i) => ({ one, measured: known[i]! }))
    .filter(({ one, measured }) => {
      if (!one.pair || one.gone || !existsSync(join(one.record.worktree, ".git"))) return false;
      return run.fresh || !measured || (measured.changes !== null && measured.changes.touched === undefined) || !isOf(measured, one.pair) || !isYounger(measured, rest, run.now());
    })
    .sort((a, b) => (a.measured?.at ?? 0) - (b.measured?.at ?? 0))
    .map(({ one }) => one);
}

async function askChanges(run: Run, one: Case): Promise<void> {
  const { base, tip } = one.pair!;
  const [at, started] = [run.now(), performance.now()];
  let timedOut = false;
  const git: Git = { ...run.git, try: async (...call) => {
    const ran = await run.git.try(...call);
    timedOut ||= ran.timedOut;
    return ran;
  } };
  const changes = await measureChanges(git, one.record.worktree, base).catch(() => null);
  if (timedOut) {
    run.missed = true;
    return;
  }
  one.measured = { at, took: Math.round(performance.now() - started), tip, base, changes };
  learnPair(run, one);
}

function learnPair(run: Run, one: Case): void {
  const { id } = one.record;
  const before = run.cache.agents.get(id);
  const pair = one.pair && pairKey(one.pair);
  if (!one.measured && before && before.branch === one.branch && before.pair === pair) return;
  run.learnt.agents.set(id, { branch: one.branch, pair, measured: one.measured ?? before?.measured ?? null });
}

function save(run: Run): void {
  if (run.learnt.counts.size + run.learnt.forecasts.size + run.learnt.agents.size > 0) addToGitCache(run.home, run.learnt);
}

/** Whether `work` ended before `deadline` (of performance.now()); it goes on by itself when not. */
async function before(deadline: number, work: Promise<void>): Promise<boolean> {
  let timer: Timer | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, deadline - performance.now(), false)));
  const inTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
