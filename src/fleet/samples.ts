// FLEET_HOME/samples.json: the last two samples of CPU time. No lock: the last writer wins, and a lost sample costs nothing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessSource, ProcessTable } from "../ports/metrics";
import { writeFileAtomic } from "../ports/store";

export interface SampleRow {
  ppid: number;
  start: string;
  cpuMs: number;
  waitedMs: number;
}

export interface Sample {
  /** Epoch milliseconds. */
  at: number;
  source: ProcessSource;
  rows: Map<number, SampleRow>;
}

type StoredSample = { at: number; source: ProcessSource; rows: [pid: number, ppid: number, start: string, cpuMs: number, waitedMs: number][] };
type Stored = { version: 1; samples: StoredSample[] };

// A younger sample stays, so that a call right after another one still has a window to measure over.
const ROTATE_MS = 1_000;

/** What is remembered, newest first; nothing when the file is missing or broken. */
export function readSamples(home: string): Sample[] {
  try {
    const stored = JSON.parse(readFileSync(file(home), "utf8")) as Stored;
    if (stored.version !== 1) return [];
    return stored.samples.map(({ at, source, rows }) => ({
      at,
      source,
      rows: new Map(rows.map(([pid, ppid, start, cpuMs, waitedMs]) => [pid, { ppid, start, cpuMs, waitedMs }])),
    }));
  } catch {
    return [];
  }
}

/** The times of a table; the kernel's own threads, which have no memory, are left out. */
export function sampleOf(table: ProcessTable, at: number, source: ProcessSource): Sample {
  const rows = new Map<number, SampleRow>();
  for (const row of table.values()) {
    if (row.rss > 0 || row.zombie) rows.set(row.pid, { ppid: row.ppid, start: row.start, cpuMs: row.cpuMs, waitedMs: row.waitedMs });
  }
  return { at, source, rows };
}

/** Keep `sample` beside the newest of `earlier`, unless that one is under a second old. */
export function remember(home: string, earlier: readonly Sample[], sample: Sample, when: "in turn" | "at once" = "in turn"): void {
  const newest = earlier[0];
  const age = newest ? sample.at - newest.at : Infinity;
  if (when === "in turn" && age >= 0 && age < ROTATE_MS) return;
  // A sample from the future comes from a clock that was set back.
  const kept = [sample, ...(newest && age > 0 ? [newest] : [])];
  const stored: Stored = {
    version: 1,
    samples: kept.map(({ at, source, rows }) => ({
      at,
      source,
      rows: [...rows].map(([pid, row]) => [pid, row.ppid, row.start, row.cpuMs, row.waitedMs]),
    })),
  };
  try {
    writeFileAtomic(file(home), JSON.stringify(stored));
  } catch {
    // A full or read-only disk: the next call waits for its window again.
  }
}

function file(home: string): string {
  return join(home, "samples.json");
}
