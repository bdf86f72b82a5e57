// How tmux itself runs `fleet tick`: a timer without a process, and the end of any session.
import { shellQuote } from "../../base/text";
import { formatText, sourceLine, type Tmux, type TmuxCommand } from "./call";

/** A line for `run-shell`: unattended, it must never print nor fail, or tmux puts the person's pane into view mode. */
export function tickLine(binary: string, home: string): string {
  return formatText(`( FLEET_HOME=${shellQuote(home)} ${shellQuote(binary)} tick ) >/dev/null 2>&1 || true`);
}

/**
 * The same where a tick may be due: something is queued, the config is newer than what `notices` says of it, or that has one of
 * `needs`. For an option's value, of which tmux makes no format once more.
 */
export function tickWhenDue(binary: string, home: string, { queue, notices, needs }: { queue: string; notices: string; needs: readonly string[] }): string {
  const [config, told] = [shellQuote(`${home}/config.toml`), shellQuote(notices)];
  const wanted = needs.map((need) => `*" ${need} "*`).join("|");
  const due = `[ -e ${shellQuote(queue)} ] || [ ! -e ${told} ] || [ ${config} -nt ${told} ] || { read -r w <${told}; case " $w " in ${wanted}) ;; *) exit ;; esac; }`;
  return `( ${due}; FLEET_HOME=${shellQuote(home)} ${shellQuote(binary)} tick ) >/dev/null 2>&1 || true`;
}

export async function armTimer(tmux: Tmux, seconds: number, line: string): Promise<void> {
  await tmux.call([["run-shell", "-b", "-d", String(seconds), line]]);
}

/** Tick when any session ends: the only event of an agent that was killed from outside. A slot of its own among the person's hooks. */
export function sessionClosedHook(line: string): TmuxCommand {
  return ["set-hook", "-g", "session-closed[77]", sourceLine(["run-shell", "-b", line])];
}

/** The command that ticks at once, in the background. */
export function tickNow(line: string): TmuxCommand {
  return ["run-shell", "-b", line];
}
