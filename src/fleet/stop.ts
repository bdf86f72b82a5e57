// Ending an agent's program and keeping everything else.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { endAgent, leftAlive } from "./end-agent";

/** End the process trees under all panes of the session, then the session. Throws UserError when something lives on. */
export async function stopAgent(ports: { tmux: Tmux; store: Store }, agent: Agent, doomed?: ReadonlySet<string>): Promise<void> {
  const refusal = refuseStop(agent);
  if (refusal) throw refusal;
  const { left } = await endAgent(ports, agent.record, { doomed });
  if (left.length > 0) throw leftAlive(agent.record, left);
}

/** Why its session may not be ended, or null. Pure. */
export function refuseStop(agent: Agent): UserError | null {
  const name = oneLine(agent.branch);
  if (agent.sessionAdopted) return new UserError(`fleet did not make the session of ${name}, so it is not ended: ${oneLine(agent.sessionName ?? "")}`, { hint: `fleet attach ${shellWord(agent.branch)}   (end the program there)   ·   fleet kill ${shellWord(agent.branch)}   (forgets the agent, and leaves all of it)` });
  if (agent.status === "unknown" && agent.session === null) return new UserError(`can't tell whether ${name} runs: ${agent.reason ?? "no evidence"}`, { hint: "fleet doctor" });
  return null;
}
