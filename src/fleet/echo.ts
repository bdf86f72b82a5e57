// Whether a prompt stands in the conversation that a program shows. Pure.
import { squeezed } from "./draft";

/** Of a line so much is looked for: a narrow terminal breaks the rest. */
const ENOUGH_CHARACTERS = 20;
/** What is shorter must be a whole row. */
const TELLING_CHARACTERS = 8;

interface Sent {
  /** The screen before it was typed, and the last one on which it stood in the input box. */
  before: readonly string[];
  held: readonly string[];
  text: string;
  /** What the input box showed of it. */
  draft: string | null;
  /** The prompt before it had the same words. */
  repeats: boolean;
}

/**
 * Of what was sent its first line, its last one, or what the input box made of it is looked for. `new`: it stands there once more than
 * before. `doubtful`: it stands there, and may do so from an earlier time, for the same was sent before, or the screen was redrawn.
 */
export function echoOf(now: readonly string[], { before, held, text, draft, repeats }: Sent): "new" | "doubtful" | "none" {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const wanted = [lines[0] ?? "", lines.at(-1) ?? "", (draft ?? "").split("\n")[0]!].map(beginning).filter((words) => words !== "");
  const [shown, old, known] = [now.map(plain), before.map(plain), [...before, ...held].map(plain)];
  const isNew = (words: string): boolean => {
    const [rows, times] = [rowsLike(shown, words), rowsLike(old, words).length];
    return rows.length > times && !(repeats && times === 0) && !isBroughtBack(shown, known, rows.at(-1)!, squeezed(text));
  };
  if (wanted.some(isNew)) return "new";
  return wanted.length > 0 && wanted.every((words) => rowsLike(shown, words).length > 0) ? "doubtful" : "none";
}

/** What was sent stands below what stood there before, or below its own lines; an older prompt that a redraw shows, below rows as old. */
function isBroughtBack(shown: readonly string[], known: readonly string[], at: number, text: string): boolean {
  const above = shown.slice(0, at).findLast((row) => row !== "");
  return above !== undefined && !text.includes(above) && !known.some((row) => row.startsWith(above.slice(0, ENOUGH_CHARACTERS)));
}

/** Rows that begin with the words, behind the mark that a program sets before a prompt. */
function rowsLike(screen: readonly string[], words: string): number[] {
  return screen.flatMap((row, i) => ((words.length < TELLING_CHARACTERS ? row === words : row.startsWith(words)) ? [i] : []));
}

function beginning(line: string): string {
  return plain(line).slice(0, ENOUGH_CHARACTERS);
}

/** Without the mark before it, the time and the bar behind it. */
function plain(row: string): string {
  return squeezed(row.replace(/^[\s>❯›┃│▌]+/, "").replace(/[\s┃│█▐]+$/, "").replace(/\s\d\d:\d\d$/, ""));
}
