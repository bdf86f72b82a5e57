// A person at a terminal: a pane of a second private tmux server, in which the first one is attached or a command runs.
import { privateServer } from "./server";
import { until } from "./until";

export interface Terminal {
  /** Type keys, by tmux's names. */
  keys(...keys: string[]): Promise<void>;
  screen(): Promise<string>;
  /** The screen once it shows the text. */
  shows(text: string): Promise<string>;
  close(): Promise<void>;
}

export type OpenTerminal = (command: string, size?: { columns: number; rows: number }) => Promise<Terminal>;

/** Opens terminals, of 120 columns and 40 rows, with the environment `env`. Call it at the top of a test file. */
export async function terminals(env: Record<string, string>): Promise<OpenTerminal> {
  const outer = await privateServer({ started: false });
  let n = 0;
  // A server that lives on between two terminals.
  await outer.tmux("-f", "/dev/null", "new-session", "-d", "-s", "base", "exec sleep 100000", ";", "set-option", "-g", "status", "off", ";", "set-option", "-g", "escape-time", "0", ";", "set-option", "-g", "remain-on-exit", "on");
  return async (command, { columns, rows } = { columns: 120, rows: 40 }) => {
    const session = `t${n++}`;
    const variables = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    await outer.tmux("new-session", "-d", "-s", session, "-x", String(columns), "-y", String(rows), ...variables, "sh", "-c", `unset TMUX TMUX_PANE; ${command}`);
    const target = `=${session}:`;
    const screen = () => outer.screen(target);
    return {
      keys: async (...keys) => void (await outer.tmux("send-keys", "-t", target, ...keys)),
      screen,
      shows: (text) => until(async () => { const now = await screen(); return now.includes(text) && now; }, { what: `the terminal shows ${JSON.stringify(text)}`, show: screen }),
      close: async () => void (await outer.tmux("kill-session", "-t", target)),
    };
  };
}
