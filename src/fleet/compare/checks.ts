// What a command said of an attempt, and that it runs: a file beside the agent, for whoever compares again or looks on.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Agent, Attempt, Result } from "../../base/model";
import { isSameProcess, startTime } from "../../ports/process-identity";
import { type Store, writeFileAtomic } from "../../ports/store";

/** An attempt as it was measured. */
export interface Figures {
  ahead: number;
  added: number;
  removed: number;
  dirty: number;
  files: number;
}

export interface Check {
  /** The line for sh. */
  run: string;
  /** The lowest number is the best. */
  lowest: boolean;
  /** Epoch milliseconds. */
  began: number;
  /** The fleet that runs it. */
  runner: { pid: number; start: string };
  /** null: it runs, or its runner was cut off. */
  result: Result | null;
  /** The attempt once it had ended, with what it left behind; null: not known. */
  of: Figures | null;
}

/** What was said before says nothing of a run that begins. */
export function forgetCheck(store: Store, id: string): void {
  rmSync(file(store, id), { force: true });
}

export function beginCheck(store: Store, id: string, check: Pick<Check, "run" | "lowest">): void {
  const whole: Check = { ...check, of: null, began: Date.now(), runner: { pid: process.pid, start: startTime(process.pid) ?? "" }, result: null };
  writeFileAtomic(file(store, id), JSON.stringify(whole));
}

/** null: it was cut off, and nothing is remembered. */
export function endCheck(store: Store, id: string, result: Result | null, of: Figures | null): void {
  const check = readCheck(store, id);
  // The agent may have been killed meanwhile: its directory is not made anew.
  if (check === null || !existsSync(dirname(file(store, id)))) return;
  if (result === null) forgetCheck(store, id);
  else writeFileAtomic(file(store, id), JSON.stringify({ ...check, result, of }));
}

/** The last one; null where there was none. */
export function readCheck(store: Pick<Store, "path">, id: string): Check | null {
  try {
    const check = JSON.parse(readFileSync(file(store, id), "utf8")) as Check;
    return typeof check?.run === "string" && typeof check.began === "number" && typeof check.runner?.pid === "number" ? check : null;
  } catch {
    return null;
  }
}

export function isRunning(check: Check): boolean {
  return check.result === null && isSameProcess(check.runner.pid, check.runner.start);
}

/** What an attempt shows of its check. `running` is asked of the process table before. Pure. */
export function checkOf(agent: Agent, check: Check | null, running: boolean, figures: Figures | null): Pick<Attempt, "result" | "checking" | "outdated"> {
  if (check === null) return { result: null, checking: null, outdated: false };
  if (running) return { result: null, checking: check.began / 1000, outdated: false };
  return { result: check.result, checking: null, outdated: check.result !== null && hasChanged(agent, check, figures) };
}

/** It has worked since, or its files are others. Where git has no figures, what was known stands. */
function hasChanged({ status, since }: Agent, { began, of }: Check, figures: Figures | null): boolean {
  if (status === "working" || (status !== "stopped" && since !== null && since * 1000 > began)) return true;
  return of !== null && figures !== null && (Object.keys(of) as (keyof Figures)[]).some((name) => of[name] !== figures[name]);
}

/** The one that was begun last: what a person is offered to run again. */
export function lastCheck(store: Pick<Store, "path">, ids: readonly string[]): Check | null {
  const checks = ids.flatMap((id) => readCheck(store, id) ?? []);
  return checks.reduce<Check | null>((last, one) => (last === null || one.began > last.began ? one : last), null);
}

function file(store: Pick<Store, "path">, id: string): string {
  return store.path("agents", id, "compare.json");
}
