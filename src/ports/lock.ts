// One lock between processes: proper-lockfile, plus who holds it, so that a dead holder's lock is broken at once.
import { mkdirSync, readFileSync, rmSync, rmdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../base/errors";
import { isSameProcess, startTime } from "./process-identity";

// A holder renews the lock every STALE/2; after a crash without a holder file the lock is free after STALE.
const STALE_MS = 5_000;
const WAIT_MS = { min: 4, max: 24 };
const GIVE_UP_MS = 60_000;
// Long enough for another process, which looks every 14 ms, to get its share of the turns.
const HAND_OVER_MS = 2;

/**
 * Run `work` while no other fleet process holds `path` (a file name of fleet's own; its directory is made).
 * `work` must not block the event loop, or the lock is lost. Throws UserError after a minute of waiting.
 */
export function withLock<T>(path: string, work: () => Promise<T> | T): Promise<T> {
  return inTurn(path, async () => {
    const release = await acquire(path, GIVE_UP_MS);
    if (!release) {
      throw new UserError(`another fleet command holds a lock for over a minute: ${path}`, { hint: "fleet doctor" });
    }
    try {
      return await work();
    } finally {
      await release();
    }
  });
}

const turns = new Map<string, Promise<void>>();

/** Within one process a lock goes from hand to hand: polled for, each of a batch's agents waited 7 ms more. */
async function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(path);
  const { promise: mine, resolve: done } = Promise.withResolvers<void>();
  turns.set(path, mine);
  try {
    if (before) {
      await before;
      await Bun.sleep(HAND_OVER_MS);
    }
    return await work();
  } finally {
    if (turns.get(path) === mine) turns.delete(path);
    done();
  }
}

/** The same, but where another process holds the lock `work` is not run, and null returned. */
export async function withLockIfFree<T>(path: string, work: () => Promise<T> | T): Promise<T | null> {
  const release = await acquire(path, 0);
  if (!release) return null;
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Load the library while git answers: 4 ms that nobody waits for. */
export function prepareLock(): void {
  void import("proper-lockfile");
}

/**
 * The file system as the library sees it: a lock gets and loses its holder's name in the same moment. A process killed
 * between the two leaves a lock without a name, which blocks the others until it is stale; so that time is microseconds.
 * Nothing goes through the thread pool: that costs many times the call, and a lock and its release make four.
 */
const DISK = {
  // Called when the process ends with the lock held.
  rmdirSync,
  stat: (path: string, done: Done) => atOnce(done, () => statSync(path)),
  utimes: (path: string, at: Date, modified: Date, done: Done) => atOnce(done, () => utimesSync(path, at, modified)),
  mkdir: (path: string, done: Done) =>
    atOnce(done, () => {
      mkdirSync(path);
      try {
        writeFileSync(holderOf(path), `${process.pid} ${startTime(process.pid) ?? ""}`);
      } catch (error) {
        // A full disk: a lock without a name would block the others.
        rmSync(holderOf(path), { force: true });
        rmdirSync(path);
        (error as NodeJS.ErrnoException).path ??= path;
        throw error;
      }
    }),
  rmdir: (path: string, done: Done) =>
    atOnce(done, () => {
      rmSync(holderOf(path), { force: true });
      rmdirSync(path);
    }),
};

type Done = (error: unknown, result?: unknown) => void;

function atOnce(done: Done, act: () => unknown): void {
  let result: unknown;
  try {
    result = act();
  } catch (error) {
    return done(error);
  }
  done(null, result);
}

function holderOf(lockfilePath: string): string {
  return lockfilePath.replace(/lock$/, "holder");
}

/** null when another live process held the lock for `patience` milliseconds. */
async function acquire(path: string, patience: number): Promise<(() => Promise<void>) | null> {
  const { default: lockfile } = await import("proper-lockfile");
  mkdirSync(dirname(path), { recursive: true });
  const lockfilePath = `${path}.lock`;
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      let lost: Error | undefined;
      // realpath: the default failed 4 of 1500 locks while others renamed over the file.
      const unlock = await lockfile.lock(path, {
        realpath: false,
        lockfilePath,
        stale: STALE_MS,
        retries: 0,
        fs: DISK,
        // The default throws asynchronously and ends the process.
        onCompromised: (error) => (lost = error),
      });
      return async () => {
        if (!lost) await unlock().catch(() => {});
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
      if (breakDeadLock(lockfilePath, holderOf(lockfilePath))) continue;
      if (Date.now() >= deadline) return null;
      await Bun.sleep(WAIT_MS.min + Math.random() * (WAIT_MS.max - WAIT_MS.min));
    }
  }
}

/**
 * Free a lock whose holder is dead. Only one process breaks at a time (mkdir), it looks again once it may, and it
 * removes the holder's name first: a lock without a name is never broken here, so a new holder is safe.
 */
function breakDeadLock(lockfilePath: string, holder: string): boolean {
  if (!holderIsDead(holder)) return false;
  const breaking = `${lockfilePath}.breaking`;
  try {
    mkdirSync(breaking);
  } catch {
    forgetOldBreaker(breaking);
    return false;
  }
  try {
    if (!holderIsDead(holder)) return false;
    rmSync(holder, { force: true });
    rmdirSync(lockfilePath);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(breaking, { recursive: true, force: true });
  }
}

/** true when nobody alive holds the lock `path`, as far as its holder's name tells; a lock without a name counts as dead. */
export function isLockDead(path: string): boolean {
  try {
    const [pid, start] = readFileSync(`${path}.holder`, "utf8").split(" ");
    return !pid || !start || !isSameProcess(Number(pid), start);
  } catch {
    return true;
  }
}

function holderIsDead(holder: string): boolean {
  try {
    const [pid, start] = readFileSync(holder, "utf8").split(" ");
    if (!pid || !start) return false;
    return !isSameProcess(Number(pid), start);
  } catch {
    return false;
  }
}

function forgetOldBreaker(breaking: string): void {
  try {
    if (Date.now() - statSync(breaking).mtimeMs > STALE_MS) rmdirSync(breaking);
  } catch {
    // Another process was faster.
  }
}
