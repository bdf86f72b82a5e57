// Sessions that somebody else made: which there are and where their panes stand, and making one an agent's without changing it.
import { ProcessError } from "../../base/errors";
import { NoServer, sourceLine, type Tmux, type TmuxCommand } from "./call";
import { askPanes, SESSION_OPTIONS, type SessionOption, setOptions } from "./sessions";
import { OWN_USAGE_NAMES } from "./usage";

export interface StandingPane {
  session: string;
  sessionName: string;
  /** The agent whose session it is; "" for none. */
  agent: string;
  pane: string;
  pid: number;
  /** Where the program in its foreground stands. */
  path: string;
}

const FORMAT = "#{session_id}\t#{pane_id}\t#{pane_pid}\t#{@fleet_id}\t#{session_name}\t#{pane_current_path}";
/** The name of a directory may hold a line end: a row begins only where one looks like it. */
const BETWEEN = /\n(?=\$\d+\t%\d+\t\d+\t|$)/;

/** All panes of this server; none where no server runs. A failed call throws. */
export async function standingPanes(tmux: Tmux): Promise<StandingPane[]> {
  return parseStanding((await askPanes(tmux, FORMAT)) ?? "");
}

export function parseStanding(output: string): StandingPane[] {
  return output.split(BETWEEN).filter(Boolean).map((row) => {
    const [session = "", pane = "", pid = "", agent = "", sessionName = "", ...path] = row.split("\t");
    return { session, pane, pid: Number(pid), agent, sessionName, path: path.join("\t") };
  });
}

export interface AdoptedPane {
  session: string;
  pane: string;
  /** The process that tmux started in it. */
  pid: number;
}

/**
 * Make that session an agent's as it is: options of fleet's own are set, and nothing else of it. false where the pane is another one by
 * now, or the session became an agent's.
 */
export async function tagSession(tmux: Tmux, { session, pane, pid }: AdoptedPane, options: Partial<Record<SessionOption, string>>, more: readonly TmuxCommand[]): Promise<boolean> {
  const filled = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ""));
  const commands = [...setOptions(session, { ...filled, pane }), ...more];
  const same = `#{&&:#{==:#{@fleet_id},},#{&&:#{==:#{pane_pid},${pid}},#{==:#{session_id},${session}}}}`;
  try {
    const output = await tmux.call([["if-shell", "-F", "-t", pane, same, commands.map(sourceLine).join(" ; ")], ["display-message", "-p", "-t", pane, "#{@fleet_id}"]]);
    return output.trim() === options.id;
  } catch (error) {
    if (error instanceof NoServer || (error instanceof ProcessError && /can't find/.test(error.stderr))) return false;
    throw error;
  }
}

/** What titles.ts sets beside the state. */
const OF_TITLES = ["now", "then_waiting", "then_idle"];

/** Let a session go that was there before its agent: what was set is unset, and its programs run on. */
export async function releaseSession(tmux: Tmux, { session, pane }: Pick<AdoptedPane, "session" | "pane">, id: string): Promise<void> {
  if (!/^\$\d+$/.test(session) || !/^%\d+$/.test(pane) || !/^[a-z0-9]+$/.test(id)) throw new Error(`not a session, a pane and an agent: ${session} ${pane} ${id}`);
  const unset = [
    ...[...SESSION_OPTIONS, ...OF_TITLES].map((name): TmuxCommand => ["set-option", "-u", "-t", session, `@fleet_${name}`]),
    ...OWN_USAGE_NAMES.map((name): TmuxCommand => ["set-environment", "-u", "-t", session, name]),
  ];
  try {
    await tmux.call([
      ["if-shell", "-F", "-t", `${session}:`, `#{==:#{@fleet_id},${id}}`, unset.map(sourceLine).join(" ; ")],
      // The hook is its pane's, which may be gone while the session is not.
      ["set-hook", "-u", "-p", "-t", pane, "pane-title-changed[77]"],
    ]);
    // What is left without an entry still hides a hook that the person has for all panes (3.3a).
    const left = await tmux.call([["show-hooks", "-p", "-t", pane]]);
    if (/^pane-title-changed$/m.test(left)) await tmux.call([["set-hook", "-u", "-p", "-t", pane, "pane-title-changed"]]);
  } catch (error) {
    if (error instanceof NoServer || (error instanceof ProcessError && /can't find|no such (pane|session)/.test(error.stderr))) return;
    throw error;
  }
}
