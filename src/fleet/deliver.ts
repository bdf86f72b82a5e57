// One prompt on its way into a program's input box and out of it, seen at each step: a program that has just started redraws
// all that it shows, and what was typed there before is gone without a word.
import { ProcessError, UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord, stripControl, truncate } from "../base/text";
import type { Kind, ScreenReading } from "../kinds/kind";
import type { Store } from "../ports/store";
import { NoServer, type Tmux } from "../ports/tmux/call";
import { paneAtOnce, pasteText, pressKeys, typeLines } from "../ports/tmux/panes";
import { forgetReturned, noteSent } from "../ports/tmux/report";
import { keepSent, lastSent, squeezed, typed } from "./draft";
import { echoOf } from "./echo";
import { requirePane } from "./select";

// A program reads a large paste and the Enter after it in one go, and swallows that Enter; it needs a moment between.
export const BEFORE_ENTER_MS = 250;
const DRAWN_MS = 8_000;
const REDRAWN_MS = 1_500;
/** So long it may be drawing for the first time. */
const NEW_SECONDS = 30;
const WRITTEN_MS = 4_000;
const STAYS_MS = 2_000;
const BEGINS_MS = 2_000;
/** Nothing of it to be seen for so long: it is lost, and may be sent once more. */
const LOST_MS = 3_000;
const TRIES = 3;

interface Ports {
  tmux: Tmux;
  store: Store;
}

/** What can be seen of an agent at one moment. */
export interface Look {
  /** Null where the screen can't be read. */
  reading: ScreenReading | null;
  draft: string | undefined;
  screen: readonly string[];
  /** Its status, since when, and what its reports say it is at. */
  told: readonly string[];
}

export interface Sent {
  before: Look;
  text: string;
  /** What the input box showed of it: "" when nothing, null for a kind whose screen is not read. */
  draft: string | null;
  /** The prompt before it had the same words. */
  repeats: boolean;
  /** The last screen on which it stood in the input box. */
  held: readonly string[];
}

/**
 * What became of it. `unseen`: it left the input box, and more can't be told. `lost`: its program is idle, and nothing of it is
 * to be seen. `unread`: it was not seen to be taken, and may have been, or may be yet.
 */
type Became = "taken" | "stays" | "unseen" | "lost" | "unread";

/** Keys were pressed, and the prompt may have arrived all the same: who sends it again could send it twice. */
export class MayHaveArrived extends UserError {}

/**
 * Write `text`, press Enter, and see that it was taken. What was lost, with nothing of it on the screen and an idle program, is
 * sent again. The caller has the agent's pane to itself. `check` throws where nothing may be typed, and is asked about each
 * look before a key. Throws UserError where nothing was typed, else MayHaveArrived.
 */
export async function deliver(ports: Ports, agent: Agent, kind: Kind, text: string, check: (now: Look) => Promise<void>): Promise<void> {
  const name = oneLine(agent.branch);
  const [attach, logs] = [`fleet attach ${shellWord(agent.branch)}`, `fleet logs ${shellWord(agent.branch)} --screen`];
  // Before it is kept as the last one itself.
  const repeats = squeezed(lastSent(ports.store, agent.record.id)) === squeezed(text);
  let isTyped = false;
  try {
    const drawn = await lookWhenReady(ports.tmux, agent, kind);
    if (kind.readScreen && drawn.reading === null) throw new UserError(`the screen of ${name} shows no input box that fleet can read, so nothing was typed`, { hint: attach });
    for (let left = TRIES; ; left--) {
      await check(left === TRIES ? drawn : await look(ports.tmux, agent, kind));
      isTyped = true;
      const became = await deliverOnce(ports, agent, kind, { text, repeats });
      if (became === "taken" || became === "unseen") {
        await tellSent(ports.tmux, agent, kind, text);
        if (kind.returnsPrompt) await forgetReturned(ports.tmux, requirePane(agent).pane);
        return;
      }
      if (became === "stays") throw new MayHaveArrived(`the prompt stands in the input box of ${name}, but was not taken`, { hint: attach });
      if (became === "unread" || left === 1) throw new MayHaveArrived(`${name} was not seen to take the prompt`, { hint: logs });
    }
  } catch (error) {
    if (error instanceof ProcessError || error instanceof NoServer) error = new UserError(`the session of ${name} ended while the prompt was on its way`, { hint: `fleet start ${shellWord(agent.branch)}` });
    if (!isTyped || !(error instanceof UserError) || error instanceof MayHaveArrived) throw error;
    throw new MayHaveArrived(error.message, { hint: error.hint, detail: error.detail });
  }
}

