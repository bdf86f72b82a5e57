// Whether a prompt stands in the conversation that a program shows. Pure.
import { squeezed } from "./draft";

/** Of a line so much is looked for: a narrow terminal breaks the rest. */
const ENOUGH_CHARACTERS = 20;
/** What is shorter must be a whole row. */
const TELLING_CHARACTERS = 8;

interface Seen {
  screen: readonly string[];
}

/** What was sent stands on the screen once more than before: its first line, its last one, or what the input box made of it. */
export function isEchoed(now: Seen, { before, text, draft }: { before: Seen; text: string; draft: string | null }): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const wanted = [lines[0] ?? "", lines.at(-1) ?? "", (draft ?? "").split("\n")[0]!].map((line) => plain(line).slice(0, ENOUGH_CHARACTERS));
  return wanted.some((words) => words !== "" && count(now.screen, words) > count(before.screen, words));
}

/** Rows that begin with the words, behind the mark that a program sets before a prompt. */
function count(screen: readonly string[], words: string): number {
  return screen.map(plain).filter((row) => (words.length < TELLING_CHARACTERS ? row === words : row.startsWith(words))).length;
}

/** Without the mark before it, the time and the bar behind it. */
function plain(row: string): string {
  return squeezed(row.replace(/^[\s>❯›┃│▌]+/, "").replace(/[\s┃│█▐]+$/, "").replace(/\s\d\d:\d\d$/, ""));
}
