// Files that two live agents have both touched: told before either of them is merged. Pure.
import type { Agent, Overlap } from "../base/model";

/**
 * By id, for each agent what it shares with whom. Live agents of one repo only; those of one batch that try the same thing
 * (`rivals`) are meant to touch the same files.
 */
export function overlapsOf(agents: readonly Agent[], rivals: (one: Agent, other: Agent) => boolean): Map<string, Overlap[]> {
  const found = new Map<string, Overlap[]>();
  const live = agents.filter((agent) => agent.session !== null && agent.touched !== null && agent.touched.length > 0);
  for (const group of Map.groupBy(live, (agent) => agent.record.repo).values()) {
    const byPath = new Map<string, Agent[]>();
    for (const agent of group) for (const path of new Set(agent.touched)) byPath.set(path, [...(byPath.get(path) ?? []), agent]);
    const pairs = new Map<Agent, Map<Agent, string[]>>();
    for (const [path, touching] of byPath) for (const one of touching) for (const other of touching) if (one !== other) noteShared(pairs, one, other, path);
    for (const [one, others] of pairs) {
      const overlaps = [...others].filter(([other]) => !rivals(one, other)).map(([{ record, branch }, files]): Overlap => ({ id: record.id, branch, files: files.sort() }));
      if (overlaps.length > 0) found.set(one.record.id, overlaps.sort((a, b) => b.files.length - a.files.length || a.branch.localeCompare(b.branch)));
    }
  }
  return found;
}

function noteShared(pairs: Map<Agent, Map<Agent, string[]>>, one: Agent, other: Agent, path: string): void {
  const others = pairs.get(one) ?? new Map<Agent, string[]>();
  pairs.set(one, others.set(other, [...(others.get(other) ?? []), path]));
}
