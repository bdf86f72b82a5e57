// FLEET_HOME/queue.json: prompts and starts that wait for their moment. It outlives tmux; `fleet tick` does what is due.
import { existsSync, readFileSync, rmSync } from "node:fs";
import type { Agent } from "../base/model";
import { withLock } from "../ports/lock";
import { type Store, writeFileAtomic } from "../ports/store";
import { queueFile } from "./tick-due";

export type Entry = QueuedPrompt | QueuedStart;

interface Queued {
  /** Short, unique within the queue. */
  id: string;
  /** The agent's id. */
  agent: string;
  /** ISO 8601. */
  queued: string;
  /** Why it could not be done the last time; null before the first try. */
  problem: string | null;
}

export interface QueuedPrompt extends Queued {
  is: "prompt";
  text: string;
  /** The id of an agent whose turn must be over first; null: only its own. */
  after: string | null;
  /** Its keys go out, or went out when the process that pressed them ended: never sent by itself again. */
  sending?: true;
}

export interface QueuedStart extends Queued {
  is: "start";
  /** Of one batch at most `max` agents are at work. */
  batch: string;
  max: number;
  /** Where its task stands in the batch: checkouts are done in any order. */
  place: number;
}

interface Stored {
  version: 1;
  entries: Entry[];
  /** Epoch milliseconds at which tmux's timer is to tick; 0 when none is set. */
  timer: number;
}

/** What is queued, oldest first; nothing when the file is missing or broken. */
export function readQueue(store: Store): Entry[] {
  return read(store).entries;
}

function read(store: Store): Stored {
  const none: Stored = { version: 1, entries: [], timer: 0 };
  if (!existsSync(queueFile(store.home))) return none;
  try {
    const stored = JSON.parse(readFileSync(queueFile(store.home), "utf8")) as Stored;
    return stored.version === 1 && Array.isArray(stored.entries) ? stored : none;
  } catch {
    return none;
  }
}

/** Change the queue under its lock. An empty queue is no file: whoever looks whether there is one pays a stat. */
export async function changeQueue<T>(store: Store, change: (stored: { entries: Entry[]; timer: number }) => T): Promise<T> {
  return withLock(queueFile(store.home), () => {
    const stored = read(store);
    const result = change(stored);
    if (stored.entries.length === 0) rmSync(queueFile(store.home), { force: true });
    else writeFileAtomic(queueFile(store.home), JSON.stringify(stored, null, 1));
    return result;
  });
}

type Wish = Omit<QueuedPrompt, "id" | "queued" | "problem"> | Omit<QueuedStart, "id" | "queued" | "problem">;

/** Put entries at the end; returns them with their ids. */
export function enqueue(store: Store, wishes: readonly Wish[], now: number): Promise<Entry[]> {
  return changeQueue(store, (stored) => {
    const highest = Math.max(0, ...stored.entries.map(({ id }) => Number(id.slice(1))));
    const fresh = wishes.map((wish, i) => ({ ...wish, id: `q${highest + i + 1}`, queued: new Date(now).toISOString(), problem: null }) as Entry);
    stored.entries.push(...fresh);
    return fresh;
  });
}

/** A turn that is over, or an agent that has none any more. */
const OVER: readonly Agent["status"][] = ["idle", "exited", "stopped"];
/** What takes a slot of `--max-running`: waiting for a person does too. */
const RUNNING: readonly Agent["status"][] = ["working", "starting", "waiting", "unknown"];

export interface Due {
  prompts: QueuedPrompt[];
  starts: QueuedStart[];
  /** For which there is nothing left to do. */
  dropped: Entry[];
}

/** The agent is gone, or a start was made by hand. */
function isPast(entry: Entry, agent: Agent | undefined): boolean {
  if (!agent) return true;
  return entry.is === "start" && !["queued", "starting", "stopped"].includes(agent.status);
}

/** What is to be done now: each agent's first prompt once it is idle, and as many starts as slots are free. Pure. */
export function dueNow(entries: readonly Entry[], agents: readonly Agent[]): Due {
  const byId = new Map(agents.map((agent) => [agent.record.id, agent]));
  const due: Due = { prompts: [], starts: [], dropped: entries.filter((entry) => isPast(entry, byId.get(entry.agent))) };
  const started = new Map<string, number>();
  const served = new Set<string>();
  for (const entry of entries) {
    const agent = byId.get(entry.agent);
    if (!agent || entry.is !== "prompt" || served.has(entry.agent)) continue;
    served.add(entry.agent);
    const other = entry.after === null ? undefined : byId.get(entry.after);
    if (entry.sending) continue;
    if (agent.status === "idle" && (!other || OVER.includes(other.status))) due.prompts.push(entry);
  }
  const waiting = entries.filter((entry) => entry.is === "start").sort((a, b) => a.place - b.place);
  for (const entry of waiting) {
    const agent = byId.get(entry.agent);
    if (!agent) continue;
    const running = started.get(entry.batch) ?? agents.filter((one) => one.record.batch === entry.batch && RUNNING.includes(one.status)).length;
    if (agent.status === "queued" && running < entry.max) due.starts.push(entry);
    started.set(entry.batch, running + (agent.status === "queued" ? 1 : 0));
  }
  return due;
}
