// Ending an agent's program and keeping everything else.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { endAgent, leftAlive } from "./end-agent";

/** End the process trees under all panes of the session, then the session. Throws UserError when something lives on. */
export async function stopAgent(ports: { tmux: Tmux; store: Store }, agent: Agent, doomed?: ReadonlySet<string>): Promise<void> {
  if (agent.status === "unknown" && agent.session === null) throw new UserError(`can't tell whether ${oneLine(agent.branch)} runs: ${agent.reason ?? "no evidence"}`, { hint: "fleet doctor" });
  const { left } = await endAgent(ports, agent.record, { doomed });
  if (left.length > 0) throw leftAlive(agent.record, left);
}
