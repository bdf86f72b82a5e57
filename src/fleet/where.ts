// Which agent a person is at: the one whose session their terminal shows.
import { agentOfCaller } from "../ports/tmux/caller";
import type { Tmux } from "../ports/tmux/call";
import { agentOfClient } from "../ports/tmux/clients";

/** The agent's id; null elsewhere. `client` is the terminal, where a key binding names it. Silence of tmux counts as elsewhere. */
export async function whereAmI(tmux: Tmux, env: Record<string, string | undefined>, client?: string): Promise<string | null> {
  return (client === undefined ? agentOfCaller(tmux, env) : agentOfClient(tmux, client)).catch(() => null);
}