/** Of a program that is looked at also that it works: the next look would take the turn for a person's, or believe what a hook said of the last one. */
async function tellSent(tmux: Tmux, agent: Agent, kind: Kind, text: string): Promise<void> {
  const isLookedAt = kind.lookAgain !== undefined && !kind.titles && !kind.notes;
  const idleSince = isLookedAt && agent.status === "idle" && agent.since !== null ? agent.since : null;
  const sent = truncate(oneLine(text.slice(0, 1600)), 200);
  await noteSent(tmux, { pane: requirePane(agent).pane, agent: agent.record.id, at: Math.floor(Date.now() / 1000), sent, idleSince });
}

async function deliverOnce({ tmux, store }: Ports, agent: Agent, kind: Kind, { text, repeats }: Pick<Sent, "text" | "repeats">): Promise<Became> {
  const { pane } = requirePane(agent);
  const before = await look(tmux, agent, kind);
  if (kind.input === "lines") await typeLines(tmux, pane, text.split("\n"));
  else await pasteText(tmux, pane, text, `fleet-${agent.record.id}`);
  await Bun.sleep(BEFORE_ENTER_MS);
  const draft = await seeWritten(tmux, agent, kind);
  keepSent(store, agent.record.id, text);
  const sent: Sent = { before, text, draft, repeats, held: before.screen };
  for (let presses = 0; ; presses++) {
    await pressKeys(tmux, pane, ["Enter"]);
    const became = await seeTaken(tmux, agent, kind, sent);
    if (became !== "stays" || presses > 0) return became;
  }
}

/**
 * The text that the input box shows. A busy machine draws late; an Enter that comes before the text is in the box is lost, or
 * ends a line of it. Null for a kind whose screen is not read; "" where nothing came: a program that is starting may pass over it.
 */
async function seeWritten(tmux: Tmux, agent: Agent, kind: Kind): Promise<string | null> {
  for (const deadline = Date.now() + WRITTEN_MS; ; await Bun.sleep(60)) {
    const now = await look(tmux, agent, kind);
    if (kind.readScreen === undefined) return null;
    // An Enter would be an answer.
    if (now.reading?.ask) throw waitsFor(agent, now.reading.ask.text);
    if (now.draft !== undefined) return now.draft;
    if (Date.now() > deadline) return "";
  }
}

