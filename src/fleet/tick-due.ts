// Whether a report has anything to set off, told by a few files: a queue, a notice that the person wants, a tick that runs already.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { isLockDead } from "../ports/lock";
import type { TickFiles } from "../ports/tmux/tick";
import type { Need } from "./needs";

export function queueFile(home: string): string {
  return `${home}/queue.json`;
}

/** Which needs are told, on one line between blanks; a config newer than it, or no such file, means that it has to be read again. */
function noticesFile(home: string): string {
  return `${home}/cache/notices`;
}

/** The lock of who ticks, and the mark by which he is asked to do it once more. */
export const TICK_LOCK = ["tick", "now"] as const;
export const TICK_MARK = ["tick", "again"] as const;

export function tickFiles(home: string): TickFiles {
  return { queue: queueFile(home), notices: noticesFile(home), config: `${home}/config.toml`, holder: `${home}/${TICK_LOCK.join("/")}.holder`, again: `${home}/${TICK_MARK.join("/")}` };
}

/** true when something waits for a turn's end, or a person wants to know of `need`. */
export function isTickDue(home: string, need: Need | null): boolean {
  if (existsSync(queueFile(home))) return true;
  if (need === null || !existsSync(home)) return false;
  return isOld(home) || readFileSync(noticesFile(home), "utf8").includes(` ${need} `);
}

export function isTickAtWork(home: string): boolean {
  return !isLockDead(`${home}/${TICK_LOCK.join("/")}`);
}

/** Stands in the file of needs where the person has set a budget. */
export const BUDGET_WORD = "budget";

/** true where a budget was set when somebody last looked at the config. */
export function isBudgetSet(home: string): boolean {
  try {
    return readFileSync(noticesFile(home), "utf8").includes(` ${BUDGET_WORD} `);
  } catch {
    return false;
  }
}

/** Ask the tick that runs to go round once more, for what is written by now; false when none runs any more: it looks for the mark last. */
export function askTickAgain(home: string): boolean {
  mkdirSync(`${home}/tick`, { recursive: true });
  writeFileSync(`${home}/${TICK_MARK.join("/")}`, "");
  return isTickAtWork(home);
}

/** Keep which needs are told. */
export function keepNotices(home: string, needs: readonly string[]): void {
  const file = noticesFile(home);
  const text = ` ${needs.join(" ")} \n`;
  if (!isOld(home) && readFileSync(file, "utf8") === text) return;
  mkdirSync(`${home}/cache`, { recursive: true });
  writeFileSync(file, text);
}

function isOld(home: string): boolean {
  const told = modified(noticesFile(home));
  return told === null || (modified(`${home}/config.toml`) ?? 0) > told;
}

function modified(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
