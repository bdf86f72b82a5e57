// Whether the machine has room for many agents: disk for their checkouts, memory for their programs.
import { readFileSync, statfsSync } from "node:fs";
import { freemem } from "node:os";
import type { Git } from "../../ports/git/call";
import { treeListing } from "../../ports/git/ref";

/** Bytes. null: could not be told. */
export interface Capacity {
  diskNeeded: number | null;
  diskFree: number | null;
  memoryNeeded: number;
  memoryFree: number;
}

const MEASURE_MS = 3000;
/** With less left free it is asked about: programs and builds write too. */
const DISK_RESERVE = 200 * 1_048_576;
const BLOCK = 4096;

/** `programs`: the typical footprint of each, 0 where nobody knows. */
export function measureCapacity(checkout: number | null, root: string, programs: readonly number[]): Capacity {
  return {
    diskNeeded: checkout === null ? null : checkout * programs.length,
    diskFree: freeDisk(root),
    memoryNeeded: programs.reduce((sum, bytes) => sum + bytes, 0),
    memoryFree: freeMemory(),
  };
}

/** Bytes of a checkout of HEAD: its blobs in whole blocks, as file systems store them. null when git had no answer in time. */
export async function checkoutSize(git: Git, checkout: string): Promise<number | null> {
  const listing = await treeListing(git, checkout, MEASURE_MS);
  return listing === null ? null : sizeOfTree(listing);
}

/** The sum over `ls-tree -r -l`. */
export function sizeOfTree(listing: string): number {
  let total = 0;
  for (const match of listing.matchAll(/^\d+ blob [0-9a-f]+ +(\d+)\t/gm)) total += Math.max(1, Math.ceil(Number(match[1]) / BLOCK)) * BLOCK;
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
    return { refuse: diskNeeded > diskFree, message: `the worktrees need about ${size(diskNeeded)} of disk, and ${size(diskFree)} are free` };
  }
  if (memoryNeeded > memoryFree) return { refuse: false, message: `the programs typically take ${size(memoryNeeded)} of memory, and ${size(memoryFree)} are free` };
  return null;
}

function size(bytes: number): string {
  return bytes > 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;
}
