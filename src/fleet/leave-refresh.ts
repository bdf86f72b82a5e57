// Leaving a background process to ask git what this command has no time for.
import { statSync } from "node:fs";
import { join } from "node:path";
import { ownBinary, startDetached } from "../ports/detached";

// The lock's holder touches it every 2.5 s.
const LOCK_ALIVE_MS = 6_000;

/** Leave a detached `fleet refresh`, unless one is at work. `env` is what git is run with. */
export function leaveRefresh(home: string, env: Record<string, string | undefined>): void {
  const binary = ownBinary();
  if (binary === null || isRefreshing(home)) return;
  startDetached([binary, "refresh"], { ...env, FLEET_HOME: home });
}

/** The lock that lets only one refresh run. */
export function refreshLock(home: string): string {
  return join(home, "cache", "refresh");
}

function isRefreshing(home: string): boolean {
  const lock = statSync(`${refreshLock(home)}.lock`, { throwIfNoEntry: false });
  return lock !== undefined && Date.now() - lock.mtimeMs < LOCK_ALIVE_MS;
}
