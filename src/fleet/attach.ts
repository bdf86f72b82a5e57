// Going to a session: switch the client one sits at, or attach where there is none.
import { UserError } from "../base/errors";
import { attachClient, clientOfPane, switchClient } from "../ports/tmux/clients";
import type { Tmux } from "../ports/tmux/call";

/** Returns the exit code of the attached tmux, or 0 after a switch. `session` is an id. */
export async function attachTo(tmux: Tmux, env: Record<string, string | undefined>, session: string): Promise<number> {
  if (!env["TMUX"]) return attachClient(tmux, session);
  const client = await clientOfPane(tmux, env);
  if (!client) throw new UserError("no terminal shows the session this command runs in", { hint: "run fleet attach in a terminal" });
  await switchClient(tmux, client, session);
  return 0;
}
