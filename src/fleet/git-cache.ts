// FLEET_HOME/cache/git.json: what git said, so that a list asks only what is new. No lock: a lost answer is asked again.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MeasuredChanges } from "../ports/git/changes";
import type { Counts, PairKey } from "../ports/git/counts";
import { writeFileAtomic } from "../ports/store";
import type { Forecasted } from "./forecasts";

/** The changes of one agent, and what they were measured on. */
export interface Measurement {
  /** Epoch milliseconds, when the measuring began. */
  at: number;
  /** Milliseconds that it took. */
  took: number;
  /** Commit ids. */
  tip: string;
  base: string;
  /** null: git had no answer. */
  changes: MeasuredChanges | null;
}

export interface Remembered {
  /** The branch and pair last seen, for when git does not answer in time. */
  branch: string | null;
  pair: PairKey | null;
  measured: Measurement | null;
}

export interface GitCache {
  /** Counts never go stale: a pair of commits is what it is. null: there is no answer. */
  counts: Map<PairKey, Counts | null>;
  /** Nor do these. */
  forecasts: Map<PairKey, Forecasted | null>;
  /** By agent id. */
  agents: Map<string, Remembered>;
}

interface Stored {
  version: 1;
  counts: Record<string, [ahead: number, behind: number] | null>;
  /** Absent in what an earlier fleet wrote. */
  forecasts?: Record<string, Forecasted | null>;
  agents: Record<string, Remembered>;
}

// Above these the oldest entries go: of pairs that no agent has any more, of agents that are no more.
const MOST_COUNTS = 1_000;
const MOST_AGENTS = 500;

/** What is remembered; nothing when the file is missing or broken. */
export function readGitCache(home: string): GitCache {
  try {
    const stored = JSON.parse(readFileSync(file(home), "utf8")) as Stored;
    if (stored.version !== 1) return emptyCache();
    const counts = Object.entries(stored.counts).map(([key, pair]): [PairKey, Counts | null] => [
      key as PairKey,
      pair && { ahead: pair[0], behind: pair[1] },
    ]);
    const forecasts = Object.entries(stored.forecasts ?? {}) as [PairKey, Forecasted | null][];
    return { counts: new Map(counts), forecasts: new Map(forecasts), agents: new Map(Object.entries(stored.agents)) };
  } catch {
    return emptyCache();
  }
}

/** Add what was learnt to what is in the file by now. A file that can't be written is no error. */
export function addToGitCache(home: string, learnt: GitCache): void {
  const cache = readGitCache(home);
  for (const [key, counts] of learnt.counts) cache.counts.set(key, counts);
  for (const [key, forecast] of learnt.forecasts) cache.forecasts.set(key, forecast);
  for (const [id, agent] of learnt.agents) {
    const there = cache.agents.get(id)?.measured ?? null;
    const newer = there && (!agent.measured || there.at > agent.measured.at) ? there : agent.measured;
    // Set anew, so that the order is that of use.
    cache.agents.delete(id);
    cache.agents.set(id, { ...agent, measured: newer });
  }
  prune(cache);
  const stored: Stored = {
    version: 1,
    counts: Object.fromEntries([...cache.counts].map(([key, counts]) => [key, counts && [counts.ahead, counts.behind]])),
    forecasts: Object.fromEntries(cache.forecasts),
    agents: Object.fromEntries(cache.agents),
  };
  try {
    writeFileAtomic(file(home), JSON.stringify(stored));
  } catch {
    // A full or read-only disk: git is asked again next time.
  }
}

function prune({ counts, forecasts, agents }: GitCache): void {
  const surplus = agents.size - MOST_AGENTS;
  for (const id of [...agents.keys()].slice(0, Math.max(0, surplus))) agents.delete(id);
  const used = new Set([...agents.values()].map((agent) => agent.pair));
  for (const pairs of [counts, forecasts]) {
    if (pairs.size <= MOST_COUNTS) continue;
    for (const key of pairs.keys()) {
      if (pairs.size <= MOST_COUNTS / 2) break;
      if (!used.has(key)) pairs.delete(key);
    }
  }
}

function emptyCache(): GitCache {
  return { counts: new Map(), forecasts: new Map(), agents: new Map() };
}

function file(home: string): string {
  return join(home, "cache", "git.json");
}
