// A form as lines of a screen, and where the cursor is on it. Pure.
import { stripControl, truncate } from "../../base/text";
import type { Style } from "../paint";
import { type Field, type Form, remarkOf } from "./form";

export interface Drawn {
  lines: string[];
  /** Where the terminal's cursor goes: line and column from 0. */
  cursor: { line: number; column: number };
}

/** Lines that the text of a long field may take. */
const LONG_ROWS = 8;

export function drawForm(form: Form, width: number, style: Style): Drawn {
  const label = Math.max(...form.fields.map((field) => field.label.length)) + 2;
  const room = Math.max(10, width - label - 2);
  const lines = [style("bold", truncate(stripControl(form.title), width)), ""];
  const cursor = { line: 0, column: 0 };
  form.fields.forEach((field, i) => {
    const here = i === form.at;
    const shown = fieldLines(field, here ? form.cursor : null, room, style);
    if (here) Object.assign(cursor, { line: lines.length + shown.cursor.line, column: label + 2 + shown.cursor.column });
    const name = field.label.padEnd(label);
    shown.lines.forEach((line, n) => lines.push(`${n === 0 ? (here ? style("cyan", `▶ ${name}`) : style("dim", `  ${name}`)) : " ".repeat(label + 2)}${line}`));
    const remark = remarkOf(field);
    // An empty field is no mistake until one insists.
    if (remark && (field.value !== "" || (here && form.insisted))) lines.push(`${" ".repeat(label + 2)}${style(remark.wrong ? "red" : "yellow", truncate(remark.text, room))}`);
  });
  return { lines: [...lines, "", style("dim", truncate(keysOf(form), width))], cursor };
}

function keysOf(form: Form): string {
  const field = form.fields[form.at]!;
  const own = field.options || field.range ? ["←→ change"] : field.long ? ["C-e editor", "M-Enter new line"] : [];
  const last = !form.fields.some((other, i) => i > form.at && other.stop);
  return [last ? "Enter start" : "Enter next", "Tab ↑↓ fields", ...own, "Esc cancel"].join(" · ");
}

function fieldLines(field: Field, cursor: number | null, room: number, style: Style): Drawn {
  if (field.options || field.range) {
    const text = truncate(stripControl(field.value), room - 4);
    return { lines: [cursor === null ? text : `${style("dim", "‹ ")}${text}${style("dim", " ›")}`], cursor: { line: 0, column: cursor === null ? 0 : 2 } };
  }
  if (field.value === "") return { lines: [style("dim", truncate(field.placeholder ?? "", room))], cursor: { line: 0, column: 0 } };
  const { rows, at } = wrap(field.value, cursor ?? 0, room);
  // What is around the cursor stays in sight.
  const first = Math.max(0, Math.min(at.line - LONG_ROWS + 1, rows.length - LONG_ROWS));
  return { lines: rows.slice(first, first + LONG_ROWS), cursor: { line: at.line - first, column: at.column } };
}

/** Text in rows of `width` columns, and the cursor's place in them. */
function wrap(text: string, cursor: number, width: number): { rows: string[]; at: { line: number; column: number } } {
  const rows = [""];
  let column = 0;
  let at = { line: 0, column: 0 };
  [...text].forEach((char, i) => {
    if (i === cursor) at = { line: rows.length - 1, column };
    const w = char === "\n" ? 0 : Bun.stringWidth(char);
    if (char === "\n" || column + w > width) {
      rows.push("");
      column = 0;
    }
    if (char !== "\n") rows[rows.length - 1] += char;
    column += w;
  });
  if (cursor >= [...text].length) at = { line: rows.length - 1, column };
  return { rows, at };
}
