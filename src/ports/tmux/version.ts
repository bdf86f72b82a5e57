// Which tmux this is: the client program, and the server that runs, which after an upgrade is older.
import { NoServer, type Tmux } from "./call";

/** "3.3a" from `tmux -V`. */
export async function clientVersion(tmux: Tmux): Promise<string> {
  return (await tmux.call([["-V"]])).trim().replace(/^tmux /, "");
}

export interface ServerFacts {
  version: string;
  /** Milliseconds that tmux waits after Esc. */
  escapeTime: number;
  remainOnExit: string;
  /** PATH as programs of new panes, popups and bindings get it; null when the server has none. */
  path: string | null;
}

/** null when no server runs. */
export async function serverFacts(tmux: Tmux): Promise<ServerFacts | null> {
  try {
    const output = await tmux.call([["display-message", "-p", "#{version}\t#{escape-time}\t#{remain-on-exit}"], ["show-environment", "-g"]]);
    const [first = "", ...environment] = output.split("\n");
    const [version = "", escapeTime, remainOnExit = ""] = first.split("\t");
    const path = environment.find((line) => line.startsWith("PATH="));
    return { version, escapeTime: Number(escapeTime), remainOnExit, path: path?.slice("PATH=".length) ?? null };
  } catch (error) {
    if (error instanceof NoServer) return null;
    throw error;
  }
}

/** true when `version` is older than `least` ("3.2"). What can't be read (master, next-3.8) counts as the newest. */
export function isOlder(version: string, least: string): boolean {
  const [have, want] = [numbers(version), numbers(least)];
  if (!have || !want || /^(master|next|openbsd)/.test(version)) return false;
  return have[0] < want[0] || (have[0] === want[0] && have[1] < want[1]);
}

function numbers(version: string): [number, number] | null {
  const found = /(\d+)\.(\d+)/.exec(version);
  return found ? [Number(found[1]), Number(found[2])] : null;
}
