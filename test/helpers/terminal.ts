// A person at a terminal: a client on a second private tmux server, in whose pane the first server is attached or a command runs.
import { type Server } from "./server";
import { until } from "./until";

export interface Terminal {
  /** Type keys, by tmux's names; text goes as it is. */
  keys(...keys: string[]): Promise<void>;
  type(text: string): Promise<void>;
  /** Paste as a terminal does: bracketed where the program asked for that. */
  paste(text: string): Promise<void>;
  screen(): Promise<string>;
  shows(text: string): Promise<string>;
  close(): Promise<void>;
}

let n = 0;

/** A terminal of `inner`'s place in which `command` (a line of sh) runs. The outer server has a socket of its own. */
export async function openTerminal(inner: Server, command: string): Promise<Terminal> {
  const name = `outer${n++}`;
  const outer = (...words: string[]) => inner.tmux("-L", "outer", ...words);
  await outer("-f", "/dev/null", "new-session", "-d", "-s", name, "-x", "120", "-y", "40", "sh", "-c", `unset TMUX TMUX_PANE; ${command}`, ";", "set-option", "-g", "status", "off", ";", "set-option", "-g", "escape-time", "0", ";", "set-option", "-w", "remain-on-exit", "on");
  const target = `=${name}:`;
  const screen = () => outer("capture-pane", "-p", "-t", target);
  return {
    keys: async (...keys) => void (await outer("send-keys", "-t", target, ...keys)),
    type: async (text) => void (await outer("send-keys", "-t", target, "-l", "--", text)),
    paste: async (text) => void (await outer("set-buffer", "-b", name, "--", text, ";", "paste-buffer", "-p", "-d", "-b", name, "-t", target)),
    screen,
    shows: (text) => until(async () => { const now = await screen(); return now.includes(text) && now; }, { what: `the terminal shows ${JSON.stringify(text)}`, show: screen }),
    close: async () => void (await outer("kill-session", "-t", target).catch(() => {})),
  };
}
