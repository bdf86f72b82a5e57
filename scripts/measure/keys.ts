// The plugin beside a shell that calls tmux once, and prefix N beside one tmux call: from the key press to the other agent's screen.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { attach } from "./client";
import type { Unit } from "./rounds";
import type { Stand } from "./stand";
import { time } from "./time";

/** The series, as the bars name them. */
export const NAMES = { plugin: "fleet.tmux", shell: "sh and one tmux call", next: "prefix N: key to agent", call: "one tmux call" };

const WORDS = ["the first one waits", "ANOTHER AGENT ASKS"];
const PREFIX = "\u0002";

/** Two of the agents wait, so that prefix N goes from one to the other and back. */
export async function keyUnits(stand: Stand, fleet: string): Promise<{ units: Unit[]; close(): void }> {
  const plugin = join(import.meta.dir, "..", "..", "fleet.tmux");
  const place = { cwd: stand.env["HOME"]!, env: stand.env };
  stand.tmux("set-option", "-g", "@fleet-bin", fleet, ";", "set-option", "-s", "escape-time", "0");
  const agents = stand.tmux("list-sessions", "-f", "#{@fleet_id}", "-F", "#{session_id} #{pane_tty}").split("\n").slice(0, 2).map((line) => line.split(" "));
  for (const [i, [session = "", tty = ""]] of agents.entries()) {
    stand.tmux("set-option", "-t", session, "@fleet_status", "waiting", ";", "set-option", "-t", session, "@fleet_reason", "permission", ";", "set-option", "-t", session, "@fleet_since", String(1_700_000_000 + i));
    writeFileSync(tty, `${WORDS[i]}\r\n`);
  }
  // The first time it asks fleet, and keeps what it said; so does the second, because its own keys are bound then.
  for (let i = 0; i < 3; i++) time([plugin], place);
  const client = await attach(stand);
  await client.ms(`${PREFIX}N`, WORDS[0]!);
  let at = 0;
  const units: Unit[] = [
    (note) => note(NAMES.shell, time(["sh", "-c", "tmux display-message -p x; :"], place)),
    (note) => note(NAMES.plugin, time([plugin], place)),
    (note) => note(NAMES.call, time(["tmux", "display-message", "-p", "x"], place)),
    async (note) => {
      at = 1 - at;
      note(NAMES.next, { wall: await client.ms(`${PREFIX}N`, WORDS[at]!), cpu: 0 });
    },
  ];
  return { units, close: client.close };
}
