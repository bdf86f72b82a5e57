// A whole tmux server, of which every session is fleet's own.
import { NoServer, type Tmux } from "./call";

/**
 * The pid of a server that was made for a trial and is thrown away, which from now on starts nothing when a session ends; null when
 * none runs any more.
 */
export async function quietTrialServer(tmux: Tmux): Promise<number | null> {
  try {
    return Number(await tmux.call([["set-hook", "-gu", "session-closed"], ["display-message", "-p", "#{pid}"]])) || null;
  } catch (error) {
    if (error instanceof NoServer) return null;
    throw error;
  }
}
