// The agents popup as a person has it: a terminal attached to the place's server, prefix A bound, keys pressed one by one.
import { mkdirSync, writeFileSync } from "node:fs";
import { type Place, openPlace } from "./place";
import { privateServer, type Server } from "./server";
import { until } from "./until";

export interface Screen {
  /** The name of its client on the place's server. */
  readonly client: string;
  /** Press keys one after the other, by tmux's names; each is one press. */
  press(...keys: string[]): Promise<void>;
  /** Type text as it is. */
  type(text: string): Promise<void>;
  /** A click or a double click of the left button, at a column and row from 1. */
  click(column: number, row: number, times?: number): Promise<void>;
  text(): Promise<string>;
  /** The screen once it shows the text, or no longer does. */
  shows(text: string | RegExp): Promise<string>;
  hides(text: string | RegExp): Promise<string>;
  /** The session that it shows. */
  session(): Promise<string>;
  /** How many keys were pressed. */
  readonly presses: number;
  close(): Promise<void>;
}

export interface PopupPlace extends Place {
  /** A terminal attached to a session of the place's server. */
  attach(options?: { columns?: number; rows?: number; session?: string }): Promise<Screen>;
  readonly outer: Server;
}

/** Call it at the top of a test file. `set` are tmux commands for the place's server. */
export async function popupPlace(options: { set?: string[][]; env?: Record<string, string> } = {}): Promise<PopupPlace> {
  const place = await openPlace({ server: { env: options.env ?? {} } });
  const outer = await privateServer({ started: false });
  await outer.tmux("-f", "/dev/null", "new-session", "-d", "-s", "base", "exec sleep 100000", ";", "set-option", "-g", "status", "off", ";", "set-option", "-s", "escape-time", "0");
  const { server } = place;
  // The popup has the environment of the server, as a person's has.
  await server.tmux("set-option", "-s", "escape-time", "10");
  writeFileSync(`${server.root}/plugin.conf`, await place.ok(["plugin"], { env: { TMUX: `${server.socket},1,0` } }));
  await server.tmux("source-file", `${server.root}/plugin.conf`);
  await server.tmux("respawn-pane", "-k", "-t", "main:", "-c", place.repo.path, "exec sleep 100000");
  mkdirSync(server.fleetHome, { recursive: true });
  writeFileSync(`${server.fleetHome}/config.toml`, '[agent]\ndefault = "demo"\n');
  for (const words of options.set ?? []) await server.tmux(...words);
  let n = 0;
  const attach: PopupPlace["attach"] = async ({ columns = 120, rows = 40, session = "main" } = {}) => {
    const name = `t${n++}`;
    const before = await clients(server);
    await outer.tmux("new-session", "-d", "-s", name, "-x", String(columns), "-y", String(rows), `exec env -u TMUX -u TMUX_PANE TERM=screen-256color TMUX_TMPDIR=${server.root} tmux -u attach-session -t '=${session}'`);
    const client = await until(async () => (await clients(server)).find((one) => !before.includes(one)), { what: "the terminal attaches", show: () => outer.screen(`=${name}:`) });
    return screenOf(place, outer, `=${name}:`, client);
  };
  return { ...place, attach, outer };
}

async function clients(server: Server): Promise<string[]> {
  return (await server.tmux("list-clients", "-F", "#{client_name}")).split("\n").filter(Boolean);
}

function screenOf(place: Place, outer: Server, target: string, client: string): Screen {
  let presses = 0;
  const text = () => outer.screen(target);
  const has = (screen: string, what: string | RegExp) => (typeof what === "string" ? screen.includes(what) : what.test(screen));
  return {
    client,
    get presses() {
      return presses;
    },
    async press(...keys) {
      for (const key of keys) {
        presses++;
        await outer.tmux("send-keys", "-t", target, key);
      }
    },
    // tmux takes a semicolon at the end for its own.
    type: async (words) => void (await outer.tmux("send-keys", "-t", target, "-l", words.replace(/;$/, "\\;"))),
    async click(column, row, times = 1) {
      const once = `\u001b[<0;${column};${row}M\u001b[<0;${column};${row}m`;
      await outer.tmux("send-keys", "-t", target, "-l", once.repeat(times));
    },
    text,
    shows: (what) => until(async () => { const now = await text(); return has(now, what) && now; }, { what: `the screen shows ${what}`, show: text }),
    hides: (what) => until(async () => { const now = await text(); return !has(now, what) && now; }, { what: `the screen no longer shows ${what}`, show: text }),
    async session() {
      const rows = (await place.server.tmux("list-clients", "-F", "#{client_name}\t#{session_name}")).split("\n").map((line) => line.split("\t"));
      return rows.find(([name]) => name === client)?.[1] ?? "";
    },
    close: async () => void (await outer.tmux("kill-session", "-t", target)),
  };
}
