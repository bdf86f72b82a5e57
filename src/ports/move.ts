// Moving a directory whole, by one rename, so that nobody sees half of it; and removing one.
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../base/errors";
import { shellWord } from "../base/text";

/** false when the file system can't: a mount point, or another device. */
export function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EXDEV" || code === "EBUSY") return false;
    throw error;
  }
}

/** Whether one rename can take the directory `from` below the directory `into` (or where that is going to be). */
export function canRename(from: string, into: string): boolean {
  let there = into;
  while (!existsSync(there)) there = dirname(there);
  // A bind mount has its file system's own device number, and yet can't be renamed.
  return lstatSync(from).dev === lstatSync(there).dev && !mountPoints().includes(realpathSync(from));
}

/** What is mounted below `path`. It goes along when the directory is renamed, and a removal would go through it. Linux only; elsewhere none. */
export function mountsBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  const real = realpathSync(path);
  return mountPoints().filter((point) => point.startsWith(`${real}/`));
}

function mountPoints(): string[] {
  try {
    const points = readFileSync("/proc/self/mountinfo", "utf8").split("\n").flatMap((line) => line.split(" ")[4] ?? []);
    return points.map((point) => point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))));
  } catch {
    // Not Linux.
    return [];
  }
}

/** Why `path` can't be moved or removed: something is mounted in it. */
export function refuseMounts(path: string): void {
  const [mount] = mountsBelow(path);
  if (mount !== undefined) throw new UserError(`something is mounted in it, so it is left: ${mount}`, { hint: `umount ${shellWord(mount)}` });
}

/**
 * Remove a directory with all in it, also where parts of it may not be written: package managers make their caches so.
 * Throws UserError where something is mounted in it.
 */
export function removeTree(path: string): void {
  refuseMounts(path);
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    makeWritable(Buffer.from(path));
    rmSync(path, { recursive: true, force: true });
  }
}

function makeWritable(directory: Buffer): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { encoding: "buffer", withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(Buffer.concat([directory, Buffer.from("/"), entry.name as unknown as Buffer]));
  }
}
