// What is known of an agent from git, concluded: from what was asked just now, and from what was remembered. Pure.
import type { AgentRecord, Changes, Standing } from "../base/model";
import { type Counts, type Pair, type PairKey, pairKey, pairOf } from "../ports/git/counts";
import { standingOf } from "./forecasts";
import type { GitCache, Measurement } from "./git-cache";

export interface GitFacts {
  /** Checked out in the worktree now; null when detached (a rebase), or not known. */
  branch: string | null;
  /** The worktree's directory is not there. */
  gone: boolean;
  /** Against the base branch's tip, or the base commit where that branch is no more; null: not known. */
  ahead: number | null;
  behind: number | null;
  /** How its commits stand to the base; null: not known. */
  standing: Standing | null;
  /** Paths that differ from the base, as of the last measurement; null: never measured. */
  touched: readonly string[] | null;
  /** Since the merge base; `stale` when not measured just now; null: never measured, or no answer. */
  changes: Changes | null;
}

/** One agent on the way to its facts. */
export interface Case {
  record: AgentRecord;
  gone: boolean;
  /** The repo's branches were read in this run. */
  seen: boolean;
  branch: string | null;
  pair: Pair | null;
  baseGone: boolean;
  /** Measured in this run. */
  measured: Measurement | null;
}

export interface Known {
  cache: GitCache;
  /** Found out in this run. */
  learnt: GitCache;
  /** Epoch milliseconds. */
  now: () => number;
}

/** So long, in milliseconds, what was measured passes for what is. */
export const FRESH_MS = 3_000;

/** undefined: not counted yet. */
export function countsOf(run: Pick<Known, "cache" | "learnt">, key: PairKey): Counts | null | undefined {
  return run.learnt.counts.has(key) ? run.learnt.counts.get(key) : run.cache.counts.get(key);
}

/** What can be said of an agent by now. */
export function factsOf(run: Known, one: Case): GitFacts {
  const before = run.cache.agents.get(one.record.id);
  const key = one.seen ? one.pair && pairKey(one.pair) : (before?.pair ?? null);
  const answer = key === null ? null : countsOf(run, key);
  // The branch moved on and could not be counted in time: the last count is nearer to the truth than none.
  const last = answer === undefined && before?.pair ? run.cache.counts.get(before.pair) : null;
  const counts = answer ?? last ?? null;
  const forecast = key === null ? null : (run.learnt.forecasts.get(key) ?? run.cache.forecasts.get(key) ?? null);
  return {
    branch: one.seen ? one.branch : (before?.branch ?? null),
    gone: one.gone,
    ahead: counts?.ahead ?? null,
    behind: counts?.behind ?? null,
    standing: standingOf({ baseGone: one.baseGone, counts: answer ?? null, pair: key === null ? null : pairOf(key), began: one.record.base.commit, forecast }),
    touched: (one.measured ?? before?.measured)?.changes?.touched ?? null,
    changes: one.gone ? null : changesOf(one, before?.measured ?? null, run.now()),
  };
}

function changesOf(one: Case, before: Measurement | null, now: number): Changes | null {
  const known = one.measured ?? before;
  if (!known?.changes) return null;
  const { added, removed, dirty } = known.changes;
  const fresh = one.measured !== null || (one.pair !== null && isOf(known, one.pair) && isYounger(known, FRESH_MS, now));
  return { added, removed, dirty, stale: !fresh };
}

export function isOf(measured: Measurement, pair: Pair): boolean {
  return measured.tip === pair.tip && measured.base === pair.base;
}

export function isYounger(measured: Measurement, ms: number, now: number): boolean {
  const age = now - measured.at;
  return age >= 0 && age < ms;
}