/** Wait until the input box is empty and the program has begun: whoever waits for its turn to be over must not find it idle still. */
async function seeTaken(tmux: Tmux, agent: Agent, kind: Kind, sent: Sent): Promise<Became> {
  const began = Date.now();
  // A command of the program's own may leave no trace of itself.
  const isCommand = /^(\/[\w:-]+(\s.*)?|!.*)$/.test(sent.text);
  const isTold = agent.status === "idle" && (kind.reports || kind.readScreen !== undefined);
  let emptySince: number | null = null;
  for (;; await Bun.sleep(40)) {
    const [now, at] = [await look(tmux, agent, kind), Date.now()];
    if (isTold && hasBegun(sent.before, now)) return "taken";
    // What else stands there a person has typed since.
    if (now.draft !== undefined && isOf(now.draft, sent)) [emptySince, sent.held] = [null, now.screen];
    else emptySince ??= at;
    if (emptySince === null) {
      if (at - began > STAYS_MS) return "stays";
      continue;
    }
    // It is being drawn: what stood in the box may still do so.
    if (now.reading === null && kind.readScreen && at - began < STAYS_MS) continue;
    const [echo, saysElse] = [echoOf(now.screen, { ...sent, before: sent.before.screen }), hasOtherWords(sent.before, now)];
    const isEchoed = echo === "new";
    if (!isTold) return sent.draft === "" && !isEchoed ? "unread" : "unseen";
    if (isEchoed && saysElse) return "taken";
    const isUnknowable = isCommand || now.reading === null;
    if (at - emptySince < (isUnknowable || isEchoed ? BEGINS_MS : LOST_MS)) continue;
    if (isEchoed) return "taken";
    if (sent.draft === "") return "unread";
    return isUnknowable ? "unseen" : echo === "none" && !saysElse ? "lost" : "unread";
  }
}

function hasBegun(before: Look, now: Look): boolean {
  // Words where none were before can be those of a conversation that is taken up.
  if (now.told.some((told, i) => told !== before.told[i] && before.told[i] !== "")) return true;
  if (now.reading === null || before.reading === null) return false;
  return now.reading.status !== before.reading.status && (now.reading.status === "working" || now.reading.status === "waiting");
}

/** Of a turn that was too short to be seen; or of one before it, of which a redraw shows more. */
function hasOtherWords(before: Look, now: Look): boolean {
  const [was, is] = [before.reading?.said, now.reading?.said];
  return was !== undefined && is !== undefined && is !== was;
}

/** All of what was sent, or the part of it that a low box shows. */
function isOf(draft: string, { text, draft: written }: Sent): boolean {
  return squeezed(draft) === squeezed(written ?? "") || squeezed(text).includes(squeezed(draft));
}

/**
 * Its title may say that it is ready before it has drawn its input box, and reads what goes there; and its hook that its turn is
 * over, before the screen does.
 */
async function lookWhenReady(tmux: Tmux, agent: Agent, kind: Kind): Promise<Look> {
  for (const began = Date.now(); ; await Bun.sleep(60)) {
    const now = await look(tmux, agent, kind);
    const atWork = now.reading?.status === "working" && !kind.queuesPrompts;
    const isNew = agent.since === null || began / 1000 - agent.since < NEW_SECONDS;
    const limit = atWork ? REDRAWN_MS : now.reading === null && kind.readScreen ? (isNew ? DRAWN_MS : REDRAWN_MS) : 0;
    if (Date.now() - began >= limit) return now;
  }
}

/** Throws UserError when its program has ended. */
async function look(tmux: Tmux, agent: Agent, kind: Kind): Promise<Look> {
  // Words that come from looks, and not from reports, can be those of an earlier turn that was only now seen.
  const { screen: coloured, title, told } = await paneAtOnce(tmux, requirePane(agent).pane, ["status", "since", ...(kind.tellsWords ? (["doing"] as const) : [])], { colours: true });
  if (told[0] === "exited") throw hasEnded(agent, null);
  const screen = coloured.map(stripControl);
  const reading = kind.readScreen?.(screen, title) ?? null;
  return { reading, draft: typed(reading, coloured, kind), screen, told };
}

/** Its dialog would take an Enter for an answer. */
export function waitsFor(agent: Agent, what: string): UserError {
  return new UserError(`${oneLine(agent.branch)} waits for an answer${what ? `: ${oneLine(what)}` : ""}`, { hint: `fleet answer ${shellWord(agent.branch)}` });
}

/** What it left in its pane is not typed into. */
export function hasEnded(agent: Agent, reason: string | null): UserError {
  return new UserError(`the program of ${oneLine(agent.branch)} has ended${reason ? ` (${reason})` : ""}`, { hint: `fleet start ${shellWord(agent.branch)}` });
}
