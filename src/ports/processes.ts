// Ending processes: by pid and start time, and nothing else.
import { readFileSync } from "node:fs";
import type { ProcessRow, ProcessTable } from "./metrics";
import { isSameProcess } from "./process-identity";

export type Target = Pick<ProcessRow, "pid" | "start">;

/** Send signals, in order, to those that still run. Where there is no /proc, `targets` are from a scan just made. */
export function signalProcesses(targets: readonly Target[], signals: readonly NodeJS.Signals[]): void {
  for (const signal of signals) {
    for (const { pid, start } of targets) {
      if (!isRunning(pid, start)) continue;
      try {
        process.kill(pid, signal);
      } catch {
        // It ended by itself, or is not ours.
      }
    }
  }
}

/** Wait until all have ended, at most `ms`. Returns those that still run. */
export async function waitForEnd(targets: readonly Target[], ms: number): Promise<Target[]> {
  const deadline = Date.now() + ms;
  let alive = targets.filter(({ pid, start }) => isRunning(pid, start));
  while (alive.length > 0 && Date.now() < deadline) {
    await Bun.sleep(5);
    alive = alive.filter(({ pid, start }) => isRunning(pid, start));
  }
  return alive;
}

/** A ps for each of a thousand processes takes longer than they live: without /proc only the pid is asked about here. */
function isRunning(pid: number, start: string): boolean {
  if (process.platform === "linux") return isSameProcess(pid, start);
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Processes whose environment has `NAME=value`: what left its session and its parents still carries it.
 * tmux servers and all under them are left out: what runs there is not this program's. Linux only; elsewhere none.
 */
export function withEnvironment(table: ProcessTable, assignment: string): ProcessRow[] {
  const needle = Buffer.from(`\0${assignment}\0`);
  const found: ProcessRow[] = [];
  for (const row of table.values()) {
    try {
      const environment = readFileSync(`/proc/${row.pid}/environ`);
      const has = environment.includes(needle) || environment.subarray(0, needle.length - 1).equals(needle.subarray(1));
      if (has && !underTmuxServer(row, table)) found.push(row);
    } catch {
      // Another user's, or gone.
    }
  }
  return found;
}

function underTmuxServer(row: ProcessRow, table: ProcessTable): boolean {
  for (let at: ProcessRow | undefined = row, steps = 0; at && steps < 200; at = table.get(at.ppid), steps++) if (isTmuxServer(at.pid)) return true;
  return false;
}

function isTmuxServer(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1").startsWith("tmux: server");
  } catch {
    return false;
  }
}
