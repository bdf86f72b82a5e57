// Many agents brought back, after a reboot for instance: spaced, each looked at before the next, and no further once it does not go well.
import { Cancelled, UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import type { ResolvedKind } from "../kinds/index";
import { loadAgents } from "./agents";
import { tail } from "./create/apply";
import { followStart, StartFailure } from "./create/follow";
import type { Narrator } from "./each";
import type { Launch } from "./launch";
import { setupLogPath } from "./setup";
import { startAgent, type StartPorts } from "./start";

export type Outcome = "up" | "refused" | "failed";

/** So many programs that did not come up, one after the other, have a reason in common: a login that is over, a full disk. */
const GIVE_UP_AFTER = 3;

/** Whether to go no further. What is refused before anything is started says nothing of the others. Pure. */
export function givesUp(outcomes: readonly Outcome[]): boolean {
  const tried = outcomes.filter((outcome) => outcome !== "refused").slice(-GIVE_UP_AFTER);
  return tried.length === GIVE_UP_AFTER && tried.every((outcome) => outcome === "failed");
}

/** Milliseconds to wait before a program is started whose last start was at `last`. Pure. */
export function pauseBefore(kind: Pick<ResolvedKind, "sharesLogin">, last: number | undefined, now: number, gap: number): number {
  return !kind.sharesLogin || last === undefined ? 0 : Math.max(0, last + gap - now);
}

export interface StartAll {
  kinds(name: string): ResolvedKind;
  size: Launch["size"];
  /** Milliseconds between the starts of programs that share a login. */
  gap: number;
  signal: AbortSignal;
  out: Narrator & { note(message: string): void };
}

/** Returns false when any is not there. Throws Cancelled on Ctrl-C: those that are started stay. */
export async function startAgents(ports: StartPorts, agents: readonly Agent[], { kinds, size, gap, signal, out }: StartAll): Promise<boolean> {
  const outcomes: Outcome[] = [];
  const last = new Map<string, number>();
  for (const agent of agents) {
    if (signal.aborted) break;
    const name = oneLine(agent.branch);
    let outcome: Outcome = "refused";
    try {
      const kind = kinds(agent.record.kind);
      await Bun.sleep(pauseBefore(kind, last.get(kind.program), performance.now(), gap));
      await startAgent(ports, agent, kind, size);
      last.set(kind.program, performance.now());
      outcome = "failed";
      await comesUp(ports, agent, signal);
      outcome = "up";
      out.done(`started: ${name}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      out.error(`${name}: ${error.message}`, error.hint, error.detail);
    }
    outcomes.push(outcome);
    if (givesUp(outcomes)) break;
  }
  const up = outcomes.filter((outcome) => outcome === "up").length;
  out.done(`${up} of ${agents.length} started`);
  const rest = agents.length - outcomes.length;
  if (signal.aborted && rest > 0) throw new Cancelled();
  if (rest > 0) out.error(`${GIVE_UP_AFTER} did not come up one after the other: ${rest} more ${rest === 1 ? "is" : "are"} left stopped`, "fleet start --all   (once the reason is gone)");
  return up === agents.length;
}

/** Throws StartFailure where its setup or its program ended. Its pane stays, with its menu. */
async function comesUp({ tmux, store }: StartPorts, { record, branch }: Agent, signal: AbortSignal): Promise<void> {
  const log = setupLogPath(store, record.id);
  try {
    await followStart(tmux, record.id, { onStep() {}, signal, setupLog: log, lastLines: () => tail(log, 20) });
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    throw new StartFailure(error.message, { detail: error.detail, hint: `fleet attach ${shellWord(branch)}` });
  }
}

const SETTLE_MS = 3_000;

/**
 * The agents to bring back. Just after the end of a tmux server some of its programs still run for a moment, and then nobody can
 * tell: they are waited for. Those that run on are among the agents too, so that each is told of.
 */
export async function agentsToStart(ports: StartPorts): Promise<Agent[]> {
  const settles = ({ status, session, record }: Agent) => status === "unknown" && session === null && record.socket === ports.tmux.socket;
  for (const began = performance.now(); ; await Bun.sleep(50)) {
    const agents = await loadAgents(ports);
    if (!agents.some(settles) || performance.now() - began > SETTLE_MS) return agents.filter((agent) => agent.status === "stopped" || settles(agent));
  }
}
