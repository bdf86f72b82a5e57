// The agents popup: one picker that stays, a look at the agents beside it, and going to the one that was chosen.
import { join } from "node:path";
import { UserError } from "../../base/errors";
import type { Store } from "../../ports/store";
import { terminalSize } from "../../ports/terminal";
import type { FleetPane } from "../../ports/tmux/sessions";
import { findFzf, type Fzf, isTooOld, type Picking } from "../../ui/picker/fzf";
import { type AgentPorts, loadAgents } from "../agents";
import { boundKeys, previewLine } from "./binds";
import { lookClosely, lookQuickly } from "./figures";
import { goToAgent, outcomeOf, type Shown, showRows } from "./picking";
import { closeView, keepRows, makeView, messageTime, rowsOf, setMessage, setRefusal, takeNote, type View, viewOf } from "./view";

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
  const shown: Shown = { prompt: "agents ", preview: previewLine(runner), follow: true, keys: boundKeys(runner), wait: "sleep 1" };
  const first = rowsOf(view, agents, store, ports.now() / 1000);
  let picking = showRows(fzf, view, shown, first.text, 1, env);
  // While fzf starts: nobody asks for a file before the list is there.
  makeView(view);
  keepRows(view, first);
  let renewal = renew(ports, view, () => picking);
  try {
    for (;;) {
      const chosen = await outcomeOf(fzf, view, picking);
      if (chosen.is === "closed") return 0;
      if (chosen.is === "agent") {
        const refused = await goToAgent(ports, chosen.id, popup.client, "r");
        if (refused === null) return 0;
        setRefusal(view, refused);
      }
      if (chosen.is === "compare") {
        renewal.end();
        if (await compare(ports, fzf, view, popup, chosen.id)) return 0;
        renewal = renew(ports, view, () => picking);
      }
      // Left the filter or a comparison, or could not go there: the letters again, and the cursor where it was.
      const again = rowsOf(view, await lookQuickly(ports, view), store, ports.now() / 1000);
      keepRows(view, again);
      picking = showRows(fzf, view, shown, again.text, Math.max(1, again.order.indexOf(chosen.id) + 1), env);
    }
  } finally {
    renewal.end();
    end();
  }
}

/** The comparison of an agent's batch, in place of the list; true when the person went to an agent. What was said there stands on the list then. */
async function compare(ports: PopupPorts, fzf: Fzf, view: View, popup: Popup, id: string): Promise<boolean> {
  const { comparedOf, pickAttempt } = await import("../compare/pick");
  try {
    const agents = await loadAgents(ports);
    const agent = agents.find(({ record }) => record.id === id);
    if (!agent) throw new UserError(id === "" ? "no agent there" : "that agent is gone");
    const { gone, said } = await pickAttempt(ports, fzf, comparedOf(agent, agents, ports.store), { ...popup, over: view });
    setMessage(view, said);
    return gone;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    setRefusal(view, error.message);
    return false;
  }
}

/** Status is looked at each second, what costs more each third time. */
const LOOK_MS = 1000;
const CLOSELY = 3;

/** Look again and again, and write what there is; the picker reads it within a second. Ends with the popup. */
function renew(ports: PopupPorts, view: View, picking: () => Picking): { end(): void } {
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
      for (let waited = 0; waited < LOOK_MS && !over; waited += 100) {
        if (takeNote(view, "over") !== null) picking().close();
        await Bun.sleep(100);
      }
    }
  };
  // The first list is there at once, without what takes long.
  void Bun.sleep(150).then(loop);
  return { end: () => void (over = true) };
}
