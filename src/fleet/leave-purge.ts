// Leaving a background process to empty the trash: a node_modules takes seconds, which nobody should wait for.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { ownBinary, startDetached } from "../ports/detached";

// The trash is kept for days: looking once an hour is enough, unless a kill has just added to it.
const LOOK_MS = 60 * 60 * 1000;

/** Leave a detached `fleet purge` where the trash has something and nobody has looked for a while; `added`: look anyway. */
export function leavePurge(home: string, env: Record<string, string | undefined>, added: boolean): void {
  const binary = ownBinary();
  if (binary === null || !existsSync(join(home, "trash"))) return;
  const last = statSync(purgeStamp(home), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (!added && Date.now() - last < LOOK_MS) return;
  startDetached([binary, "purge"], { ...env, FLEET_HOME: home });
}

/** A file whose time is that of the last purge. */
export function purgeStamp(home: string): string {
  return join(home, "cache", "purged");
}
