// Many agents coming up: a line each with its step, a bar and the time on a terminal; plain lines elsewhere.
import { oneLine, truncate } from "../base/text";
import type { Terminal } from "../ports/terminal";
import type { Out } from "./out";

export type Over = "up" | "failed" | "left out";

export interface BatchProgress {
  /** `over`: nothing more comes of this one. */
  tell(branch: string, step: string, over?: Over): void;
  /** Print a line above what is drawn. */
  aside(print: () => void): void;
  end(): void;
}

export interface Line {
  step: string;
  over: Over | null;
}

/** The step of an agent that has not begun. */
export const WAITS = "waits";

const EVERY_MS = 120;
const BAR = 24;
const WIDEST_NAME = 40;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export function openBatchProgress(terminal: Terminal, out: Out, branches: readonly string[]): BatchProgress {
  return terminal.stderrIsTerminal ? drawn(terminal, out, branches) : plain(out);
}

function plain(out: Out): BatchProgress {
  return {
    tell: (branch, step) => out.progress(`${oneLine(branch)}: ${step}\n`),
    aside: (print) => print(),
    end() {},
  };
}

function drawn(terminal: Terminal, out: Out, branches: readonly string[]): BatchProgress {
  const lines = new Map<string, Line>(branches.map((branch) => [branch, { step: WAITS, over: null }]));
  const started = performance.now();
  const size = () => terminal.size() ?? { columns: 80, rows: 24 };
  let there: string[] = [];
  let frame = 0;
  let open = true;
  /** To the first of the lines that are drawn; a terminal made narrower since has folded them. */
  const back = () => {
    const { columns } = size();
    const height = there.reduce((sum, line) => sum + Math.max(1, Math.ceil(Bun.stringWidth(line) / columns)), 0);
    there = [];
    return height > 0 ? `\x1b[${height}A\r` : "";
  };
  const clear = () => {
    if (there.length > 0) out.progress(`${back()}\x1b[J`);
  };
  const draw = () => {
    const { columns, rows } = size();
    const text = [...visibleLines(lines, rows - 3, frame++, columns), totalLine(lines, (performance.now() - started) / 1000)].map((line) => truncate(line, columns - 1));
    // In one piece, each line over the old one: cleared lines would flicker.
    out.progress(`${back()}${text.map((line) => `${line}\x1b[K\n`).join("")}\x1b[J`);
    there = text;
  };
  const timer = setInterval(draw, EVERY_MS);
  return {
    tell: (branch, step, over) => void lines.set(branch, { step, over: over ?? null }),
    aside(print) {
      clear();
      print();
    },
    end() {
      if (!open) return;
      open = false;
      clearInterval(timer);
      clear();
    },
  };
}

/** All in their order where there is room; else those that failed, then those under way, and a count of the rest. */
export function visibleLines(lines: ReadonlyMap<string, Line>, room: number, frame = 0, columns = 80): string[] {
  const all = [...lines];
  // Half of a narrow terminal is the step's.
  const width = Math.min(WIDEST_NAME, Math.floor(columns / 2), Math.max(0, ...all.map(([branch]) => Bun.stringWidth(oneLine(branch)))));
  const lineOf = ([branch, line]: [string, Line]) => `${mark(line, frame)} ${padded(branch, width)}  ${oneLine(line.step)}`;
  if (all.length <= room) return all.map(lineOf);
  const rank = ({ step, over }: Line) => (over === "failed" ? 0 : over === null && step !== WAITS ? 1 : over === null ? 2 : 3);
  const shown = new Set([...all].sort(([, a], [, b]) => rank(a) - rank(b)).slice(0, Math.max(1, room - 1)).map(([branch]) => branch));
  const rest = all.filter(([branch]) => !shown.has(branch)).map(([, line]) => line);
  const counts = [
    { n: rest.filter(({ over }) => over === "up").length, word: "at work" },
    { n: rest.filter(({ over, step }) => over === null && step === WAITS).length, word: "waiting" },
    { n: rest.filter(({ over, step }) => over === null && step !== WAITS).length, word: "under way" },
    { n: rest.filter(({ over }) => over === "failed" || over === "left out").length, word: "not started" },
  ];
  return [...all.filter(([branch]) => shown.has(branch)).map(lineOf), `  and ${counts.filter(({ n }) => n > 0).map(({ n, word }) => `${n} ${word}`).join(", ")}`];
}

function mark({ step, over }: Line, frame: number): string {
  if (over !== null) return over === "up" ? "✓" : over === "failed" ? "✗" : "○";
  return step === WAITS ? "·" : FRAMES[frame % FRAMES.length]!;
}

function padded(branch: string, width: number): string {
  const name = truncate(oneLine(branch), width);
  return name + " ".repeat(width - Bun.stringWidth(name));
}

/** `[██████░░░░] 6 of 10 at work · 1 failed · 4s` */
export function totalLine(lines: ReadonlyMap<string, Line>, seconds: number): string {
  const all = [...lines.values()];
  const count = (...over: Over[]) => all.filter((line) => line.over !== null && over.includes(line.over)).length;
  const filled = all.length === 0 ? 0 : Math.floor((count("up", "failed", "left out") / all.length) * BAR);
  const rest = [count("failed") ? `${count("failed")} failed` : "", count("left out") ? `${count("left out")} not started` : "", `${Math.floor(seconds)}s`];
  return `[${"█".repeat(filled)}${"░".repeat(BAR - filled)}] ${count("up")} of ${all.length} at work · ${rest.filter(Boolean).join(" · ")}`;
}
