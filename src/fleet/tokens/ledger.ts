// FLEET_HOME/cache/tokens/ID.json: what one agent's transcripts were read to, and what each answer used. A missing or broken one is
// read again from the transcripts; nothing is counted twice, because an answer has an id.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AgentRecord, Spent } from "../../base/model";
import type { Memory, OwnTotal, Reading, TokenCount, UsageRecord } from "../../kinds/transcripts/transcript";
import { namesIn } from "../../ports/directory";
import type { PriceOf, Priced } from "../../ports/prices";
import type { Mark } from "../../ports/transcript-lines";
import { writeFileAtomic } from "../../ports/store";

const VERSION = 1;

/** Whose tokens they are: kept, for it outlives the agent. */
export interface Owner {
  id: string;
  branch: string;
  kind: string;
  /** The label of its batch. */
  batch: string | null;
  /** The id of its batch: another one may have its label later. */
  batchId?: string | null;
  repo: string;
  main: string;
  /** As a real path. */
  worktree: string;
  /** Milliseconds since the epoch; `ended` while it is killed. */
  created: number;
  ended: number | null;
}

/** One answer: which file, when, model, provider, four counts, and dollars (null: no price is known; -1: not priced yet). */
type Entry = [file: number, at: number, model: string, provider: string, input: number, output: number, cacheRead: number, cacheWrite: number, cost: number | null];

export interface Ledger {
  version: typeof VERSION;
  owner: Owner;
  /** Files in the order first seen; `n` is what entries name them by. */
  files: Record<string, Mark & { n: number; memory: Memory }>;
  entries: Record<string, Entry>;
  totals: Record<string, OwnTotal>;
  /** Of a database: up to which change it was read. */
  changed: number;
}

export function emptyLedger(owner: Owner): Ledger {
  return { version: VERSION, owner, files: {}, entries: {}, totals: {}, changed: 0 };
}

/**
 * Take in what a reading says: the last word of an id counts, and stays with the file that had it first. false: some of it is another
 * agent's.
 */
export function takeReading(ledger: Ledger, file: number, { usage = [], total }: Reading): boolean {
  const { created, ended } = ledger.owner;
  // Another agent had this place before, or has it since.
  const isOwn = (at: number) => at >= created && (ended === null || at <= ended);
  if (total && isOwn(total.at)) ledger.totals[total.key] = total;
  for (const record of usage.filter(({ at }) => isOwn(at))) {
    const before = Object.hasOwn(ledger.entries, record.id) ? ledger.entries[record.id] : undefined;
    ledger.entries[record.id] = entryOf(before?.[0] ?? file, record);
  }
  return usage.every(({ at }) => isOwn(at));
}

function entryOf(file: number, { at, model, provider = "", input, output, cacheRead, cacheWrite, cost }: UsageRecord): Entry {
  return [file, at, model, provider, input, output, cacheRead, cacheWrite, cost ?? -1];
}

/** Forget what a file said: it is another one now. */
export function forgetFile(ledger: Ledger, file: number): void {
  for (const [id, entry] of Object.entries(ledger.entries)) if (entry[0] === file) delete ledger.entries[id];
}

/** Put a price to each answer that has none. `late` ends it before all have. */
export function priceEntries(ledger: Ledger, priceOf: PriceOf, late: () => boolean): void {
  for (const entry of unpricedEntries(ledger)) {
    if (late()) return;
    entry[8] = priceOf(usageOf(entry));
  }
}

/** The answers that have no price yet. */
export function unpriced(ledger: Ledger): Priced[] {
  return unpricedEntries(ledger).map(usageOf);
}

function unpricedEntries(ledger: Ledger): Entry[] {
  return Object.values(ledger.entries).filter((entry) => entry[8] === -1);
}

function usageOf([, at, model, provider, input, output, cacheRead, cacheWrite]: Entry): Priced {
  return { at, model, provider: provider || undefined, input, output, cacheRead, cacheWrite };
}

/** What was used at one time; `cost` is null where no price is known. */
export interface Item extends TokenCount {
  at: number;
  cost: number | null;
}

