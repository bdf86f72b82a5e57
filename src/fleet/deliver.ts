// One prompt on its way into a program's input box and out of it, seen at each step: a program that has just started redraws
// all that it shows, and what was typed there before is gone without a word.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord, stripControl } from "../base/text";
import type { Kind, ScreenReading } from "../kinds/kind";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { paneScreen, pasteText, pressKeys, typeLines } from "../ports/tmux/panes";
import { forgetReturned } from "../ports/tmux/report";
import { statusesOf } from "../ports/tmux/wait";
import { keepSent, squeezed, typed } from "./draft";
import { requirePane } from "./select";

// A program reads a large paste and the Enter after it in one go, and swallows that Enter; it needs a moment between.
export const BEFORE_ENTER_MS = 250;
const DRAWN_MS = 5_000;
const WRITTEN_MS = 4_000;
const STAYS_MS = 2_000;
const BEGINS_MS = 2_000;
/** Nothing of it to be seen for so long: it is lost, and may be sent once more. */
const LOST_MS = 3_000;
const TRIES = 3;
/** Of a line so much is looked for, as squeezed. */
const ENOUGH_CHARACTERS = 40;

interface Ports {
  tmux: Tmux;
  store: Store;
}

/** What can be seen of an agent between two steps. */
interface Look {
  /** Null where the screen can't be read. */
  reading: ScreenReading | null;
  draft: string | undefined;
  /** All rows, squeezed. */
  shown: string;
  /** Its status, since when, and what it is at, as told. */
  told: string | null;
}

interface Sent {
  before: Look;
  text: string;
  /** What the input box showed of it: "" when nothing, null where that can't be read. */
  draft: string | null;
}

/**
 * What became of it. `unseen`: it left the input box, and more can't be told. `lost`: its program is idle, and nothing of it is
 * to be seen. `unread`: the same, of a program that may be yet to read it.
 */
type Became = "taken" | "stays" | "unseen" | "lost" | "unread";

/**
 * Write `text`, press Enter, and see that it was taken. What was lost, with nothing of it on the screen and an idle program, is
 * sent again. Throws UserError where it can't be seen to arrive. The caller has the agent's pane to itself; `ready` throws where
 * nothing may be typed there, and is asked before each try.
 */
export async function deliver(ports: Ports, agent: Agent, kind: Kind, text: string, ready: () => Promise<void>): Promise<void> {
  const name = oneLine(agent.branch);
  await untilDrawn(ports.tmux, agent, kind);
  for (let left = TRIES; ; left--) {
    await ready();
    const became = await deliverOnce(ports, agent, kind, text);
    if (became === "taken" || became === "unseen") return;
    if (became === "stays") throw new UserError(`the prompt stands in the input box of ${name}, but was not taken`, { hint: `fleet attach ${shellWord(agent.branch)}` });
    if (became === "unread" || left === 1) throw new UserError(`${name} was not seen to take the prompt`, { hint: `fleet logs ${shellWord(agent.branch)} --screen` });
  }
}

async function deliverOnce({ tmux, store }: Ports, agent: Agent, kind: Kind, text: string): Promise<Became> {
  const { pane } = requirePane(agent);
  const before = await look(tmux, agent, kind);
  if (kind.input === "lines") await typeLines(tmux, pane, text.split("\n"));
  else await pasteText(tmux, pane, text, `fleet-${agent.record.id}`);
  await Bun.sleep(BEFORE_ENTER_MS);
  const draft = await seeWritten(tmux, agent, kind);
  keepSent(store, agent.record.id, text);
  for (let presses = 0; ; presses++) {
    await pressKeys(tmux, pane, ["Enter"]);
    if (kind.returnsPrompt) await forgetReturned(tmux, pane);
    const became = await seeTaken(tmux, agent, kind, { before, text, draft });
    if (became !== "stays" || presses > 0) return became;
  }
}

/**
 * The text that the input box shows. A busy machine draws late; an Enter that comes before the text is in the box is lost, or
 * ends a line of it. Null where the screen does not tell; "" where nothing came: a program that is starting may pass over it.
 */
