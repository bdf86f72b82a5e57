// How far branches are ahead of and behind a base: two git processes a base, counted in memory for every branch.
import type { Git } from "./call";

export interface Pair {
  /** Commit ids. */
  base: string;
  tip: string;
}

export interface Counts {
  ahead: number;
  behind: number;
}

/** How a pair is named in what countCommits returns. */
export type PairKey = `${string} ${string}`;
export function pairKey(pair: Pair): PairKey {
  return `${pair.base} ${pair.tip}`;
}

export function pairOf(key: PairKey): Pair {
  const [base = "", tip = ""] = key.split(" ");
  return { base, tip };
}

/**
 * Commits of each tip that its base has not, and the reverse. null: there is no answer (no common history, a missing commit).
 * Absent: git failed or had no time, another call may know.
 */
export async function countCommits(git: Git, common: string, pairs: readonly Pair[]): Promise<Map<PairKey, Counts | null>> {
  const answers = new Map<PairKey, Counts | null>();
  for (const [base, group] of Map.groupBy(pairs, (pair) => pair.base)) {
    const tips = [...new Set(group.map((pair) => pair.tip))].filter((tip) => tip !== base);
    if (tips.length < group.length) answers.set(pairKey({ base, tip: base }), { ahead: 0, behind: 0 });
    if (tips.length === 0) continue;
    for (const [tip, counts] of await countFrom(git, common, base, tips)) answers.set(pairKey({ base, tip }), counts);
  }
  return answers;
}

type Answers = Map<string, Counts | null>;

async function countFrom(git: Git, common: string, base: string, tips: readonly string[]): Promise<Answers> {
  const found = await commonAncestors(git, common, [base, ...tips]);
  if (found === "failed") return new Map();
  if (Array.isArray(found)) return await countAbove(git, common, base, tips, found);
  // Rare from here on: some tip shares nothing with base, or a commit is not there.
  const answers: Answers = new Map(tips.map((tip) => [tip, null]));
  const present = found === "missing" ? await existing(git, common, [base, ...tips]) : new Set([base, ...tips]);
  if (!present) return new Map();
  if (!present.has(base)) return answers;
  const related = await relatedTips(git, common, base, tips.filter((tip) => present.has(tip)));
  if (!related) return new Map();
  if (related.length === 0) return answers;
  const ancestors = await commonAncestors(git, common, [base, ...related]);
  // Related one by one, but all together through different ancestors or none: then nothing can be left out of the walk.
  if (ancestors === "failed" || ancestors === "missing") return new Map();
  const counted = await countAbove(git, common, base, related, Array.isArray(ancestors) ? ancestors : []);
  for (const tip of related) {
    const counts = counted.get(tip);
    if (counts) answers.set(tip, counts);
    else answers.delete(tip);
  }
  return answers;
}

/** The best commits that all of `oids` descend from. */
async function commonAncestors(git: Git, common: string, oids: readonly string[]): Promise<string[] | "unrelated" | "missing" | "failed"> {
  const ran = await git.try(common, ["--git-dir=.", "merge-base", "--octopus", ...oids], OFFLINE);
  if (ran.code === 0) return words(ran.stdout);
  if (ran.code === 1) return "unrelated";
  return ran.code === 128 && !ran.timedOut ? "missing" : "failed";
}

/** Count all tips in the history above `limits`, which every one of them descends from. */
async function countAbove(git: Git, common: string, base: string, tips: readonly string[], limits: readonly string[]): Promise<Answers> {
  const stdin = [base, ...tips, ...limits.map((oid) => `^${oid}`), ""].join("\n");
  const ran = await git.try(common, ["--git-dir=.", "rev-list", "--parents", "--stdin"], { ...OFFLINE, stdin });
  if (ran.code !== 0) return new Map();
  const history = parseHistory(ran.stdout);
  const ofBase = reach(history, base);
  const answers: Answers = new Map();
  for (const tip of tips) {
    const ofTip = reach(history, tip);
    let shared = 0;
    for (let i = 0; i < ofTip.seen.length; i++) shared += ofTip.seen[i]! & ofBase.seen[i]!;
    answers.set(tip, { ahead: ofTip.count - shared, behind: ofBase.count - shared });
  }
  return answers;
}

/** The tips that share history with base; null when git failed. */
async function relatedTips(git: Git, common: string, base: string, tips: readonly string[]): Promise<string[] | null> {
  const stdin = [...tips, `^${base}`, ""].join("\n");
  const ran = await git.try(common, ["--git-dir=.", "rev-list", "--parents", "--stdin"], { ...OFFLINE, stdin });
  if (ran.code !== 0) return null;
  const history = parseHistory(ran.stdout);
  // A commit that is not listed is base's; so a tip, or a parent on the way down from it, that is not listed.
  return tips.filter((tip) => !history.index.has(tip) || reach(history, tip).leaves);
}

/** Those of `oids` that are commits here; null when git failed. */
async function existing(git: Git, common: string, oids: readonly string[]): Promise<Set<string> | null> {
  const ran = await git.try(common, ["--git-dir=.", "cat-file", "--batch-check=%(objectname) %(objecttype)"], {
    ...OFFLINE,
    stdin: `${oids.join("\n")}\n`,
  });
  if (ran.code !== 0) return null;
  return new Set(ran.stdout.split("\n").flatMap((line) => (line.endsWith(" commit") ? [line.slice(0, line.indexOf(" "))] : [])));
}

interface History {
  index: Map<string, number>;
  /** Parents by index; -1 for one that is not listed. */
  parents: number[][];
}

function parseHistory(output: string): History {
  const lines = output.split("\n").filter(Boolean).map((line) => line.split(" "));
  const index = new Map(lines.map(([oid], i) => [oid!, i]));
  return { index, parents: lines.map((line) => line.slice(1).map((oid) => index.get(oid) ?? -1)) };
}

interface Reach {
  seen: Uint8Array;
  count: number;
  /** The walk came upon a commit that is not listed. */
  leaves: boolean;
}

function reach(history: History, oid: string): Reach {
  const seen = new Uint8Array(history.parents.length);
  const start = history.index.get(oid);
  const found: Reach = { seen, count: 0, leaves: start === undefined };
  const queue = start === undefined ? [] : [start];
  for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
    if (seen[i]) continue;
    seen[i] = 1;
    found.count++;
    for (const parent of history.parents[i]!) {
      if (parent < 0) found.leaves = true;
      else queue.push(parent);
    }
  }
  return found;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

// A partial clone must not go and fetch for a number in a list (git ≥ 2.44 knows this).
const OFFLINE = { env: { GIT_NO_LAZY_FETCH: "1" } };
