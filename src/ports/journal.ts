// What a command is in the middle of: one small file an operation, written before its first step, removed after the last.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isSameProcess, startTime } from "./process-identity";
import { writeFileAtomic } from "./store";

export interface JournalEntry<Facts = Record<string, unknown>> {
  /** The agent's id. */
  id: string;
  operation: string;
  /** The step under way. */
  step: string;
  pid: number;
  /** The start time of `pid`. */
  start: string;
  /** ISO 8601. */
  at: string;
  facts: Facts;
}

export interface Operation {
  /** Record the step that begins now, with what has become known. */
  step(name: string, facts?: Record<string, unknown>): void;
  /** The operation is over, done or undone. */
  end(): void;
}

/** Begin an operation on agent `id`; the entry is on disk when this returns. */
export function beginOperation(home: string, id: string, operation: string, facts: Record<string, unknown>): Operation {
  const file = join(home, "journal", `${id}.json`);
  const entry: JournalEntry = {
    id,
    operation,
    step: "begin",
    pid: process.pid,
    start: startTime(process.pid) ?? "",
    at: new Date().toISOString(),
    facts,
  };
  const write = () => writeFileAtomic(file, JSON.stringify(entry) + "\n");
  write();
  return {
    step(name, more = {}) {
      entry.step = name;
      Object.assign(entry.facts, more);
      write();
    },
    end: () => rmSync(file, { force: true }),
  };
}

/** Operations whose process is gone: each left something half done. */
export function brokenOperations(home: string): JournalEntry[] {
  return operations(home).filter((entry) => !isSameProcess(entry.pid, entry.start));
}

/** Operations whose process is at work on them. */
export function runningOperations(home: string): JournalEntry[] {
  return operations(home).filter((entry) => isSameProcess(entry.pid, entry.start));
}

/** All operations on record, running or not. An unreadable file is passed over: it was never begun. */
export function operations(home: string): JournalEntry[] {
  let names: string[];
  try {
    names = readdirSync(join(home, "journal"));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    if (!name.endsWith(".json")) return [];
    try {
      const entry = JSON.parse(readFileSync(join(home, "journal", name), "utf8")) as JournalEntry | null;
      return entry?.id === name.slice(0, -".json".length) && typeof entry.facts === "object" && entry.facts !== null ? [entry] : [];
    } catch {
      return [];
    }
  });
}

/** Remove the entry of an operation that was completed or undone for a dead process. */
export function forgetOperation(home: string, id: string): void {
  rmSync(join(home, "journal", `${id}.json`), { force: true });
}