async function seeWritten(tmux: Tmux, agent: Agent, kind: Kind): Promise<string | null> {
  if ((await look(tmux, agent, kind)).reading === null) return null;
  for (const deadline = Date.now() + WRITTEN_MS; Date.now() < deadline; await Bun.sleep(60)) {
    const { draft } = await look(tmux, agent, kind);
    if (draft !== undefined) return draft;
  }
  return "";
}

/** Wait until the input box is empty and the program has begun: whoever waits for its turn to be over must not find it idle still. */
async function seeTaken(tmux: Tmux, agent: Agent, kind: Kind, sent: Sent): Promise<Became> {
  const began = Date.now();
  // A command of the program's own may leave no trace of itself.
  const isCommand = /^[/!#]/.test(sent.text);
  const isTold = agent.status === "idle" && (kind.reports || kind.readScreen !== undefined);
  let emptySince: number | null = null;
  for (;; await Bun.sleep(40)) {
    const [now, at] = [await look(tmux, agent, kind), Date.now()];
    if (now.draft !== undefined) emptySince = null;
    else emptySince ??= at;
    if (emptySince === null) {
      if (at - began > STAYS_MS) return "stays";
      continue;
    }
    if (isTold && hasBegun(sent.before, now)) return "taken";
    // It is being drawn: what stood in the box may still do so.
    if (now.reading === null && sent.draft !== null && at - began < STAYS_MS) continue;
    if (!isTold) return "unseen";
    const isUnknowable = isCommand || now.reading === null || sent.draft === null;
    const echoed = isEchoed(now, sent);
    if (at - emptySince < (isUnknowable || echoed ? BEGINS_MS : LOST_MS)) continue;
    if (isUnknowable) return sent.draft === "" ? "unread" : "unseen";
    // What nobody has drawn may wait to be read, unless all was drawn anew since.
    return echoed ? "taken" : sent.draft === "" && now.shown === sent.before.shown ? "unread" : "lost";
  }
}

function hasBegun(before: Look, now: Look): boolean {
  if (now.told !== before.told) return true;
  if (now.reading === null || before.reading === null) return false;
  // Words where none were before can be those of a conversation that is taken up.
  return now.reading.status === "working" || now.reading.status === "waiting" || (before.reading.said !== undefined && now.reading.said !== undefined && now.reading.said !== before.reading.said);
}

/** What was sent stands on the screen once more than before: its first line, its last one, or what the input box made of it. */
function isEchoed(now: Look, { before, text, draft }: Sent): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const wanted = [lines[0] ?? "", lines.at(-1) ?? "", (draft ?? "").split("\n")[0]!].map((line) => squeezed(line).slice(0, ENOUGH_CHARACTERS));
  const count = (shown: string, words: string) => shown.split(words).length;
  return wanted.some((words) => words !== "" && count(now.shown, words) > count(before.shown, words));
}

/** Its title may say that it is ready before it has drawn its input box, and reads what goes there. */
async function untilDrawn(tmux: Tmux, agent: Agent, kind: Kind): Promise<void> {
  if (kind.readScreen === undefined) return;
  for (const deadline = Date.now() + DRAWN_MS; (await look(tmux, agent, kind)).reading === null && Date.now() < deadline; ) await Bun.sleep(60);
}

async function look(tmux: Tmux, agent: Agent, kind: Kind): Promise<Look> {
  const { pane, session } = requirePane(agent);
  // Words that come from looks, and not from its reports, can be those of an earlier turn that was only now seen.
  const [told, { screen: coloured, title }] = await Promise.all([statusesOf(tmux, [session], { words: kind.report !== undefined }), paneScreen(tmux, pane, { colours: true })]);
  const screen = coloured.map(stripControl);
  const reading = kind.readScreen?.(screen, title) ?? null;
  return { reading, draft: typed(reading, coloured, kind), shown: squeezed(screen.join("")), told };
}
