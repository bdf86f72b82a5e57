// Files of fleet's own directory that nobody is at: half-written ones, and locks of the dead.
import { existsSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { namesIn } from "../../ports/directory";
import { isLockDead, withLock } from "../../ports/lock";
import { startTime } from "../../ports/process-identity";
import type { Store } from "../../ports/store";
import { type Check, type Finding, ok } from "./check";

// A write takes milliseconds; a pid in an older file's name belongs to another process by now.
const WRITE_MS = 60_000;
// What is there twice, this far apart, is not just being made or removed.
const TWICE_MS = 100;

export const leftoversCheck: Check = {
  title: "leftovers",
  async run({ store }) {
    const found = await lookTwice(store.home);
    return found.length ? found.map(findingOf) : [ok("no locks or half-written files of dead commands")];
  },
};

/** The same, put right: for a command that completes what a dead one began. */
export async function clearLeftovers(store: Store): Promise<void> {
  for (const { path, kind } of await lookTwice(store.home)) await remove(path, kind);
}

async function lookTwice(home: string): Promise<Leftover[]> {
  const found = look(home);
  if (found.length === 0) return [];
  await Bun.sleep(TWICE_MS);
  const again = new Set(look(home).map(({ path }) => path));
  return found.filter(({ path }) => again.has(path));
}

interface Leftover {
  path: string;
  kind: "half-written" | "lock" | "holder" | "breaker";
}

/** Where fleet replaces files whole, but for the agents' own directories: those go with them. */
const FOLDERS = ["", "journal", "cache", "cache/requests", "cache/tokens", "locks", "trash", "merges", "batches"];

function look(home: string): Leftover[] {
  return FOLDERS.flatMap((folder) => {
    const directory = join(home, folder);
    return namesIn(directory).flatMap((name): Leftover[] => {
      const path = join(directory, name);
      const pid = /\.(\d+)\.tmp$/.exec(name)?.[1];
      if (pid !== undefined) return isAbandoned(path, Number(pid)) ? [{ path, kind: "half-written" }] : [];
      if (name.endsWith(".lock.breaking")) return [{ path, kind: "breaker" }];
      if (name.endsWith(".lock")) return isLockDead(path.slice(0, -".lock".length)) ? [{ path, kind: "lock" }] : [];
      // A plain file of that name with a living holder belongs to a lock that is held.
      if (name.endsWith(".holder") && !existsSync(path.replace(/holder$/, "lock")) && isLockDead(path.slice(0, -".holder".length))) return [{ path, kind: "holder" }];
      return [];
    });
  });
}

function isAbandoned(path: string, pid: number): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return false;
  return startTime(pid) === null || Date.now() - stat.mtimeMs > WRITE_MS;
}

function findingOf({ path, kind }: Leftover): Finding {
  const words = { "half-written": "a half-written file", lock: "the lock of a dead command", holder: "the lock of a dead command", breaker: "the lock of a dead command" };
  return { status: "warn", what: `${words[kind]}: ${path}`, hint: "fleet doctor --fix", things: kind === "lock" ? [path, ...holderOf(path)] : [path], fix: () => remove(path, kind) };
}

function holderOf(lock: string): string[] {
  const holder = lock.replace(/lock$/, "holder");
  return existsSync(holder) ? [holder] : [];
}

async function remove(path: string, kind: Leftover["kind"]): Promise<string | null> {
  if (!existsSync(path)) return null;
  // Taking a dead one's lock and giving it back is the one safe way to free it.
  if (kind === "lock") await withLock(path.slice(0, -".lock".length), () => {});
  else if (kind === "breaker") rmdirSync(path);
  else if (kind === "holder" && !isLockDead(path.slice(0, -".holder".length))) return null;
  else rmSync(path, { force: true });
  return `removed: ${path}`;
}
