// `fleet tick`: do all that is due in the queue. Idempotent; who runs it: a program's end, reports that end a turn, tmux's
// session-closed hook, every command's end, and a timer inside tmux that is set only while something is queued.
import { existsSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { ProcessError, UserError } from "../base/errors";
import type { ResolvedKind } from "../kinds/index";
import { ownBinary, startDetached } from "../ports/detached";
import { withLockIfFree } from "../ports/lock";
import { NoServer } from "../ports/tmux/call";
import { armTimer, tickLine } from "../ports/tmux/tick";
import { type AgentPorts, loadAgents } from "./agents";
import { MayHaveArrived } from "./deliver";
import { changeQueue, dueNow, type Entry, type QueuedPrompt, readQueue } from "./queue";
import { sendPrompt } from "./send";
import { startAgent } from "./start";
import { askTickAgain, isBudgetSet, queueFile, TICK_LOCK, TICK_MARK } from "./tick-due";

const TIMER_SECONDS = 10;

export interface TickPorts extends AgentPorts {
  env: Record<string, string | undefined>;
  kinds(name: string): ResolvedKind;
  /** Tell the person what is new. */
  tell?(): Promise<void>;
}

/**
 * Do what is due. While another process is at it, leaving a mark is enough: that one looks for it after its last step and
 * again once it has let go of the lock, so that no event is lost and many at once cost one process.
 */
export async function tick(ports: TickPorts): Promise<void> {
  const { store } = ports;
  const again = store.path(...TICK_MARK);
  mkdirSync(dirname(again), { recursive: true });
  writeFileSync(again, "");
  while (existsSync(again)) {
    const ran = await withLockIfFree(store.path(...TICK_LOCK), async () => {
      while (existsSync(again)) {
        rmSync(again, { force: true });
        await doDue(ports);
        await ports.tell?.();
      }
      return true;
    });
    if (ran === null) return;
  }
}

async function doDue(ports: TickPorts): Promise<void> {
  const { store } = ports;
  // What is done makes room for more: an agent that starts frees nothing, but one that failed to start does.
  for (let round = 0; round < 20; round++) {
    const entries = readQueue(store);
    if (entries.length === 0) return;
    const agents = await loadAgents(ports, { usage: true });
    const { prompts, starts, dropped } = dueNow(entries, agents);
    const byId = new Map(agents.map((agent) => [agent.record.id, agent]));
    await settle(store, dropped.map((entry) => ({ entry, problem: null })));
    const begun = await Promise.all(starts.map((entry) => attempt(entry, () => startAgent(ports, { ...byId.get(entry.agent)!, status: "stopped" }, ports.kinds(byId.get(entry.agent)!.record.kind), { columns: 160, rows: 48 }))));
    await markSending(store, prompts);
    const sent = await Promise.all(prompts.map((entry) => attempt(entry, () => sendPrompt(ports, byId.get(entry.agent)!, ports.kinds(byId.get(entry.agent)!.record.kind), entry.text))));
    await settle(store, [...begun, ...sent]);
    if (starts.length > 0) await (await import("./batch/shown")).showBatches(ports.tmux, store);
    if ([...begun, ...sent].every(({ problem }) => problem !== null)) break;
  }
  await keepTimer(ports);
}

interface Outcome {
  entry: Entry;
  problem: string | null;
  /** It may have been done all the same: a person decides. */
  uncertain?: true;
}

async function attempt(entry: Entry, act: () => Promise<void>): Promise<Outcome> {
  try {
    await act();
    return { entry, problem: null };
  } catch (error) {
    if (error instanceof MayHaveArrived) return { entry, problem: `${error.message}: it may have arrived; fleet queue cancel`, uncertain: true };
    if (error instanceof UserError) return { entry, problem: error.message };
    // Of one agent, and none of the others' business.
    if (error instanceof ProcessError || error instanceof NoServer) return { entry, problem: error.message };
    throw error;
  }
}

/** Written before the first key: a prompt whose sender dies may have arrived, and twice is worse than asked about. */
async function markSending(store: AgentPorts["store"], prompts: readonly QueuedPrompt[]): Promise<void> {
  if (prompts.length === 0) return;
  const ids = new Set(prompts.map(({ id }) => id));
  await changeQueue(store, (stored) => {
    stored.entries = stored.entries.map((entry) => (entry.is === "prompt" && ids.has(entry.id) ? { ...entry, sending: true, problem: MAY_HAVE_ARRIVED } : entry));
  });
}

const MAY_HAVE_ARRIVED = "its sending was cut off: it may have arrived; fleet queue cancel";

/** What is done leaves the queue; what could not be done stays, with its reason. */
async function settle(store: AgentPorts["store"], outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await changeQueue(store, (stored) => {
    const byId = new Map(outcomes.map((outcome) => [outcome.entry.id, outcome]));
    stored.entries = stored.entries.flatMap((entry) => {
      const outcome = byId.get(entry.id);
      if (!outcome) return [entry];
      if (outcome.problem === null) return [];
      if (outcome.uncertain) return [{ ...entry, problem: outcome.problem }];
      const { sending: _, ...tried } = entry as QueuedPrompt;
      return [{ ...(tried as Entry), problem: outcome.problem }];
    });
  });
}

/** One timer inside tmux while anything is queued: for what no event tells of. It costs no process while it waits. */
async function keepTimer({ tmux, store, now }: AgentPorts): Promise<void> {
  const binary = ownBinary();
  if (binary === null || readQueue(store).length === 0) return;
  const due = await changeQueue(store, (stored) => {
    if (stored.entries.length === 0 || stored.timer > now()) return false;
    stored.timer = now() + TIMER_SECONDS * 1000;
    return true;
  });
  if (due) await armTimer(tmux, TIMER_SECONDS, tickLine(binary, store.home)).catch(() => {});
}

/** Leave a detached `fleet tick` where something is queued, or a budget is to be looked at: at the end of a command. */
export function leaveTick(home: string, env: Record<string, string | undefined>): void {
  const binary = ownBinary();
  if (binary !== null && (existsSync(queueFile(home)) || isBudgetSet(home)) && !askTickAgain(home)) startDetached([binary, "tick"], { ...env, FLEET_HOME: home });
}