/**
 * Each answer, and what the program's own sums have beyond them: the program counts what has no record, and knows what it paid. A sum
 * that is smaller than the records up to it has missed some, and one of a conversation that is older than the agent has too much: they are
 * passed over. Pure.
 */
export function itemsOf(ledger: Ledger): Item[] {
  const mixed = new Set(Object.values(ledger.files).flatMap(({ memory }) => (memory["mixed"] === 1 ? [String(memory["key"])] : [])));
  const keys = new Map(Object.values(ledger.files).map(({ n, memory }) => [n, String(memory["key"] ?? "")]));
  const items = Object.values(ledger.entries).map(([file, at, , , input, output, cacheRead, cacheWrite, cost]) => ({ key: keys.get(file) ?? "", at, input, output, cacheRead, cacheWrite, cost: cost === -1 ? null : cost }));
  const beyond = Object.values(ledger.totals).flatMap((total): Item[] => {
    const own = sumOf(Object.values(total.models));
    const covered = items.filter((item) => item.key === total.key && item.at <= total.at);
    const counted = sumOf(covered);
    if (mixed.has(total.key) || allOf(own) < allOf(counted)) return [];
    for (const item of covered) item.cost ??= 0;
    const more = (name: keyof TokenCount) => Math.max(0, own[name] - counted[name]);
    return [{ at: total.at, input: more("input"), output: more("output"), cacheRead: more("cacheRead"), cacheWrite: more("cacheWrite"), cost: (own.cost ?? 0) - (counted.cost ?? 0) }];
  });
  return [...items.map(({ key: _, ...item }) => item), ...beyond];
}

/** The sum; its cost is that of what has a price, and null where nothing has. */
export function sumOf(items: readonly (TokenCount & { cost: number | null })[]): Spent {
  const sum = (name: keyof TokenCount) => items.reduce((total, item) => total + item[name], 0);
  const priced = items.filter(({ cost }) => cost !== null);
  return {
    input: sum("input"), output: sum("output"), cacheRead: sum("cacheRead"), cacheWrite: sum("cacheWrite"),
    cost: priced.length > 0 ? priced.reduce((total, { cost }) => total + cost!, 0) : null,
    partial: priced.length < items.length,
  };
}

/** Sums of sums. */
export function addSpent(all: readonly Spent[]): Spent {
  // What has used nothing has no unknown price.
  return { ...sumOf(all), partial: all.some((one) => one.partial) };
}

function allOf({ input, output, cacheRead, cacheWrite }: TokenCount): number {
  return input + output + cacheRead + cacheWrite;
}

export function ownerOf(record: AgentRecord, worktree: string, batch: string | null): Owner {
  const { id, branch, kind, repo, main } = record;
  return { id, branch, kind, batch, batchId: record.batch, repo, main, worktree, created: Date.parse(record.created) || 0, ended: null };
}

const folder = (home: string) => join(home, "cache", "tokens");
const fileOf = (home: string, id: string) => join(folder(home), `${id}.json`);

/** The ledger of an agent; null when there is none that can be read. */
export function readLedger(home: string, id: string): Ledger | null {
  try {
    const stored = JSON.parse(readFileSync(fileOf(home, id), "utf8")) as Ledger;
    const whole = stored.version === VERSION && stored.owner?.id === id && [stored.files, stored.entries, stored.totals].every((part) => typeof part === "object" && part !== null);
    return whole ? stored : null;
  } catch {
    return null;
  }
}

/** A file that can't be written is no error: the transcripts are read again. */
export function writeLedger(home: string, ledger: Ledger): void {
  try {
    mkdirSync(folder(home), { recursive: true, mode: 0o700 });
    writeFileAtomic(fileOf(home, ledger.owner.id), JSON.stringify(ledger));
  } catch {
    // A full or read-only disk.
  }
}

export function hasLedger(home: string, id: string): boolean {
  return existsSync(fileOf(home, id));
}

export function forgetLedger(home: string, id: string): void {
  rmSync(fileOf(home, id), { force: true });
}

/** The ids of all agents that have a ledger, killed ones too. */
export function ledgerIds(home: string): string[] {
  return namesIn(folder(home)).flatMap((name) => /^([a-z0-9]+)\.json$/.exec(name)?.[1] ?? []);
}
