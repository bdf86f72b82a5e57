// FLEET_HOME/cache/tokens.json: the sums that a list shows, and by what it sees that a transcript has grown. No lock: a lost answer is
// read again from the ledgers.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Spent } from "../../base/model";
import type { Rates } from "../../ports/prices";
import { writeFileAtomic } from "../../ports/store";

export interface Summed {
  /** Size and time of each file when it was read. */
  stamps: Record<string, [size: number, mtime: number]>;
  spent: Spent;
  /** The id of the agent's batch, for it outlives the agent. */
  batch?: string | null;
}

/** What the config says of a kind, as far as transcripts go. */
export interface KindWords {
  /** The built-in kind that it is or is like; null for a command of the person's own. */
  like: string | null;
  env: Record<string, string>;
}

export interface Overview {
  version: 1;
  /** Size and time of the config that `kinds` are from. */
  config: string;
  kinds: Record<string, KindWords>;
  /** In which directory the conversation of a file was begun. */
  heads: Record<string, string>;
  agents: Record<string, Summed>;
  /** What a token of a model cost on a day. */
  rates: Rates;
}

export function readOverview(home: string): Overview {
  try {
    const stored = JSON.parse(readFileSync(file(home), "utf8")) as Overview;
    const whole = stored.version === 1 && [stored.kinds, stored.heads, stored.agents, stored.rates].every((part) => typeof part === "object" && part !== null);
    if (whole) return stored;
  } catch {
    // None yet, or a broken one.
  }
  return { version: 1, config: "", kinds: {}, heads: {}, agents: {}, rates: {} };
}

/** true when it is known that none of these kinds keeps transcripts, and the config has not changed since. */
export function keepNone(home: string, names: Iterable<string>): boolean {
  const { config, kinds } = readOverview(home);
  return config === configStamp(home) && [...names].every((name) => Object.hasOwn(kinds, name) && kinds[name]!.like === null);
}

/** Size and time of the person's config; "" where there is none. */
export function configStamp(home: string): string {
  const stat = statSync(join(home, "config.toml"), { throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeMs}` : "";
}

/** A file that can't be written is no error. */
export function writeOverview(home: string, overview: Overview): void {
  try {
    writeFileAtomic(file(home), JSON.stringify(overview));
  } catch {
    // A full or read-only disk.
  }
}

function file(home: string): string {
  return join(home, "cache", "tokens.json");
}
