// Which attempt is better, and what a run's output says. Pure.
import type { Attempt, Result } from "../../base/model";

/** The number that stands alone on the last line of an output; null where none does. */
export function scoreOf(output: string): number | null {
  const last = output.trimEnd().split("\n").at(-1)?.trim() ?? "";
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?%?$/i.test(last) ? Number.parseFloat(last) : null;
}

export interface Order {
  /** The lowest number is the best: a time, a count of warnings. */
  lowest: boolean;
}

/** Those that ended well first, by their number where they print one; then those that failed, the lowest exit code first; then those without a result; then the smallest change. */
export function rank(attempts: readonly Attempt[], { lowest }: Order): Attempt[] {
  const place = ({ result }: Attempt) => (result === null ? 500 : result.code === 0 ? 1 : result.code === null ? 400 : 2 + result.code);
  const score = ({ result }: Attempt) => (result?.score == null ? Infinity : lowest ? result.score : -result.score);
  const size = ({ agent: { changes } }: Attempt) => (changes === null ? Infinity : changes.added + changes.removed);
  const by = (a: number, b: number) => (a === b ? 0 : a - b);
  return [...attempts].sort((a, b) => by(place(a), place(b)) || by(score(a), score(b)) || by(size(a), size(b)) || a.agent.branch.localeCompare(b.agent.branch));
}

/** Paths of each attempt that another one has touched too, by id. */
export function sharedPaths(attempts: readonly { id: string; files: readonly string[] | null }[]): Map<string, string[]> {
  const times = new Map<string, number>();
  for (const { files } of attempts) for (const path of new Set(files)) times.set(path, (times.get(path) ?? 0) + 1);
  return new Map(attempts.map(({ id, files }) => [id, [...new Set(files)].filter((path) => times.get(path)! > 1).sort()]));
}

/** The result of an attempt as a column has it: `runs 12s` while a command runs, `~` in front where it has changed since, "" where nothing was run. */
export function attemptText({ result, checking, outdated }: Attempt, now: number): string {
  if (checking !== null) return `runs ${Math.max(0, Math.floor(now - checking))}s`;
  return result === null ? "" : `${outdated ? "~" : ""}${resultText(result)}`;
}

/** What a run came to, in a word or two: `ok`, `ok 93.5`, `failed 2`, `timed out`. */
export function resultText(result: Result): string {
  if (result.timedOut) return "timed out";
  if (result.code === null) return "killed";
  return result.code === 0 ? `ok${result.score === null ? "" : ` ${result.score}`}` : `failed ${result.code}`;
}
