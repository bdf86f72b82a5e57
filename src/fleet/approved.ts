// approved.json: which contents of a repo's .ai_fleet.toml a person has approved.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../ports/lock";
import { writeFileAtomic } from "../ports/store";

interface Approvals {
  version: 1;
  /** Hashes by git common directory, the latest last. */
  repos: Record<string, string[]>;
}

// A repo's branches may each have their own content; older ones are asked about again.
const KEPT = 30;

/** true when this exact content was approved for this repo. An unreadable record approves nothing. */
export function isApproved(home: string, common: string, hash: string): boolean {
  const hashes = read(home).repos[common];
  return Array.isArray(hashes) && hashes.includes(hash);
}

/** Remember a content as approved for one repo. */
export async function approve(home: string, common: string, hash: string): Promise<void> {
  const file = fileIn(home);
  await withLock(file, () => {
    const approvals = read(home);
    const before = Array.isArray(approvals.repos[common]) ? approvals.repos[common] : [];
    approvals.repos[common] = [...before.filter((other) => other !== hash), hash].slice(-KEPT);
    writeFileAtomic(file, `${JSON.stringify({ ...approvals, version: 1 }, null, 1)}\n`);
  });
}

function fileIn(home: string): string {
  return join(home, "approved.json");
}

function read(home: string): Approvals {
  try {
    const approvals = JSON.parse(readFileSync(fileIn(home), "utf8")) as Approvals;
    if (typeof approvals.repos === "object" && approvals.repos !== null && !Array.isArray(approvals.repos)) return approvals;
  } catch {
    // Missing or broken: nothing is approved.
  }
  return { version: 1, repos: {} };
}
