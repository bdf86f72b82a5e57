// How tmux itself runs `fleet tick`: a timer without a process, and the end of any session.
import { shellQuote } from "../../base/text";
import { formatText, sourceLine, type Tmux, type TmuxCommand } from "./call";

/** A line for `run-shell`: unattended, it must never print nor fail, or tmux puts the person's pane into view mode. */
export function tickLine(binary: string, home: string): string {
  return formatText(`( FLEET_HOME=${shellQuote(home)} ${shellQuote(binary)} tick ) >/dev/null 2>&1 || true`);
}

export interface TickFiles {
  queue: string;
  /** Says between blanks which needs are told; older than the config, or not there, it says nothing. */
  notices: string;
  config: string;
  /** Has the pid of who ticks now, while somebody does, and the mark by which that one goes round once more. */
  holder: string;
  again: string;
}

/**
 * The same where a tick may be due, and none runs that could do it. For an option's value, of which tmux makes no format once
 * more. Titles change often: this is one sh, and no fleet while one is at it.
 */
export function tickWhenDue(binary: string, home: string, files: TickFiles, needs: readonly string[]): string {
  const [queue, notices, config, holder, again] = [files.queue, files.notices, files.config, files.holder, files.again].map(shellQuote);
  const wanted = needs.map((need) => `*" ${need} "*`).join("|");
  const due = `[ -e ${queue} ] || [ ! -e ${notices} ] || [ ${config} -nt ${notices} ] || { read -r w <${notices}; case " $w " in ${wanted}) ;; *) exit ;; esac; }`;
  // The mark first: who ticks looks for it after its holder's file is gone.
  // It has no line end, for which `read` fails.
  const runs = `[ -e ${holder} ] && : >${again} && { read -r p s <${holder} || [ -n "$p" ]; } && kill -0 "$p"`;
  return `( ${due}; ${runs} || FLEET_HOME=${shellQuote(home)} ${shellQuote(binary)} tick ) >/dev/null 2>&1 || true`;
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
