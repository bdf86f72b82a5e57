// Moving a directory whole, by one rename, so that nobody sees half of it; and removing one.
import { chmodSync, existsSync, lstatSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

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
  return lstatSync(from).dev === lstatSync(there).dev && !isMountPoint(realpathSync(from));
}

/** A bind mount has its file system's own device number, and yet can't be renamed. */
function isMountPoint(path: string): boolean {
  try {
    const points = readFileSync("/proc/self/mountinfo", "utf8").split("\n").map((line) => line.split(" ")[4]);
    const octal = path.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);
    return points.includes(octal);
  } catch {
    // Not Linux: the rename itself tells.
    return false;
  }
}

/** Remove a directory with all in it, also where parts of it may not be written: package managers make their caches so. */
export function removeTree(path: string): void {
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
