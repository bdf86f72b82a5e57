// Ending an agent's program and keeping everything else.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { leaveSession } from "../ports/tmux/clients";
import { endSession, type FleetPane } from "../ports/tmux/sessions";
import { endAgentProcesses } from "./end-processes";
import { keepScreen } from "./keep-screen";

/** End the process trees under all panes of the session, then the session. Throws UserError when something lives on. */
export async function stopAgent(ports: { tmux: Tmux; store: Store }, agent: Agent, panes: readonly FleetPane[]): Promise<void> {
  if (agent.session === null || agent.pane === null) {
    if (agent.status === "unknown") throw new UserError(`can't tell whether ${oneLine(agent.branch)} runs: ${agent.reason ?? "no evidence"}`, { hint: "fleet doctor" });
    return;
  }
  await leaveSession(ports.tmux, agent.session);
  await keepScreen(ports.tmux, ports.store, agent.record.id, agent.pane);
  const roots = panes.filter((pane) => pane.options.id === agent.record.id).map((pane) => pane.panePid);
  const left = await endAgentProcesses(roots, agent.record.id);
  await endSession(ports.tmux, agent.session);
  if (left > 0) throw new UserError(`${left} processes of ${oneLine(agent.branch)} could not be ended`, { hint: `ps -o pid,stat,args -p …   (FLEET_ID=${agent.record.id})` });
}
