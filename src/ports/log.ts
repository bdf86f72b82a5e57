// fleet.log: what fleet was told to do, one line a command that changes something. Never a reason for a command to fail.
import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { visible } from "../base/text";
import { withLockIfFree } from "./lock";

/** Characters of one argument that are kept: a prompt is in the agent's own files, whole. */
const WORD_LIMIT = 60;
// How much is added between two looks at the configured limit: asking for it costs more than the line.
const LOOK_BYTES = 16 * 1024;

export interface Logged {
  /** Epoch milliseconds at which the command began. */
  began: number;
  ended: number;
  words: readonly string[];
  exitCode: number;
}

/** One line: time, pid, exit code, milliseconds, the command; tabs between. */
export function logLine({ began, ended, words, exitCode }: Logged, pid = process.pid): string {
  const cut = words.map((word) => {
    const short = word.length > WORD_LIMIT ? `${word.slice(0, WORD_LIMIT - 1)}…` : word;
    const shown = visible(short);
    return /^[^\s'"\\]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
  });
  return `${new Date(began).toISOString()}\t${pid}\t${exitCode}\t${ended - began}ms\tfleet ${cut.join(" ")}\n`;
}

/** Where the log lies; the older half has `.1` after its name. */
function logFile(home: string): string {
  return join(home, "fleet.log");
}

/** Append a line. Together with its older half the log takes at most `limit()` bytes, asked for only now and then. */
export async function writeLog(home: string, logged: Logged, limit: () => Promise<number>): Promise<void> {
  const file = logFile(home);
  const line = logLine(logged);
  try {
    mkdirSync(home, { recursive: true });
    appendFileSync(file, line, { mode: 0o600 });
    const size = statSync(file).size;
    const before = size - Buffer.byteLength(line);
    if (Math.floor(size / LOOK_BYTES) === Math.floor(before / LOOK_BYTES)) return;
    const half = (await limit()) / 2;
    if (size < half) return;
    await withLockIfFree(join(home, "locks", "log"), () => {
      // Another process may have been faster.
      if (statSync(file).size >= half) renameSync(file, `${file}.1`);
    });
  } catch {
    // A full or read-only disk has its own errors where they matter.
  }
}
