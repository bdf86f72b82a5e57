// Ending an agent's session and everything that runs in it, whatever else becomes of the agent.
import { ProcessError, UserError } from "../base/errors";
import type { AgentRecord } from "../base/model";
import { oneLine } from "../base/text";
import type { Store } from "../ports/store";
import { NoServer, type Tmux } from "../ports/tmux/call";
import { leaveSession } from "../ports/tmux/clients";
import { releaseSession } from "../ports/tmux/adopted";
import { endSession, isAdoptedSession, listFleetPanes } from "../ports/tmux/sessions";
import { endAgentProcesses } from "./end-processes";
import { keepScreen } from "./keep-screen";

export interface Leaving {
  /** Sessions that end too, where no terminal should be moved to. */
  doomed?: ReadonlySet<string> | undefined;
  /** Told of the clients that showed the session, and show another one now. */
  moved?(clients: readonly string[]): void;
}

/**
 * Move terminals away, keep the screen, end the process trees under all panes, then the session. Looked up anew: since the agent
 * was found it may have been started again. Returns the pids that could not be ended. A session that was there before the agent is
 * only let go, with all that runs in it.
 */
export async function endAgent({ tmux, store }: { tmux: Tmux; store: Store }, record: AgentRecord, { doomed, moved }: Leaving = {}): Promise<{ left: number[] }> {
  const all = ((await listFleetPanes(tmux)) ?? []).filter((pane) => pane.options.id === record.id);
  const adopted = all.filter((pane) => isAdoptedSession(pane.options.adopted));
  for (const { session, options } of new Map(adopted.map((pane) => [pane.session, pane])).values()) await releaseSession(tmux, { session, pane: options.pane }, record.id);
  if (adopted.length > 0 && adopted.length === all.length) return { left: [] };
  const panes = all.filter((pane) => !adopted.includes(pane));
  const sessions = [...new Set(panes.map((pane) => pane.session))];
  for (const session of sessions) moved?.(await leaving(tmux, session, doomed));
  const own = panes.find((pane) => pane.options.pane === pane.pane);
  if (own) await keepScreen(tmux, store, record.id, own.pane);
  // Without a pane too: what left the session, and outlived it.
  const left = await endAgentProcesses(panes.filter((pane) => !pane.dead).map((pane) => pane.panePid), record);
  for (const session of sessions) await endSession(tmux, session, record.id);
  return { left };
}

async function leaving(tmux: Tmux, session: string, doomed?: ReadonlySet<string>): Promise<string[]> {
  try {
    return await leaveSession(tmux, session, doomed);
  } catch (error) {
    // Ended meanwhile.
    if (error instanceof NoServer || (error instanceof ProcessError && error.stderr.includes("can't find"))) return [];
    throw error;
  }
}

/** What lives on, as an error or a warning says it. */
export function leftAlive(record: AgentRecord, pids: readonly number[]): UserError {
  const some = pids.slice(0, 20).join(",");
  return new UserError(`${pids.length} ${pids.length === 1 ? "process" : "processes"} of ${oneLine(record.branch)} could not be ended: ${some}${pids.length > 20 ? " …" : ""}`, { hint: `ps -o pid,user,stat,args -p ${some}` });
}
