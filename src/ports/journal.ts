// What a command is in the middle of: one small file an operation, written before its first step, removed after the last.
import { existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../base/errors";
import { jsonFilesIn } from "./directory";
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

/** Begin an operation on agent `id`, where it is said at one of its steps; the entry is on disk when this returns. */
export function beginOperation(home: string, id: string, operation: string, facts: Record<string, unknown>, step = "begin"): Operation {
  return openOperation({ home, id, operation, facts, step }, (file, text) => writeFileAtomic(file, text));
}

/** The same, where no other operation on the agent is under way or left half done. Throws UserError. */
export function claimOperation(home: string, id: string, operation: string, facts: Record<string, unknown>): Operation {
  return openOperation({ home, id, operation, facts, step: "begin" }, (file, text) => {
    const temporary = `${file}.${process.pid}.tmp`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, text, { mode: 0o600 });
    try {
      // Unlike a rename, a link fails where the name is taken.
      linkSync(temporary, file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST" || existsSync(file)) throw taken(home, id);
      // Some file systems know no hard links.
      if (code !== "EPERM" && code !== "ENOTSUP") throw error;
      renameSync(temporary, file);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}

function taken(home: string, id: string): UserError {
  const other = operations(home).find((entry) => entry.id === id);
  if (other && isSameProcess(other.pid, other.start)) return new UserError(`another command is at work on it: ${other.operation} (pid ${other.pid})`, { hint: "fleet list" });
  return new UserError(`an earlier ${other?.operation ?? "command"} of it was cut off half-way`, { hint: "fleet doctor --fix" });
}

type Beginning = Pick<JournalEntry, "id" | "operation" | "facts" | "step"> & { home: string };

function openOperation({ home, ...beginning }: Beginning, create: (file: string, text: string) => void): Operation {
  const file = join(home, "journal", `${beginning.id}.json`);
  const entry: JournalEntry = { ...beginning, pid: process.pid, start: startTime(process.pid) ?? "", at: new Date().toISOString() };
  const text = () => JSON.stringify(entry) + "\n";
  create(file, text());
  return {
    step(name, more = {}) {
      entry.step = name;
      Object.assign(entry.facts, more);
      writeFileAtomic(file, text());
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
  return jsonFilesIn(join(home, "journal")).flatMap(({ name, value }) => {
    const entry = value as JournalEntry | null;
    return entry?.id === name && typeof entry.facts === "object" && entry.facts !== null ? [entry] : [];
  });
}

/** Remove the entry of an operation that was completed or undone for a dead process. */
export function forgetOperation(home: string, id: string): void {
  rmSync(join(home, "journal", `${id}.json`), { force: true });
}
