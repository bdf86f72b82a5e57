// What the demo agent shows: its transcript, what it is at, and the input box, as lines of text for a given size.
import { stripControl } from "../base/text";

export interface View {
  transcript: readonly string[];
  /** Lines between transcript and box: what it is at, or its question. */
  state: readonly string[];
  input: string;
}

export interface Frame {
  lines: string[];
  /** Of the cursor, from 0. */
  row: number;
  column: number;
}

const INPUT_LINES = 8;

/** Exactly `rows` lines, none wider than `columns`. */
export function drawFrame(view: View, columns: number, rows: number): Frame {
  const input = view.input.split("\n").flatMap((line) => wrap(line, columns - 2));
  // One column is kept for the cursor.
  const shown = input.slice(-Math.min(INPUT_LINES, Math.max(1, rows - 2)));
  const box = shown.map((line, i) => `${i === 0 ? ">" : " "} ${line}`);
  const state = view.state.flatMap((line) => wrap(line, columns));
  const below = [...state, "─".repeat(columns), ...box];
  const room = Math.max(0, rows - below.length);
  const above = lastLines(view.transcript, columns, room);
  const lines = [...above, ...Array<string>(room - above.length).fill(""), ...below].slice(-rows);
  return { lines, row: rows - 1, column: Math.min(columns - 1, Bun.stringWidth(box.at(-1)!)) };
}

/** The last `room` screen lines of the transcript. Only what is shown is wrapped: a transcript may be long. */
function lastLines(transcript: readonly string[], columns: number, room: number): string[] {
  let lines: string[] = [];
  for (let i = transcript.length - 1; i >= 0 && lines.length < room; i--) lines = [...wrap(transcript[i]!, columns), ...lines];
  return room ? lines.slice(-room) : [];
}

/** One line of text as lines of at most `columns`; never none. */
function wrap(text: string, columns: number): string[] {
  const width = Math.max(1, columns);
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const char of stripControl(text.replaceAll("\t", "  "))) {
    const w = Bun.stringWidth(char);
    if (used + w > width && line) {
      lines.push(line);
      [line, used] = ["", 0];
    }
    line += char;
    used += w;
  }
  return [...lines, line];
}

/** The bytes that turn the frame before into this one. */
export function paintFrame(frame: Frame, before: Frame | null): string {
  const changed = frame.lines.flatMap((line, i) => (before?.lines[i] === line ? [] : [`\u001b[${i + 1};1H${line}\u001b[K`]));
  return `\u001b[?25l${changed.join("")}\u001b[${frame.row + 1};${frame.column + 1}H\u001b[?25h`;
}
