// Which session the calling process stands in, and whether that is an agent's.
import { NoServer, type Tmux } from "./call";

/** The `@fleet_id` of the session one stands in; null outside of tmux and in other sessions. No answer throws. */
export async function agentOfCaller(tmux: Tmux, env: Record<string, string | undefined>): Promise<string | null> {
  const target = callerTarget(env);
  if (target === null) return null;
  try {
    return (await tmux.call([["display-message", "-p", "-t", target, "#{@fleet_id}"]])).trim() || null;
  } catch (error) {
    // A server that is gone left its variables behind.
    if (error instanceof NoServer) return null;
    throw error;
  }
}

/** The caller's pane; in a popup, which has none, the session that the third field of $TMUX names. */
function callerTarget(env: Record<string, string | undefined>): string | null {
  if (!env["TMUX"]) return null;
  if (/^%\d+$/.test(env["TMUX_PANE"] ?? "")) return env["TMUX_PANE"]!;
  const session = env["TMUX"].split(",").at(-1) ?? "";
  return /^\d+$/.test(session) ? `$${session}` : null;
}
