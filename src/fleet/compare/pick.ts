// A comparison at a terminal: one picker over the attempts, their diffs beside them, renewed while git and checks go on.
import { mkdirSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../base/errors";
import type { Agent, Attempt } from "../../base/model";
import { shellQuote } from "../../base/text";
import { terminalSize } from "../../ports/terminal";
import { findFzf, type Fzf, isTooOld, type Picking } from "../../ui/picker/fzf";
import type { AgentPorts } from "../agents";
import { batches } from "../batch/record";
import { siblingsOf } from "../keep";
import { attemptKeys, attemptPreview } from "../popup/binds";
import { lookClosely, lookQuickly } from "../popup/figures";
import { goToAgent, outcomeOf, showRows } from "../popup/picking";
import { attemptView, closeView, forgetOrder, keepRows, makeView, message, messageTime, setMessage, setRefusal, takeNote, type View, viewOf } from "../popup/view";
import { attemptRows, type Compared, keepCompared } from "./rows";

type Environment = Record<string, string | undefined>;

export interface ComparePorts extends AgentPorts {
  env: Environment;
}

export interface Opened {
  client: string | undefined;
  pane: string | undefined;
  binary: string;
  /** The popup that it stands over; undefined: the terminal is its own. */
  over?: View;
}

/** The attempts of an agent's batch. Throws UserError where it is of none, or alone. */
export function comparedOf(agent: Agent, agents: readonly Agent[], store: AgentPorts["store"]): Compared {
  const ids = [agent, ...siblingsOf(agent, agents)].map(({ record }) => record.id);
  const { batch } = agent.record;
  return { ids, label: batches(store).find(({ id }) => id === batch)?.label ?? batch! };
}

/** An fzf that can show it. Throws UserError without one. */
export async function pickerFor({ store, env }: ComparePorts, binary: string): Promise<Fzf> {
  const fzf = await findFzf(env, binary, join(store.home, "cache", "fzf.json"));
  if (fzf && !isTooOld(fzf)) return fzf;
  throw new UserError("a comparison to choose from needs fzf 0.29 or newer", { hint: "fleet compare shows the same as a table" });
}

/**
 * Until the person leaves it, or goes to an agent: then "gone". Else what the last action said, which stood on top of it. git has a moment
 * before the first rows are there; what takes longer fills in.
 */
export async function pickAttempt(ports: ComparePorts, fzf: Fzf, compared: Compared, opened: Opened): Promise<{ gone: boolean; said: string }> {
  const { store, env } = ports;
  const above = opened.over ?? viewOf(store.home, process.pid, opened.client, (await terminalSize(env)) ?? { columns: 80, rows: 24 });
  const view = attemptView(above);
  const end = () => {
    closeView(view);
    if (opened.over === undefined) removeEmpty(above.folder);
  };
  mkdirSync(dirname(view.folder), { recursive: true, mode: 0o700 });
  makeView(view);
  process.on("exit", end);
  // A popup above it has seen to signals.
  if (opened.over === undefined) {
    // Ctrl-C is the picker's.
    process.on("SIGINT", () => {});
    for (const name of ["SIGHUP", "SIGTERM"] as const) process.on(name, () => (end(), process.kill(process.pid, "SIGKILL")));
  }
  keepCompared(view, compared);
  const rows = (agents: readonly Agent[]) => attemptRows(view, compared, agents, store, ports.now() / 1000);
  const runner = { ...opened, view };
  const shown = { prompt: "compare ", preview: attemptPreview(runner), follow: false, keys: attemptKeys(runner), wait: waitForRows(view) };
  const first = rows(await lookClosely(ports, view, FIRST_MS));
  keepRows(view, first);
  let picking = showRows(fzf, view, shown, first.text, 1, env);
  const renewal = renew(ports, view, rows, { picking: () => picking, first: first.attempts });
  try {
    for (;;) {
      const chosen = await outcomeOf(fzf, view, picking);
      if (chosen.is === "closed") return { gone: false, said: message(view) };
      if (chosen.is === "agent") {
        const refused = await goToAgent(ports, chosen.id, opened.client);
        if (refused === null) return { gone: true, said: "" };
        setRefusal(view, refused);
      }
      const again = rows(await lookQuickly(ports, view));
      keepRows(view, again);
      picking = showRows(fzf, view, shown, again.text, Math.max(1, again.order.indexOf(chosen.id) + 1), env);
    }
  } finally {
    renewal.end();
    end();
    process.off("exit", end);
  }
}

/** What git may take before the first rows. */
const FIRST_MS = 300;

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Gone, or not empty.
  }
}

/** Rows that are the same are not read again: a diff that is read stays where it was scrolled to. */
function waitForRows(view: View): string {
  const [rows, read] = ["rows", "read"].map((name) => shellQuote(join(view.folder, name)));
  // Without cmp they are read each second, and no faster.
  return `sleep 1; while cmp -s ${rows} ${read}; do sleep 1; done; cp ${rows} ${read}`;
}

/** What was run in each, as one text to compare: another run has another time and log. */
function resultsOf(attempts: readonly Attempt[]): string {
  return JSON.stringify(attempts.map(({ agent, result }) => [agent.record.id, result]).sort());
}

/** A look each second, at git each third time: only at what it has measured, or can at once. */
const LOOK_MS = 1000;
const CLOSELY = 3;

function renew(ports: ComparePorts, view: View, rows: (agents: readonly Agent[]) => ReturnType<typeof attemptRows>, open: { picking(): Picking; first: readonly Attempt[] }): { end(): void } {
  let over = false;
  let [text, ran, sorted, count] = ["", false, resultsOf(open.first), open.first.length];
  const look = async (n: number) => {
    const before = messageTime(view);
    const agents = n % CLOSELY === 0 ? await lookClosely(ports, view) : await lookQuickly(ports, view);
    let now = rows(agents);
    const runs = now.attempts.some(({ checking }) => checking !== null);
    const results = resultsOf(now.attempts);
    // All that was run is through, or it was cut off: now the best comes first.
    if (!runs && results !== sorted && (ran || now.attempts.every(({ result }) => result !== null))) {
      sorted = results;
      forgetOrder(view);
      // What ended an attempt has said so.
      if (now.attempts.length === count) setMessage(view, "");
      now = rows(agents);
    } else if (messageTime(view) !== before) return;
    [ran, count] = [runs, now.attempts.length];
    if (over || now.text === text) return;
    text = now.text;
    keepRows(view, now);
  };
  const loop = async () => {
    for (let n = 0; !over; n++) {
      // tmux did not answer: the rows stay as they are.
      await look(n).catch(() => {});
      for (let waited = 0; waited < LOOK_MS && !over; waited += 100) {
        if (takeNote(view, "over") !== null) open.picking().close();
        await Bun.sleep(100);
      }
    }
  };
  void loop();
  return { end: () => void (over = true) };
}
