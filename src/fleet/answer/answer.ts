// Answering what an agent asks, with its program's own keys: only while the screen still asks what was read.
import { UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import type { Answer, Ask, Kind, ScreenReading } from "../../kinds/kind";
import { withLockIfFree } from "../../ports/lock";
import type { Tmux } from "../../ports/tmux/call";
import { paneAtOnce, pasteText, paneScreen, pressKeys, typeLines } from "../../ports/tmux/panes";
import { noteAnswered } from "../../ports/tmux/report";
import { askOf, isSameAsk } from "../ask";
import { cleanPrompt } from "../prompt-text";
import { markSeen } from "../seen";
import { requirePane } from "../select";
import { BEFORE_ENTER_MS } from "../deliver";
import { sendLock } from "../send";
import type { TokenPorts } from "../tokens/read";
import { askLines } from "./lines";
import { wholeAsk } from "./whole";

// Claude Code passes over keys in the first 200 ms of a dialog (2.1.330).
const SETTLE_MS = 500;
const BETWEEN_KEYS_MS = 250;
const TAKEN_MS = 6_000;
const MOVED_MS = 2_000;
const LOOK_MS = 80;
const DRAWN_MS = 1_000;
const GOES_ON_MS = 400;
const STOPS_MS = 1_000;

export interface AnswerPorts extends TokenPorts {
  tmux: Tmux;
}

/** The word of a command line as an answer to `ask`. Throws UserError for a choice that is not there, and for words to a menu. Pure. */
export function answerFrom(text: string, ask: Ask): Answer {
  const word = text.trim().toLowerCase();
  const freeText = ask.what === "question" && ask.choices.length === 0;
  if (!freeText) {
    if (word === "yes" || word === "y") return { is: "yes" };
    if (word === "always") return { is: "always" };
    if (word === "no" || word === "n") return { is: "no" };
    if (/^\d{1,2}$/.test(word)) {
      const n = Number(word);
      if (n >= 1 && n <= ask.choices.length) return { is: "choice", n };
      throw new UserError(ask.choices.length === 0 ? `it shows no numbered choices: ${word}` : `there are ${ask.choices.length} choices: ${word}`, { detail: askLines(ask).join("\n") });
    }
  }
  if (!text.trim()) throw new UserError("the answer is empty");
  if (ask.what !== "question") throw new UserError(`a ${ask.what} is answered with yes, always, no or a number, never with text: ${oneLine(text)}`, { detail: askLines(ask).join("\n") });
  // What stands in it must not end the paste.
  return { is: "text", text: cleanPrompt(text) };
}

/** What the agent asks, as its program reported it, with the choices that its screen adds. Throws UserError when it asks nothing that can be read. */
export async function readAsk({ tmux }: AnswerPorts, agent: Agent, kind: Kind): Promise<Ask> {
  const name = oneLine(agent.branch);
  if (agent.status !== "waiting") throw new UserError(`${name} asks nothing: it is ${agent.status}`, { hint: `fleet logs ${shellWord(agent.branch)} --screen` });
  const told = askOf(agent);
  // A report comes before its dialog is drawn, and without all the choices that stand there.
  const reading = await drawnAsk(tmux, agent, kind);
  if (reading && !reading.ask) throw new UserError(`${name} no longer asks that: it is ${reading.status}`, { hint: "fleet list" });
  const ask = told && reading?.ask && !isPartOf(told, reading.ask) ? atCursor(told, reading.ask) : (reading?.ask ?? told);
  if (!ask) throw new UserError(`what ${name} asks can't be read from its screen`, { hint: `fleet attach ${shellWord(agent.branch)}` });
  return ask;
}

/** The cursor and the text field, which the screen alone tells, for the question that was told, where that is the one on the screen. */
function atCursor(told: Ask, { selected, field, ...shown }: Ask): Ask {
  return isSameAsk(told, shown) ? { ...told, ...(selected === undefined ? {} : { selected }), ...(field === undefined ? {} : { field }) } : told;
}

/** The keys that give `answer`, in groups; for words those that lead to its text field. Throws UserError where the program has none for it. */
export function keysFor(agent: Agent, kind: Kind, ask: Ask, answer: Answer): readonly (readonly string[])[] {
  refuseWords(agent, ask);
  const keys = kind.answerKeys?.(ask, answer);
  if (!keys) throw new UserError(`${kind.title} has no keys for "${answer.is === "choice" ? answer.n : answer.is}" here`, { detail: askLines(ask).join("\n"), hint: `fleet attach ${shellWord(agent.branch)}` });
  return keys;
}

/** What was kept of it is cut; or a report knows only some of the choices, or none, and names a tool where the dialog shows its work. Any other difference is another question. */
function isPartOf(told: Ask, shown: Ask): boolean {
  const fewer = told.choices.length < shown.choices.length && told.choices.every((choice, i) => choice === shown.choices[i]);
  // An option has room for so much.
  if (told.cut && told.text.length < shown.text.length && isSameAsk(told, shown)) return true;
  return fewer && (/^([A-Z]\w+|mcp__\S+) /.test(told.text) || isSameAsk({ ...told, choices: shown.choices }, shown));
}

async function drawnAsk(tmux: Tmux, agent: Agent, kind: Kind): Promise<ScreenReading | null> {
  const deadline = Date.now() + DRAWN_MS;
  for (;;) {
    const reading = await readScreenOf(tmux, agent, kind);
    if (reading?.ask || Date.now() > deadline) return reading;
    await Bun.sleep(LOOK_MS);
  }
}

async function readScreenOf(tmux: Tmux, agent: Agent, kind: Kind): Promise<ScreenReading | null> {
  const { pane } = requirePane(agent);
  const { screen, title } = await paneScreen(tmux, pane, { colours: kind.coloured === true });
  return kind.readScreen?.(screen, title) ?? null;
}

/**
 * Press the keys that give `answer` to `ask`, and see that it took. Throws UserError without pressing anything when the screen
 * asks something else, can't be read, or has no keys for this answer; and when the question is still there seconds after. `shown` is the
 * question as the person saw it, with what its transcript adds: two of which screens show a part look alike.
 */
export async function giveAnswer(ports: AnswerPorts, agent: Agent, kind: Kind, ask: Ask, answer: Answer, shown: Ask = ask): Promise<void> {
  const { tmux, store, now } = ports;
  const name = oneLine(agent.branch);
  const { pane } = requirePane(agent);
  const attach = `fleet attach ${shellWord(agent.branch)}`;
  keysFor(agent, kind, ask, answer);
  // Whoever has the keys may be answering just that, and what comes after it nobody has seen.
  const given = await withLockIfFree(sendLock(store, agent.record.id), async () => {
    // The time of a status is in whole seconds.
    if (agent.since === null || now() - agent.since * 1000 < 1000 + SETTLE_MS) await Bun.sleep(SETTLE_MS);
    // The same words may be another question: whoever had the keys before has answered the one that was read.
    const { told } = await paneAtOnce(tmux, pane, ["status", "since"]);
    // A title may say for a moment that it works.
    const isKept = told[0] === "waiting" ? told[1] === String(agent.since ?? "") : kind.titles !== undefined;
    if (!isKept) throw new UserError(`${name} asks anew since that was read, so nothing was pressed`, { hint: `fleet answer ${shellWord(agent.branch)}` });
    // For a moment a program may have drawn half of it.
    const reading = await drawnAsk(tmux, agent, kind);
    if (!reading) throw new UserError(`the screen of ${name} can't be read, so nothing was pressed`, { hint: attach });
    if (!reading.ask) throw new UserError(`${name} no longer asks that: it is ${reading.status}`, { hint: "fleet list" });
    const isSame = isSameAsk(ask, reading.ask) && (shown === ask || (await wholeAsk(ports, agent, ask)).text === shown.text);
    if (!isSame) throw new UserError(`${name} asks something else now`, { detail: askLines(reading.ask).join("\n"), hint: `fleet answer ${shellWord(agent.branch)} …` });
    if (answer.is === "text" && reading.draft) throw new UserError(`text that was not sent stands in the input box of ${name}: ${oneLine(reading.draft)}`, { hint: attach });
    // Where the cursor stands, the screen alone tells.
    const keys = keysFor(agent, kind, reading.ask, answer);
    const goesByCursor = keys.flat().some((key) => key === "Enter" || key in STEPS);
    if (goesByCursor && reading.ask.selected === undefined) throw new UserError(`which choice is marked can't be read from the screen of ${name}, so nothing was pressed`, { hint: attach });
    await pressAnswer(tmux, agent, kind, { ask: reading.ask, groups: keys, answer });
    if (answer.is === "text") {
      // In a menu words would be keys; and a field may keep what a person wrote there, and show it only now.
      if (keys.length > 0) await fieldBecomes(tmux, agent, kind, "open");
      const text = answer.text.replace(/\n+$/, "");
      // A paste comes out of Claude Code's field with \r at its line ends (2.1.330).
      if (kind.input === "lines") await typeLines(tmux, pane, text.split("\n"));
      else await pasteText(tmux, pane, text, `fleet-${agent.record.id}`);
      await Bun.sleep(BEFORE_ENTER_MS);
      await pressKeys(tmux, pane, ["Enter"]);
    }
    const taken = await whenTaken(tmux, agent, kind, { shown: reading.ask, answer, since: told[1] ?? "" });
    if (taken === null) throw new UserError(`${name} still asks the same, ${TAKEN_MS / 1000} seconds after the answer`, { hint: attach });
    await tellTaken(tmux, agent, kind, { taken, at: now(), goesOn: !isRefusal(reading.ask, answer) });
    return true;
  });
  if (!given) throw new UserError(`another fleet command is typing into ${name}, maybe an answer to that, so nothing was pressed`, { hint: `fleet answer ${shellWord(agent.branch)} --dry-run` });
  await markSeen(tmux, [agent]);
}

/** Any key would go into what a person wrote, send it along, or throw it away. */
function refuseWords(agent: Agent, { field }: Ask): void {
  if (field) throw new UserError(`text that was not sent stands in the text field of what ${oneLine(agent.branch)} asks: ${oneLine(field)}`, { hint: `fleet attach ${shellWord(agent.branch)}` });
}

/** With which a program's own text field is left. */
const CLOSING = new Set(["Tab", "Escape"]);
const STEPS: Readonly<Record<string, number>> = { Down: 1, Right: 1, Up: -1, Left: -1 };

/** A busy program may pass over a key: no choice is taken before the cursor is seen to stand on it. */
async function pressAnswer(tmux: Tmux, agent: Agent, kind: Kind, { ask, groups, answer }: { ask: Ask; groups: readonly (readonly string[])[]; answer: Answer }): Promise<void> {
  const { pane } = requirePane(agent);
  let at = ask.selected;
  let isSeen = false;
  for (const [i, group] of groups.entries()) {
    if (i > 0 && !isSeen) await Bun.sleep(BETWEEN_KEYS_MS);
    await pressKeys(tmux, pane, group);
    const step = group.reduce((sum, key) => sum + (STEPS[key] ?? 0), 0);
    isSeen = false;
    if (i === 0 && groups.length > 1 && ask.field === "" && CLOSING.has(group.join())) await fieldBecomes(tmux, agent, kind, "closed");
    if (at === undefined || step === 0) continue;
    at += step;
    const seen = await cursorOf(tmux, agent, kind, at);
    isSeen = seen === at;
    // The choice that takes words may become an input box as soon as it is marked.
    if (!isSeen && !(answer.is === "text" && seen === null)) throw new UserError(`the cursor of ${oneLine(agent.branch)} did not follow the keys, so nothing was chosen`, { hint: `fleet attach ${shellWord(agent.branch)}` });
  }
}

/** Throws UserError where the text field does not open, is not empty, or does not close: the next key would be something else there. */
async function fieldBecomes(tmux: Tmux, agent: Agent, kind: Kind, wanted: "open" | "closed"): Promise<void> {
  for (const deadline = Date.now() + MOVED_MS; ; await Bun.sleep(LOOK_MS)) {
    const ask = (await readScreenOf(tmux, agent, kind))?.ask;
    if (ask) refuseWords(agent, ask);
    if (ask && (ask.field === undefined) === (wanted === "closed")) return;
    if (Date.now() > deadline) throw new UserError(`the text field of what ${oneLine(agent.branch)} asks was not seen to be ${wanted}, so nothing was answered`, { hint: `fleet attach ${shellWord(agent.branch)}` });
  }
}

/** Which choice is marked, once it is `wanted`, or after a while; null where none can be read. */
async function cursorOf(tmux: Tmux, agent: Agent, kind: Kind, wanted: number): Promise<number | null> {
  const deadline = Date.now() + MOVED_MS;
  for (;;) {
    const selected = (await readScreenOf(tmux, agent, kind))?.ask?.selected ?? null;
    if (selected === wanted || Date.now() > deadline) return selected;
    await Bun.sleep(LOOK_MS);
  }
}

/** What the screen says once the question is gone, or another one is there; null after a while. A screen that can't be read for a moment tells neither. */
async function whenTaken(tmux: Tmux, agent: Agent, kind: Kind, { shown, answer, since }: { shown: Ask; answer: Answer; since: string }): Promise<ScreenReading | null> {
  // Words, and digits too, may be typed into one of the choices, which makes it another one but not another question.
  const asked = (ask: Ask): Ask => (answer.is === "text" || ask.choices.length === shown.choices.length ? { ...ask, choices: [] } : ask);
  const deadline = Date.now() + TAKEN_MS;
  while (Date.now() < deadline) {
    await Bun.sleep(LOOK_MS);
    const { screen, title, told } = await paneAtOnce(tmux, requirePane(agent).pane, ["status", "since"], { colours: kind.coloured === true });
    const reading = kind.readScreen?.(screen, title) ?? null;
    // The same words may be the next question, of which it has told.
    const asksAnew = told[0] === "waiting" && told[1] !== since;
    if (reading && (!reading.ask || asksAnew || !isSameAsk(asked(shown), asked(reading.ask)))) return reading;
  }
  return null;
}

/** After which a turn may be over. */
function isRefusal(ask: Ask, answer: Answer): boolean {
  return answer.is === "no" || (answer.is === "choice" && /^(No|Reject|Cancel)\b/.test(ask.choices[answer.n - 1] ?? ""));
}

/**
 * Hooks tell of a denial never, and of an allowed tool at that tool's end: until then the last report would be believed. What was allowed
 * works, also while its screen looks idle, where a hook tells of a turn's end.
 */
async function tellTaken(tmux: Tmux, agent: Agent, kind: Kind, { taken, at, goesOn }: { taken: ScreenReading; at: number; goesOn: boolean }): Promise<void> {
  // Between its dialog and its next step a program may look idle; and at work for a moment still, where its turn is over.
  const [passing, ms] = goesOn ? ["idle", kind.titles ? 0 : GOES_ON_MS] : ["working", STOPS_MS];
  let last = taken;
  for (const deadline = Date.now() + ms; last.status === passing && Date.now() < deadline; await Bun.sleep(LOOK_MS)) last = (await readScreenOf(tmux, agent, kind)) ?? last;
  if (kind.titles || last.status === "waiting") return;
  const status = goesOn && kind.report && last.status === "idle" ? "working" : last.status;
  await noteAnswered(tmux, { pane: requirePane(agent).pane, agent: agent.record.id, at: Math.floor(at / 1000), status, reason: status === last.status ? (last.reason ?? "") : "", askedSince: String(agent.since ?? "") });
}
