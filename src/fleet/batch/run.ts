// Many creates at once, bounded: those that fail are undone and told, the others stay.
import { Cancelled, UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { type FleetPane, listFleetPanes } from "../../ports/tmux/sessions";
import type { CreatePorts } from "../create/apply";
import { carryOut, watchStart } from "../create/create";
import { undoCreate } from "../create/undo";
import type { Launch } from "../launch";
import { enqueue } from "../queue";
import { inPool } from "../pool";
import type { Planned } from "./plan";

/** What happened to one agent; `step` is in the present tense. */
export type BatchEvent = { id: string; branch: string } & ({ is: "step"; step: string } | { is: "up" } | { is: "failed"; error: unknown } | { is: "left out" });

export interface BatchOptions {
  /** How many checkouts at once. */
  jobs: number;
  /** Milliseconds between the starts of programs that share a login. */
  stagger: number;
  /** So many may be at work; the others are made and wait for a free slot. */
  maxRunning?: number | undefined;
  /** One failure takes all back. */
  atomic: boolean;
  /** Return when the sessions are there. */
  detach: boolean;
  size: Launch["size"];
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  onEvent(event: BatchEvent): void;
  warn(message: string, hint?: string): void;
  note(message: string): void;
}

export interface BatchResult {
  there: AgentRecord[];
  /** Of those, how many wait for a free slot. */
  queued: number;
  failed: { branch: string; error: unknown }[];
  /** Not begun, or taken back: Ctrl-C, or a failure of an atomic batch. */
  leftOut: string[];
}

const LOOK_MS = 60;

/** Never throws for a failing agent. */
export async function runBatch(ports: CreatePorts, planned: readonly Planned[], options: BatchOptions): Promise<BatchResult> {
  const result: BatchResult = { there: [], queued: 0, failed: [], leftOut: [] };
  const stop = new AbortController();
  if (options.signal.aborted) stop.abort();
  options.signal.addEventListener("abort", () => stop.abort(), { once: true });
  const look = sharedLook(ports);
  const turn = turnTaker(options.stagger, stop.signal);
  const followers: Promise<void>[] = [];

  const one = async ({ wish, plan }: Planned, i: number): Promise<void> => {
    const { branch } = plan.record;
    const tell = teller(plan.record, options.onEvent);
    const onStep = (step: string) => tell({ is: "step", step });
    const watch = {
      onStep,
      warn: (message: string, hint?: string) => options.warn(`${branch}: ${message}`, hint),
      note: (message: string) => options.note(`${branch}: ${message}`),
      signal: stop.signal,
      beforeSession: wish.kind.sharesLogin ? () => turn(wish.kind.program, () => onStep("waits for its turn")) : undefined,
    };
    const max = options.maxRunning ?? Infinity;
    const hold = i < max ? undefined : ({ id, batch }: AgentRecord) => enqueue(ports.store, [{ is: "start", agent: id, batch: batch!, max, place: i }], Date.now());
    const failed = (error: unknown) => {
      if (error instanceof Cancelled) {
        result.leftOut.push(branch);
        return tell({ is: "left out" });
      }
      result.failed.push({ branch, error });
      tell({ is: "failed", error });
      if (options.atomic) stop.abort();
    };
    try {
      if (stop.signal.aborted) throw new Cancelled();
      await carryOut(ports, plan, wish, options.size, { ...watch, hold });
      if (hold) {
        result.queued++;
        result.there.push(plan.record);
        return;
      }
    } catch (error) {
      return failed(error);
    }
    const follow: Promise<unknown> = options.detach ? Promise.resolve("up") : watchStart(ports, plan, { ...watch, keep: false, keepOnAbort: true, look });
    const there = (came: unknown) => (result.there.push(plan.record), came === "aborted" ? onStep("comes up by itself") : tell({ is: "up" }));
    // tmux that did not answer for a moment says nothing against the agent, which was left.
    const lost = (error: unknown) => (error instanceof UserError || error instanceof Cancelled || !isThere(ports, plan.record) ? failed(error) : there("aborted"));
    followers.push(follow.then(there, lost));
  };

  await inPool(options.jobs, planned.map((item, i) => () => one(item, i)));
  await Promise.all(followers);
  if (options.atomic && stop.signal.aborted) await takeBack(ports, result, options);
  return inOrder(planned, result);
}

/** As the tasks stand in the list, whichever was done first. */
function inOrder(planned: readonly Planned[], { there, queued, failed, leftOut }: BatchResult): BatchResult {
  const place = new Map(planned.map(({ plan }, i) => [plan.record.branch, i]));
  const by = <T>(list: T[], branchOf: (one: T) => string) => list.sort((a, b) => place.get(branchOf(a))! - place.get(branchOf(b))!);
  return { there: by(there, ({ branch }) => branch), queued, failed: by(failed, ({ branch }) => branch), leftOut: by(leftOut, (branch) => branch) };
}

function isThere({ store }: CreatePorts, { id }: AgentRecord): boolean {
  return store.agents().some((agent) => agent.id === id);
}

type What = { is: "step"; step: string } | { is: "up" } | { is: "failed"; error: unknown } | { is: "left out" };

/** Each step once: whoever follows an agent sees the same one many times. */
function teller({ id, branch }: AgentRecord, onEvent: BatchOptions["onEvent"]): (what: What) => void {
  let last: string | null = null;
  return (what) => {
    if (what.is === "step" && what.step === last) return;
    last = what.is === "step" ? what.step : null;
    onEvent({ id, branch, ...what });
  };
}

/** What holds work by now is kept, and stays in the count. */
async function takeBack(ports: CreatePorts, result: BatchResult, options: BatchOptions): Promise<void> {
  const back = async (record: AgentRecord) => {
    const undone = await undoCreate(ports, record, (message, hint) => options.warn(`${record.branch}: ${message}`, hint));
    if (undone.kept !== null) return void result.there.push(record);
    result.leftOut.push(record.branch);
    options.onEvent({ id: record.id, branch: record.branch, is: "left out" });
  };
  await inPool(options.jobs, result.there.splice(0).map((record) => () => back(record)));
}

/** One list-panes serves every agent that comes up. */
function sharedLook({ tmux }: CreatePorts): (after: number) => Promise<FleetPane[] | null> {
  let last: Promise<FleetPane[] | null> | undefined;
  let at = 0;
  return (after) => {
    if (!last || at < after || performance.now() - at > LOOK_MS) [last, at] = [listFleetPanes(tmux), performance.now()];
    return last;
  };
}

/** Waits so that starts under one name are `gap` ms apart, saying so; no longer once `signal` aborts. */
function turnTaker(gap: number, signal: AbortSignal): (name: string, onWait: () => void) => Promise<void> {
  const next = new Map<string, number>();
  return async (name, onWait) => {
    const now = performance.now();
    const mine = Math.max(now, next.get(name) ?? 0);
    next.set(name, mine + gap);
    if (mine === now || signal.aborted) return;
    onWait();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, mine - now);
      signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  };
}
