// Reading a program's screen in its positions: rows from the bottom, boxes, menus.

/** A line of nothing but a rule, as wide as the screen or a box. */
export const RULE = /^\s*[─━╌▀▄]{8,}\s*$/;

/** Rows up to the last one with text, without blanks at their ends. */
export function rows(screen: readonly string[]): string[] {
  const lines = screen.map((line) => line.trimEnd());
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  return lines;
}

/** The same rows without the sides of the boxes around them. */
export function unboxed(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^[\s│┃]*│ ?/, "").replace(/\s*│[\s│]*$/, "").trimEnd());
}

export interface Menu {
  /** Without numbers and cursor. */
  choices: string[];
  /** The one that the cursor stands on, from 0; null where none is marked. */
  selected: number | null;
  /** Index of the row of the first choice. */
  first: number;
  /** Index of the row of the last one. */
  last: number;
}

/** The numbered menu that ends lowest: rows `❯ 1. Yes`, with descriptions between them. null when there is none. */
export function lowestMenu(lines: readonly string[], cursor: string): Menu | null {
  const row = new RegExp(`^\\s*([${cursor}]?)\\s*(\\d+)\\.\\s+(\\S.*)$`);
  let wanted: number | null = null;
  let [selected, last]: [number | null, number] = [null, 0];
  const choices: string[] = [];
  for (let i = lines.length - 1; i >= 0; i--) {
    const found = row.exec(lines[i]!);
    if (!found) continue;
    const number = Number(found[2]);
    if (wanted === null) last = i;
    else if (number !== wanted) {
      // A numbered list in a description, not the menu.
      if (number > wanted) continue;
      return null;
    }
    choices.unshift(found[3]!.trim());
    if (found[1]) selected = number - 1;
    if (number === 1) return { choices, selected, first: i, last };
    wanted = number - 1;
  }
  return null;
}

/** The rows above `end` up to a blank one, as one text. */
export function paragraphAbove(lines: readonly string[], end: number): string {
  let from = end;
  while (from > 0 && lines[from - 1]!.trim() !== "" && !RULE.test(lines[from - 1]!)) from--;
  return joined(lines.slice(from, end));
}

/** Rows as one text, each without its indent. */
export function joined(lines: readonly string[]): string {
  return lines.map((line) => line.trim()).filter(Boolean).join("\n");
}

/** Keys that move a menu's cursor from where it stands to `to`, and take it. */
export function moveAndEnter(selected: number | undefined, to: number): string[][] {
  const steps = to - (selected ?? 0);
  const moves = Array.from({ length: Math.abs(steps) }, () => [steps > 0 ? "Down" : "Up"]);
  return [...moves, ["Enter"]];
}

/** Index of the first choice that `pattern` fits; -1 when none does. */
export function choiceLike(choices: readonly string[], pattern: RegExp): number {
  return choices.findIndex((choice) => pattern.test(choice));
}

/** The message within an error's JSON, where it is some. */
export function messageIn(text: string): string {
  return /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text;
}
