// Waiting until agents reach a status, woken by whoever changes it.
import { EXIT } from "../base/errors";
import type { Agent, Status } from "../base/model";
import { withLockIfFree } from "../ports/lock";
import { type AgentPorts, loadAgents } from "./agents";
import { statusesOf, waitForSignal } from "../ports/tmux/wait";

// A signal between a look and the registration is missed where another waiter took it: look again once registered.
const AFTER_REGISTERING_MS = 100;
/** For changes that nobody signals: a glance at the sessions' options, a tenth of a look's cost; and a look now and then. */
const GLANCE_MS = 60_000;
const LOOK_MS = 300_000;
// Of many waiters one looks for all: what it finds is written, and signalled. The others ask now and then whether it still does.
const LEADS_MS = 5_000;
// A server that is gone ends every `wait-for` at once; this keeps the looks apart.
const LEAST_MS = 20;

export interface WaitWish {
  ids: readonly string[];
  statuses: readonly Status[];
  /** The first one is enough. */
  any: boolean;
  /** Epoch milliseconds; null: no limit. */
  deadline: number | null;
  /** Seconds between looks at an agent whose program does not tell everything. */
  lookAgain?: (agent: Agent) => number | undefined;
  signal: AbortSignal;
}

export interface Waited {
  exit: typeof EXIT.done | typeof EXIT.agentExited | typeof EXIT.timedOut | typeof EXIT.interrupted;
  reached: Agent[];
  /** The others, as last seen; gone ones are left out. */
  pending: Agent[];
  ended: string[];
}

/** How it stands with the agents waited for, or null while the wait goes on. Pure. */
export function verdict(agents: readonly Agent[], { ids, statuses, any }: Pick<WaitWish, "ids" | "statuses" | "any">): Omit<Waited, "exit"> & { exit: 0 | 3 | null } {
  const there = agents.filter((agent) => ids.includes(agent.record.id));
  const reached = there.filter((agent) => statuses.includes(agent.status));
  const pending = there.filter((agent) => !statuses.includes(agent.status));
  const ended = ids.filter((id) => {
    const agent = there.find((one) => one.record.id === id);
    return !agent || (!statuses.includes(agent.status) && (agent.status === "exited" || agent.status === "stopped"));
  });
  const done = any ? reached.length > 0 : reached.length === ids.length;
  const hopeless = any ? ended.length === ids.length : ended.length > 0;
  return { exit: done ? EXIT.done : hopeless ? EXIT.agentExited : null, reached, pending, ended };
}

/** Look, sleep until a signal, look again. `look` is how the agents are seen; it may be called often in a moment. */
export async function waitForStatus(ports: AgentPorts, wish: WaitWish, look = () => loadAgents(ports)): Promise<Waited> {
  const alarm = newAlarm(wish.signal);
  const waiters = new Map<string, () => void>();
  const register = (id: string) => {
    const waiting = waitForSignal(ports.tmux, `fleet-${id}`);
    waiters.set(id, waiting.cancel);
    void waiting.over.then(() => {
      waiters.delete(id);
      alarm.ring();
    });
  };
  try {
    for (;;) {
      const now = verdict(await look(), wish);
      if (wish.signal.aborted) return { ...now, exit: EXIT.interrupted };
      if (now.exit !== null) return { ...now, exit: now.exit };
      const left = wish.deadline === null ? Infinity : wish.deadline - ports.now();
      if (left <= 0) return { ...now, exit: EXIT.timedOut };
      const missing = now.pending.filter((agent) => agent.session !== null && !waiters.has(agent.record.id));
      for (const agent of missing) register(agent.record.id);
      if (missing.length > 0) await alarm.sleep(Math.min(left, AFTER_REGISTERING_MS));
      else {
        const again = Math.min(...now.pending.map((agent) => wish.lookAgain?.(agent) ?? Infinity)) * 1000;
        const quiet = { agents: now.pending, alarm, over: ports.now() + Math.min(left, LOOK_MS) };
        if (again === Infinity) await quietTime(ports, quiet);
        else await lookingTime(ports, quiet, again, look);
      }
      await Bun.sleep(Math.min(left, LEAST_MS));
    }
  } finally {
    for (const cancel of waiters.values()) cancel();
  }
}

interface Quiet {
  agents: readonly Agent[];
  alarm: Alarm;
  /** Epoch milliseconds. */
  over: number;
}

/** Until the alarm rings, a glance shows something new, or the time is over. */
async function quietTime({ tmux, now }: AgentPorts, { agents, alarm, over }: Quiet): Promise<void> {
  const there = agents.filter((agent) => agent.session !== null);
  const known = there.map((agent) => `${agent.session} ${agent.status} ${agent.since ?? ""}\n`).join("");
  while (now() < over) {
    if (await alarm.sleep(Math.min(GLANCE_MS, over - now()))) return;
    if ((await statusesOf(tmux, there.map((agent) => agent.session!))) !== known) return;
  }
}

/** The same, with a look each `ms` by one of those that wait at this pace: a slower one would keep the others waiting. */
async function lookingTime({ store, now }: AgentPorts, { agents, alarm, over }: Quiet, ms: number, look: () => Promise<Agent[]>): Promise<void> {
  const known = new Map(agents.map((agent) => [agent.record.id, agent.status]));
  const lead = async (): Promise<"news" | "over"> => {
    while (now() < over) {
      if (await alarm.sleep(Math.min(ms, over - now()))) return "news";
      const seen = new Map((await look()).map((agent) => [agent.record.id, agent.status]));
      if ([...known].some(([id, status]) => seen.get(id) !== status)) return "news";
    }
    return "over";
  };
  while (now() < over) {
    if ((await withLockIfFree(store.path("locks", `looking-${ms}`), lead)) !== null) return;
    if (await alarm.sleep(Math.min(LEADS_MS, over - now()))) return;
  }
}

interface Alarm {
  ring(): void;
  /** Until the alarm rings, the signal aborts or `ms` are over; a ring while nobody slept counts. Returns whether it rang. */
  sleep(ms: number): Promise<boolean>;
}

function newAlarm(signal: AbortSignal): Alarm {
  let rung = false;
  let wake: (() => void) | null = null;
  const ring = () => {
    rung = true;
    wake?.();
  };
  signal.addEventListener("abort", ring, { once: true });
  return {
    ring,
    async sleep(ms) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => (clearTimeout(timer), resolve());
        });
      }
      const rang = rung;
      rung = false;
      wake = null;
      return rang;
    },
  };
}
