// The agents popup: one picker that stays, a look at the agents beside it, and going to the one that was chosen.
import { join } from "node:path";
import { UserError } from "../../base/errors";
import { oneLine, shellQuote } from "../../base/text";
import type { Store } from "../../ports/store";
import { terminalSize } from "../../ports/terminal";
import type { FleetPane } from "../../ports/tmux/sessions";
import { findFzf, type Fzf, isTooOld, pick, type Picking } from "../../ui/picker/fzf";
import { type AgentPorts, loadAgents } from "../agents";
import { boundKeys, previewLine, type Runner } from "./binds";
import { lookClosely, lookQuickly } from "./figures";
import { HEADER_LINES } from "./lines";
import { closeView, keepRows, makeView, messageTime, rowsOf, setMessage, takeNote, type View, viewOf } from "./view";

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
}

/** What was asked while the rest was loaded. */
export interface Asked {
  size: ReturnType<typeof terminalSize>;
  panes: Promise<FleetPane[] | null>;
}

/** Returns the exit code; null: there is no fzf that could show it. */
export async function openPopup(ports: PopupPorts, popup: Popup, asked?: Asked): Promise<number | null> {
  const { store, env } = ports;
  const [size, agents, fzf] = await Promise.all([
    asked?.size ?? terminalSize(env),
    loadAgents(ports, { asMade: true, ...(asked ? { panes: asked.panes } : {}) }),
    findFzf(env, popup.binary, join(store.home, "cache", "fzf.json")),
  ]);
  if (!fzf || isTooOld(fzf)) return null;
  const view = viewOf(store.home, process.pid, popup.client, size ?? { columns: 80, rows: 24 });
  const runner = { ...popup, view };
  const end = () => closeView(view);
  process.on("exit", end);
  for (const name of ["SIGHUP", "SIGTERM"] as const) process.on(name, () => (end(), process.kill(process.pid, "SIGKILL")));
  // Ctrl-C is the picker's.
  process.on("SIGINT", () => {});
  const first = rowsOf(view, agents, store, ports.now() / 1000);
  let picking = show(fzf, runner, first.text, 1, env);
  // While fzf starts: nobody asks for a file before the list is there.
  makeView(view);
  keepRows(view, first);
  const renewal = renew(ports, view);
  try {
    for (;;) {
      const chosen = await outcome(fzf, view, picking);
      if (chosen.is === "closed") return 0;
      if (chosen.is === "agent") {
        const refused = await goToAgent(ports, chosen.id, popup.client);
        if (refused === null) return 0;
        setMessage(view, `\u001b[31m✗ ${oneLine(refused)}\u001b[39m`);
      }
      // Left the filter, or could not go there: the letters again, and the cursor where it was.
      const again = rowsOf(view, await lookQuickly(ports, view), store, ports.now() / 1000);
      keepRows(view, again);
      picking = show(fzf, runner, again.text, Math.max(1, again.order.indexOf(chosen.id) + 1), env);
    }
  } finally {
    renewal.end();
    end();
  }
}

/** Why it could not be gone to; null when the terminal shows it. */
async function goToAgent(ports: PopupPorts, id: string, client: string | undefined): Promise<string | null> {
  const { goTo } = await import("../attach");
  const agent = (await loadAgents(ports)).find((one) => one.record.id === id);
  if (!agent) return "that agent is gone";
  try {
    await goTo(ports.tmux, ports.env, agent, client);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.message}${agent.session === null ? ": r starts it" : ""}`;
  }
}

function show(fzf: Fzf, runner: Runner, input: string, at: number, env: PopupPorts["env"]): Picking {
  const { view } = runner;
  const file = (name: string) => shellQuote(join(view.folder, name));
  const list = `cat ${file("rows")}`;
  return pick(fzf, {
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
}

type Outcome = { is: "agent" | "filter left"; id: string } | { is: "closed" };

async function outcome(fzf: Fzf, view: View, picking: Picking): Promise<Outcome> {
  const { chosen, failed } = await picking.over;
  if (failed !== null) throw new UserError(`fzf ended with ${failed}: ${fzf.path}`, { hint: "fleet doctor" });
  const filtered = takeNote(view, "filter") !== null;
  if (chosen) return { is: "agent", id: chosen.split("\t")[0]! };
  return filtered ? { is: "filter left", id: takeNote(view, "at") ?? "" } : { is: "closed" };
}

/** Status is looked at each second, what costs more each third time. */
const LOOK_MS = 1000;
const CLOSELY = 3;

/** Look again and again, and write what there is; the picker reads it within a second. Ends with the popup. */
function renew(ports: PopupPorts, view: View): { end(): void } {
  let over = false;
  const loop = async () => {
    for (let n = 0; !over; n++) {
      try {
        const before = messageTime(view);
        const agents = n % CLOSELY === 0 ? await lookClosely(ports, view) : await lookQuickly(ports, view);
        // An action that ended meanwhile has written newer ones.
        if (!over && messageTime(view) === before) keepRows(view, rowsOf(view, agents, ports.store, ports.now() / 1000));
      } catch {
        // tmux did not answer: the list stays as it is.
      }
      await Bun.sleep(LOOK_MS);
    }
  };
  // The first list is there at once, without what takes long.
  void Bun.sleep(150).then(loop);
  return { end: () => void (over = true) };
}
