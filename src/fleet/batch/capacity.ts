// Whether the machine has room for many agents: disk for their checkouts, memory for their programs.
import { statfsSync } from "node:fs";
import { freemem } from "node:os";
import { readFileSync } from "node:fs";
import type { Git } from "../../ports/git/call";

/** Bytes. null: could not be told. */
export interface Capacity {
  diskNeeded: number | null;
  diskFree: number | null;
  memoryNeeded: number;
  memoryFree: number;
}

const MEASURE_MS = 3000;
/** Left free whatever happens. */
const DISK_RESERVE = 200 * 1_048_576;

export async function measureCapacity(git: Git, checkout: string, root: string, programs: readonly number[]): Promise<Capacity> {
  const size = await checkoutSize(git, checkout);
  return {
    diskNeeded: size === null ? null : size * programs.length,
    diskFree: freeDisk(root),
    memoryNeeded: programs.reduce((sum, bytes) => sum + bytes, 0),
    memoryFree: freeMemory(),
  };
}

/** Blobs of HEAD, rounded up to blocks of 4 kB as most file systems do. */
async function checkoutSize(git: Git, checkout: string): Promise<number | null> {
  const ran = await git.try(checkout, ["ls-tree", "-r", "-l", "HEAD"], { timeout: MEASURE_MS });
  if (ran.code !== 0) return null;
  let total = 0;
  for (const match of ran.stdout.matchAll(/^\d+ blob [0-9a-f]+ +(\d+)\t/gm)) total += Math.ceil(Number(match[1]) / 4096) * 4096;
  return total;
}

function freeDisk(root: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(root);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** What programs can have without swapping. MemFree leaves out the page cache, which makes way. */
function freeMemory(): number {
  try {
    const available = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return available ? Number(available) * 1024 : freemem();
  } catch {
    return freemem();
  }
}

/** What stands against it: `refuse` where it can't work, else a warning, or null. Pure. */
export function judgeCapacity({ diskNeeded, diskFree, memoryNeeded, memoryFree }: Capacity): { refuse: boolean; message: string } | null {
  if (diskNeeded !== null && diskFree !== null && diskNeeded + DISK_RESERVE > diskFree) {
    return { refuse: true, message: `the worktrees need about ${size(diskNeeded)}, and ${size(diskFree)} are free` };
  }
  if (memoryNeeded > memoryFree) return { refuse: false, message: `the programs typically take ${size(memoryNeeded)} of memory, and ${size(memoryFree)} are free` };
  return null;
}

function size(bytes: number): string {
  return bytes > 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
