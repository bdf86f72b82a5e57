// What gc must know: when each agent last did anything, and what lies about of kills and merges.
import { statSync } from "node:fs";
import { join } from "node:path";
import type { AgentRecord } from "../../base/model";
import { pointedAt } from "../../ports/git/head";
import { operations } from "../../ports/journal";
import { type AgentPorts, loadAgents } from "../agents";
import { agentDirectory } from "../launch";
import { merges } from "../merge/entry";
import { oldRefs } from "../purge";
import { trashEntries } from "../trash";
import type { GcFacts } from "./plan";

export async function gatherGcFacts(ports: AgentPorts): Promise<GcFacts> {
  const { store, now } = ports;
  const busy = new Set(operations(store.home).map(({ id }) => id));
  const agents = (await loadAgents(ports, { git: true, gitDeadline: 20_000 })).filter(({ record }) => !busy.has(record.id));
  const lastSeen = new Map(agents.flatMap(({ record, since }): [string, number][] => {
    const at = Math.max(lastSign(record, agentDirectory(store, record.id)), since === null ? 0 : since * 1000);
    return at > 0 ? [[record.id, at]] : [];
  }));
  const entries = trashEntries(store.home).filter(({ id }) => !busy.has(id));
  const repos = new Set([...agents.map(({ record }) => record.repo), ...entries.map(({ record }) => record.repo)]);
  const refs = (await Promise.all([...repos].map((common) => oldRefs(ports.git, store, common)))).flat();
  return { agents, lastSeen, entries, merges: merges(store.home).filter(({ id }) => !busy.has(id)), refs, now: now() };
}

/** Of commits, of what git was asked to do there, of prompts and starts. 0: nothing tells. */
function lastSign(record: AgentRecord, directory: string): number {
  const admin = adminOf(record.worktree);
  const files = [...(admin === null ? [] : [join(admin, "logs/HEAD"), join(admin, "index")]), ...["run", "prompt", "screen", "started", "record.json"].map((name) => join(directory, name))];
  const times = files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(0, ...times, Date.parse(record.created) || 0);
}

function adminOf(worktree: string): string | null {
  try {
    return pointedAt(worktree);
  } catch {
    return null;
  }
}
