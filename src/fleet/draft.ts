// What stands in an agent's input box before a prompt goes there: a prompt that was interrupted and came back is cleared,
// words of a person are kept.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord, stripControl, truncate } from "../base/text";
import type { Kind, ScreenReading } from "../kinds/kind";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { captureColoured, pressKeys } from "../ports/tmux/panes";
import { agentDirectory } from "./launch";

const READ_AGAIN_MS = 120;
const TRIES = 6;
const RETURNS_MS = 700;

interface Ports {
  tmux: Tmux;
  store: Store;
}

/** Remember the prompt that is about to be sent, by which it is known when it comes back. Private, as all prompts are. */
export function keepSent(store: Store, id: string, text: string): void {
  try {
    writeFileSync(`${agentDirectory(store, id)}/sent`, text, { mode: 0o600 });
  } catch {
    // Without it a prompt that comes back counts as a person's words.
  }
}

/** Remember what is typed, until `doneTyping`: of a fleet that is ended before, it tells that the text in the box is no person's. */
export function keepTyping(store: Store, id: string, text: string): void {
  try {
    writeFileSync(typingFile(store, id), text, { mode: 0o600 });
  } catch {
    // Without it the text counts as a person's words.
  }
}

export function doneTyping(store: Store, id: string): void {
  rmSync(typingFile(store, id), { force: true });
}

/** `draft` is, whole, what a fleet typed that was ended before its Enter. Only while nobody has the agent's send lock, or who asks has it. */
export function isTyped(store: Store, id: string, draft: string): boolean {
  try {
    return squeezed(readFileSync(typingFile(store, id), "utf8")) === squeezed(draft);
  } catch {
    return false;
  }
}

function typingFile(store: Store, id: string): string {
  return `${agentDirectory(store, id)}/typing`;
}

/** The last prompt that fleet has sent, or started the program with; "" when there was none. */
export function lastSent(store: Store, id: string): string {
  for (const name of ["sent", "prompt"]) {
    try {
      return readFileSync(`${agentDirectory(store, id)}/${name}`, "utf8");
    } catch {
      // Not written.
    }
  }
  return "";
}

/** `draft` is the prompt of the turn that was interrupted: as its program reports it (`doing`), or as it was sent. Pure. */
export function isReturned(draft: string, doing: string, sent: string): boolean {
  return isSameText(draft, doing) || squeezed(draft) === squeezed(sent);
}

/** Leave the input box empty. Throws UserError where a person's words stand in it, or a prompt that no key takes away, or it does not get empty. */
export async function clearInput({ tmux, store }: Ports, agent: Agent, pane: string, kind: Kind): Promise<void> {
  for (let left = TRIES; ; left--) {
    const draft = await draftIn(tmux, pane, kind);
    if (draft === undefined) return;
    const isOwn = isTyped(store, agent.record.id, draft);
    if (left === 0 || !kind.returnsPrompt || !(isOwn || isReturned(draft, agent.doing, lastSent(store, agent.record.id)))) {
      const what = isOwn ? "a prompt that was cut off before it was sent" : "text that was not sent";
      throw new UserError(`${what} stands in the input box of ${oneLine(agent.branch)}: ${truncate(oneLine(draft), 60)}`, { hint: `fleet attach ${shellWord(agent.branch)}` });
    }
    // Each takes a line's text, and then the line.
    await pressKeys(tmux, pane, Array.from({ length: 2 * draft.split("\n").length }, () => "C-u"));
    await Bun.sleep(READ_AGAIN_MS);
  }
}

/** After an interrupt: the prompt comes back into the box a moment later, and would stand in front of the next one. true: it did. */
export async function clearReturned(ports: Ports, agent: Agent, pane: string, kind: Kind): Promise<boolean> {
  const sent = lastSent(ports.store, agent.record.id);
  for (const deadline = Date.now() + RETURNS_MS; Date.now() < deadline; await Bun.sleep(40)) {
    const draft = await draftIn(ports.tmux, pane, kind);
    if (draft === undefined) continue;
    // Words of a person's own stay.
    if (!isReturned(draft, agent.doing, sent)) return false;
    await clearInput(ports, agent, pane, kind);
    return true;
  }
  return false;
}

/** What is typed there; undefined for an empty box, for a suggestion, and where the screen can't be read. */
export async function draftIn(tmux: Tmux, pane: string, kind: Kind): Promise<string | undefined> {
  if (!kind.readScreen) return undefined;
  const coloured = await captureColoured(tmux, pane);
  return typed(kind.readScreen(coloured.map(stripControl), ""), coloured, kind);
}

/** The draft of a reading; undefined where it is a suggestion. `coloured` are the rows that were read, with their SGR sequences. */
export function typed(reading: ScreenReading | null, coloured: readonly string[], kind: Kind): string | undefined {
  const draft = reading?.draft;
  if (draft === undefined || !kind.suggests) return draft;
  const first = draft.split("\n")[0]!;
  const row = coloured.findLast((line) => stripControl(line).includes(first));
  return row !== undefined && isFaint(row, first) ? undefined : draft;
}

/** Suggestions stand there dim or in grey; what is typed has the terminal's own colour. `row` has SGR sequences. */
export function isFaint(row: string, text: string): boolean {
  // Without its first character, on which the cursor may stand.
  const wanted = text.slice(1, 12).trim();
  let [dim, grey] = [false, false];
  for (const part of row.split(/(\u001b\[[0-9;]*m)/)) {
    const codes = /^\u001b\[([0-9;]*)m$/.exec(part)?.[1];
    if (codes === undefined) {
      if (wanted && part.includes(wanted)) return dim || grey;
      continue;
    }
    const colour = /[34]8;[25];[\d;]*/.exec(codes)?.[0] ?? "";
    const rest = codes.replace(colour, "").split(";");
    if (rest.includes("0") || codes === "") dim = grey = false;
    if (rest.includes("22")) dim = false;
    if (rest.includes("2")) dim = true;
    if (rest.includes("39")) grey = false;
    if (colour.startsWith("38")) grey = isGreyish(colour);
    else if (rest.includes("90")) grey = true;
  }
  return false;
}

/** `38;5;N` or `38;2;R;G;B` with little colour, and not nearly white. */
function isGreyish(colour: string): boolean {
  const [, form, ...values] = colour.split(";").map(Number);
  const [n = 0] = values;
  if (form === 5 && n < 16) return n === 8;
  const step = (at: number) => (at === 0 ? 0 : 55 + 40 * at);
  const cube = n - 16;
  const rgb = form === 2 ? values : n >= 232 ? [8 + 10 * (n - 232)] : [step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6)];
  return Math.max(...rgb) - Math.min(...rgb) <= 48 && Math.max(...rgb) < 220;
}

/** As shown, a text is broken into rows; as reported, it is on one line. A report that was cut tells nothing: a person may have added to it. */
export function isSameText(shown: string, reported: string): boolean {
  return squeezed(reported) !== "" && squeezed(shown) === squeezed(reported);
}

/** Without blanks: as shown and as sent, a text is broken at other places. */
export function squeezed(text: string): string {
  return oneLine(text).replace(/\s+/g, "");
}
