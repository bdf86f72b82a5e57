// The agents popup: one picker that stays, a look at the agents beside it, and going to the one that was chosen.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../base/errors";
import { shellQuote } from "../../base/text";
import type { Store } from "../../ports/store";
import { terminalSize } from "../../ports/terminal";
import { findFzf, type Fzf, isTooOld, pick } from "../../ui/picker/fzf";
import { type AgentPorts, loadAgents } from "../agents";
import { boundKeys, previewLine, type Runner } from "./binds";
import { HEADER_LINES } from "./lines";
import { closeView, openView, setMessage, type View, writeRows } from "./view";

export interface PopupPorts extends AgentPorts {
  env: Record<string, string | undefined>;
  store: Store;
}

export interface Popup {
  /** The terminal to move; undefined where the popup finds it. */
  client: string | undefined;
  /** The pane that it was opened from. */
  pane: string | undefined;
  binary: string;
  /** Go to the agent; throws UserError. Returns the exit code. */
  goTo(id: string): Promise<number>;
}

/** null: there is no fzf that could show it. */
export async function openPopup(ports: PopupPorts, popup: Popup): Promise<number | null> {
  const { store, env } = ports;
  const [size, agents, fzf] = await Promise.all([
    terminalSize(env),
    loadAgents(ports),
    findFzf(env, popup.binary, join(store.home, "cache", "fzf.json")),
  ]);
  if (!fzf || isTooOld(fzf)) return null;
  const view = openView(store.home, process.pid, size ?? { columns: 80, rows: 24 });
  const end = () => closeView(view);
  process.on("exit", end);
  for (const name of ["SIGHUP", "SIGTERM"] as const) process.on(name, () => (end(), (process.exitCode = 0), process.kill(process.pid, "SIGKILL")));
  // Ctrl-C is the picker's.
  process.on("SIGINT", () => {});
  let input = writeRows(view, agents, store, ports.now() / 1000);
  const renewal = renew(ports, view);
  try {
    for (let at = 1; ; ) {
      const chosen = await show(fzf, { ...popup, view }, input, at, env);
      if (chosen === "closed") return 0;
      if (typeof chosen === "object") {
        // Left the filter: the letters again, and the cursor where it was.
        at = Math.max(1, lineOf(view, chosen.at));
      } else {
        try {
          return await popup.goTo(chosen);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          setMessage(view, `\u001b[31m✗\u001b[39m ${error.message}`);
          at = Math.max(1, lineOf(view, chosen));
        }
      }
      input = writeRows(view, await loadAgents(ports, { usage: true, git: true }), store, ports.now() / 1000);
    }
  } finally {
    renewal.end();
    end();
  }
}

function lineOf(view: View, id: string): number {
  return readOr(join(view.folder, "order")).split("\n").indexOf(id) + 1;
}

function readOr(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
}

/** An id; `closed`; or the agent on which the filter was left. */
async function show(fzf: Fzf, runner: Runner, input: string, at: number, env: PopupPorts["env"]): Promise<string | "closed" | { at: string }> {
  const { view } = runner;
  const file = (name: string) => shellQuote(join(view.folder, name));
  const list = `cat ${file("rows")}`;
  const { over } = pick(fzf, {
    prompt: "agents ",
    filterPrompt: "filter: ",
    headerLines: HEADER_LINES,
    preview: previewLine(runner),
    side: view.side,
    keys: boundKeys(runner),
    filter: { key: "/", command: `: >${file("filter")}` },
    leave: { keys: ["esc", "q"], command: `printf %s {1} >${file("at")}` },
    list,
    later: `sleep 1; ${list}`,
    at,
  }, input, env);
  const { chosen, failed } = await over;
  if (failed !== null) throw new UserError(`fzf ended with ${failed}: ${fzf.path}`, { hint: "fleet doctor" });
  const filtered = existsSync(join(view.folder, "filter"));
  rmSync(join(view.folder, "filter"), { force: true });
  if (chosen) return chosen.split("\t")[0]!;
  return filtered ? { at: readOr(join(view.folder, "at")) } : "closed";
}

/** How often the list is looked at anew: status each time, what costs more each third time. */
const LOOK_MS = 1000;

/** Look again and again, and write what changed; the picker reads it within a second. Ends with the popup. */
function renew(ports: PopupPorts, view: View): { end(): void } {
  let over = false;
  const loop = async () => {
    // The first list is there at once and without what takes long.
    for (let n = 0; !over; n++) {
      try {
        const agents = await loadAgents(ports, { usage: true, git: true });
        if (!over) writeRows(view, agents, ports.store, ports.now() / 1000);
      } catch {
        // tmux did not answer: the list stays as it is.
      }
      await Bun.sleep(n === 0 ? LOOK_MS / 2 : 2 * LOOK_MS);
    }
  };
  void Bun.sleep(50).then(loop);
  return { end: () => void (over = true) };
}
