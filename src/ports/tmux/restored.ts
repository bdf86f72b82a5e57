// Sessions that somebody else made under an agent's name: what tmux-resurrect and tmux-continuum bring back after a reboot.
import { ProcessError } from "../../base/errors";
import { formatText, sourceLine, type Tmux, type TmuxCommand } from "./call";
import { askPanes, type NewSession, setOptions, tags } from "./sessions";

export interface ForeignPane {
  session: string;
  sessionName: string;
  pane: string;
  pid: number;
  /** The program that runs in it, without a path. */
  command: string;
  /** Where that program stands. */
  path: string;
}

const FORMAT = "#{session_id}\t#{pane_id}\t#{pane_pid}\t#{pane_current_command}\t#{session_name}\t#{pane_current_path}";

/** Panes of sessions that are no agent's; none where no server runs. */
export async function foreignPanes(tmux: Tmux): Promise<ForeignPane[]> {
  const output = (await askPanes(tmux, FORMAT, "#{==:#{@fleet_id},}")) ?? "";
  return output.split("\n").filter(Boolean).map((line) => {
    const [session = "", pane = "", pid = "", command = "", sessionName = "", ...path] = line.split("\t");
    return { session, pane, pid: Number(pid), command, sessionName, path: path.join("\t") };
  });
}

/** Run an agent's script in a pane in place of its idle shell, and make the session the agent's; false where the pane has changed since. */
export async function takePane(tmux: Tmux, { session, pane, pid, command }: ForeignPane, spec: NewSession): Promise<boolean> {
  const environment = Object.entries(spec.env).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
  const commands: TmuxCommand[] = [
    ["respawn-pane", "-k", "-t", pane, "-c", formatText(spec.cwd), ...environment, "--", ...spec.argv],
    ["rename-window", "-t", pane, "--", formatText(spec.window)],
    ...adoption(session, pane, spec),
  ];
  // Only while the same shell stands there, with nothing that runs in it.
  const same = `#{&&:#{==:#{pane_pid},${pid}},#{==:#{pane_current_command},${command.replace(/[^\w.-]/g, "")}}}`;
  return taken(tmux, pane, ["if-shell", "-F", "-t", pane, same, commands.map(sourceLine).join(" ; ")], spec);
}

/** Make a session the agent's as it is: the program of that pane runs on. */
export async function tagPane(tmux: Tmux, { session, pane }: Pick<ForeignPane, "session" | "pane">, spec: NewSession): Promise<void> {
  await tmux.call(adoption(session, pane, spec));
}

function adoption(session: string, pane: string, spec: NewSession): TmuxCommand[] {
  return [
    ...Object.entries(spec.env).map(([key, value]): TmuxCommand => ["set-environment", "-t", session, key, value]),
    ...tags(session, spec),
    ...setOptions(session, { pane }),
  ];
}

async function taken(tmux: Tmux, pane: string, command: TmuxCommand, spec: NewSession): Promise<boolean> {
  try {
    const output = await tmux.call([command, ["display-message", "-p", "-t", pane, "#{@fleet_id}"]]);
    return output.trim() === spec.options.id;
  } catch (error) {
    if (error instanceof ProcessError && /can't find/.test(error.stderr)) return false;
    throw error;
  }
}
