// Whether branches that their base has moved away from would merge: asked once for a pair of commits, and never while a list waits.
import { existsSync } from "node:fs";
import { ProcessError } from "../base/errors";
import type { AgentRecord, Standing } from "../base/model";
import type { Git } from "../ports/git/call";
import type { Counts, Pair } from "../ports/git/counts";
import { mergeTrees, TooOld } from "../ports/git/merge-trees";
import { treeAt } from "../ports/git/ref";

/** Of a pair with commits on both sides. `same`: the base has all of it already, in commits of its own. An array: the paths in conflict. */
export type Forecasted = "clean" | "same" | string[];

const MOST_PATHS = 50;

/** null: git has no answer, and won't have one. Throws ProcessError where it had no time. */
export async function forecastPair(git: Git, record: Pick<AgentRecord, "repo" | "worktree">, { base, tip }: Pair): Promise<Forecasted | null> {
  const { repo, worktree } = record;
  try {
    const merged = await mergeTrees(git, { cwd: existsSync(worktree) ? worktree : repo, common: repo, ours: base, theirs: tip, keep: false, clone: false });
    if ("unrelated" in merged) return null;
    if ("conflicts" in merged) return merged.conflicts.slice(0, MOST_PATHS);
    return merged.tree === (await treeAt(git, repo, base)) ? "same" : "clean";
  } catch (error) {
    if (error instanceof TooOld) return null;
    if (error instanceof ProcessError && !error.timedOut) return null;
    throw error;
  }
}

export interface StandingFacts {
  /** The branch that it started from is no more. */
  baseGone: boolean;
  counts: Counts | null;
  pair: Pair | null;
  /** The commit it started from. */
  began: string;
  forecast: Forecasted | null;
}

/** How an agent's commits stand to its base; null: not known. Pure. */
export function standingOf({ baseGone, counts, pair, began, forecast }: StandingFacts): Standing | null {
  const plain = (is: Standing["is"]): Standing => ({ is, conflicts: [] });
  if (baseGone) return plain("base gone");
  if (counts === null || pair === null) return null;
  if (counts.ahead === 0) return plain(pair.tip === began ? "empty" : "merged");
  if (counts.behind === 0 || forecast === "clean") return plain("clean");
  if (forecast === null) return null;
  return forecast === "same" ? plain("squash-merged") : { is: "conflicts", conflicts: forecast };
}
