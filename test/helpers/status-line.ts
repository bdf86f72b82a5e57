// A tmux server with fleet in its status line, agents that are sessions with options, and terminals that look at it.
import { statusLineCommands, withoutStatusLine } from "../../src/fleet/status-line";
import { openTmux } from "../../src/ports/tmux/call";
import { readStatusLine, setGlobals } from "../../src/ports/tmux/status-line";
import { binary } from "./binary";
import type { Server } from "./server";

/** As fleet.tmux puts it there; `bin` is the binary that the line starts for figures. */
export async function putStatusLine(server: Server, bin?: string): Promise<void> {
  const tmux = openTmux(server.env);
  const line = await readStatusLine(tmux);
  await tmux.call([...setGlobals({ "@fleet-_bin": bin ?? (await binary()) }), ...statusLineCommands(line, ["display-message", "opened"])]);
}

export async function removeStatusLine(server: Server): Promise<void> {
  const tmux = openTmux(server.env);
  await tmux.call(withoutStatusLine(await readStatusLine(tmux)));
}

export interface Look {
  status: string;
  branch?: string;
  /** Seconds that its status has lasted. */
  age?: number;
  [option: string]: string | number | undefined;
}

/** A session tagged as agent `name`, with a program that sleeps. Returns its id. */
export async function fakeAgent(server: Server, name: string, { age = 0, branch = name, ...options }: Look): Promise<string> {
  const since = Math.floor(Date.now() / 1000) - age;
  const all = { id: name, branch, since, ...options };
  const set = Object.entries(all).flatMap(([option, value]) => [";", "set-option", "-t", `=${name}:`, "--", `@fleet_${option}`, String(value)]);
  return server.tmux("new-session", "-d", "-P", "-F", "#{session_id}", "-s", name, "-x", "120", "-y", "40", "exec sleep 100000", ...set);
}
