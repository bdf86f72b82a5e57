// What has had its time: agents that are merged or abandoned, and what kills and merges of long ago have left. Pure.
import type { Agent, Status } from "../../base/model";
import type { MergeEntry } from "../merge/entry";
import { type OldRef, REF_DAYS } from "../purge";
import type { TrashEntry } from "../trash";

export interface GcFacts {
  agents: readonly Agent[];
  /** Epoch milliseconds of the last sign of life of each agent, by id; none where nobody knows. */
  lastSeen: ReadonlyMap<string, number>;
  entries: readonly Pick<TrashEntry, "id" | "at">[];
  merges: readonly Pick<MergeEntry, "key" | "at">[];
  /** Refs of kills and merges of which nothing else tells, with the time of their commit. */
  refs: readonly OldRef[];
  now: number;
}

export interface GcPlan {
  /** They go through kill, so that undo brings each back. */
  kill: { agent: Agent; why: "merged" | "abandoned"; days: number }[];
  /** For good: directories in the trash, and saved refs. */
  entries: { id: string; at: string }[];
  /** By their keys: an agent may have several. */
  merges: string[];
  refs: { ref: string; common: string; oid: string }[];
}

const DAY_MS = 86_400_000;

/** Programs of these do nothing, and ask nothing, until somebody comes. */
const AT_REST: ReadonlySet<Status> = new Set(["idle", "exited", "stopped"]);
const ENDED: ReadonlySet<Status> = new Set(["exited", "stopped"]);

/** What is older than `older` milliseconds. An age that is not known is none; what may be another FLEET_HOME's has the time that any saved ref has. */
export function planGc(older: number, { agents, lastSeen, entries, merges, refs, now }: GcFacts): GcPlan {
  const isOld = (at: number | undefined) => at !== undefined && now - at > older;
  const kill = agents.flatMap((agent): GcPlan["kill"] => {
    const at = lastSeen.get(agent.record.id);
    // A person who looks at one has not abandoned it.
    if (!isOld(at) || agent.attached || !AT_REST.has(agent.status)) return [];
    const is = agent.standing?.is;
    const why = is === "merged" || is === "squash-merged" ? "merged" : ENDED.has(agent.status) ? "abandoned" : null;
    return why === null ? [] : [{ agent, why, days: Math.floor((now - at!) / DAY_MS) }];
  });
  // Without a readable time it is as new as can be.
  const isOldEntry = ({ at }: { at: string }) => isOld(Number.isNaN(Date.parse(at)) ? undefined : Date.parse(at));
  return { kill, entries: entries.filter(isOldEntry).map(({ id, at }) => ({ id, at })), merges: merges.filter(isOldEntry).map(({ key }) => key), refs: refs.filter(({ at, own }) => isOld(at) && (own || now - at > REF_DAYS * DAY_MS)).map(({ ref, common, oid }) => ({ ref, common, oid })) };
}

export function isNothing({ kill, entries, merges, refs }: GcPlan): boolean {
  return kill.length + entries.length + merges.length + refs.length === 0;
}
