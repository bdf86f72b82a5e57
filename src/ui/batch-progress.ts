// Many agents coming up: a line each with its step, a bar and the time on a terminal; plain lines elsewhere.
import { oneLine, truncate } from "../base/text";
import type { Terminal } from "../ports/terminal";
import type { Out } from "./out";

export interface BatchProgress {
  /** `over`: nothing more comes of this one. */
  tell(branch: string, step: string, over?: "up" | "failed"): void;
  /** Print a line above what is drawn. */
  aside(print: () => void): void;
  end(): void;
}

const EVERY_MS = 120;
const BAR = 24;

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

interface Line {
  step: string;
  over: "up" | "failed" | null;
}

function drawn(terminal: Terminal, out: Out, branches: readonly string[]): BatchProgress {
  const lines = new Map<string, Line>(branches.map((branch) => [branch, { step: "waits", over: null }]));
  const started = performance.now();
  let height = 0;
  let open = true;
  const clear = () => {
    if (height > 0) out.progress(`\x1b[${height}A\r\x1b[J`);
    height = 0;
  };
  const draw = () => {
    const { columns, rows } = terminal.size() ?? { columns: 80, rows: 24 };
    const text = [...visibleLines(lines, rows - 3), totalLine(lines, (performance.now() - started) / 1000)];
    clear();
    out.progress(text.map((line) => `${truncate(line, columns - 1)}\n`).join(""));
    height = text.length;
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

/** Those under way first; what does not fit on the screen is counted. */
export function visibleLines(lines: ReadonlyMap<string, Line>, room: number): string[] {
  const rank = ({ step, over }: Line) => (over === "failed" ? 0 : over === "up" ? 3 : step === "waits" ? 2 : 1);
  const all = [...lines].sort(([, a], [, b]) => rank(a) - rank(b));
  const shown = all.slice(0, all.length > room ? Math.max(1, room - 1) : room).map(([branch, { step, over }]) => `${over === "up" ? "✓" : over === "failed" ? "✗" : step === "waits" ? "·" : "◌"} ${oneLine(branch)}  ${step}`);
  return all.length > shown.length ? [...shown, `  and ${all.length - shown.length} more`] : shown;
}

/** `[██████░░░░] 6 of 10 · 1 failed · 4s` */
export function totalLine(lines: ReadonlyMap<string, Line>, seconds: number): string {
  const all = [...lines.values()];
  const over = all.filter((line) => line.over !== null).length;
  const failed = all.filter((line) => line.over === "failed").length;
  const filled = all.length === 0 ? 0 : Math.round((over / all.length) * BAR);
  return `[${"█".repeat(filled)}${"░".repeat(BAR - filled)}] ${over} of ${all.length}${failed ? ` · ${failed} failed` : ""} · ${Math.floor(seconds)}s`;
}
