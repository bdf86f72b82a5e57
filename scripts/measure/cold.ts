// Commands that only start: --version, --help, and one event of an agent's hook.
import type { Unit } from "./rounds";
import type { Stand } from "./stand";
import { time, type Words } from "./time";

/** Units for what a command costs before it does anything. */
export function coldUnits(stand: Stand, fleet: string, hello: string): Unit[] {
  const place = { cwd: stand.env["HOME"]!, env: stand.env };
  const one = (name: string, argv: Words): Unit => (note) => note(name, time(argv, place));
  return [
    one("hello", [hello]),
    one("--version", [fleet, "--version"]),
    one("--help", [fleet, "--help"]),
    one("create --help", [fleet, "create", "--help"]),
    hookUnit(stand, fleet),
  ];
}

/** A report that changes the status each time, so that every one is written. */
function hookUnit(stand: Stand, fleet: string): Unit {
  stand.tmux("new-session", "-d", "-s", "hooked", "exec sleep 100000");
  const [pane, tmux] = stand.tmux("display-message", "-p", "-t", "hooked", "#{pane_id}\t#{socket_path},#{pid},0").split("\t") as [string, string];
  stand.tmux("set-option", "-t", "hooked", "@fleet_id", "hooked", ";", "set-option", "-t", "hooked", "@fleet_pane", pane);
  const place = { cwd: stand.env["HOME"]!, env: { ...stand.env, TMUX: tmux, TMUX_PANE: pane, FLEET_ID: "hooked", FLEET_KIND: "demo" } };
  let n = 0;
  return (note) => {
    const event = n++ % 2 ? "working" : "waiting";
    note("hook", time([fleet, "hook", event, "demo"], place, { stdin: JSON.stringify({ reason: "permission", message: "May I?", step: "two" }) }));
    const status = stand.tmux("show-options", "-v", "-t", "hooked", "@fleet_status");
    if (status !== event) throw new Error(`the hook's report did not arrive: ${status} instead of ${event}`);
  };
}
