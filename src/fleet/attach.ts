// Going to a session: switch the client one sits at, or attach where there is none.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { attachClient, clientOfPane, switchClient } from "../ports/tmux/clients";
import type { Tmux } from "../ports/tmux/call";
import { markSeen } from "./seen";
import { requirePane } from "./select";

/** Go to the agent, which counts as seen then. Returns as attachTo. */
export async function goTo(tmux: Tmux, env: Record<string, string | undefined>, agent: Agent, client?: string): Promise<number> {
  const { session } = requirePane(agent);
  await markSeen(tmux, [agent]);
  return attachTo(tmux, env, session, client);
}

/**
 * Show the session (an id) at the terminal one sits at, or at `client`, where a key binding names it.
 * Returns the exit code of the attached tmux, or 0 after a switch.
 */
export async function attachTo(tmux: Tmux, env: Record<string, string | undefined>, session: string, client?: string): Promise<number> {
  if (client === undefined && !env["TMUX"]) return attachClient(tmux, session);
  const terminal = client ?? (await clientOfPane(tmux, env));
  if (!terminal) throw new UserError("no terminal shows the session this command runs in", { hint: "run fleet attach in a terminal" });
  await switchClient(tmux, terminal, session);
  return 0;
}
