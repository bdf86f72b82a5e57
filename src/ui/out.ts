// The one writer: stdout is the answer, stderr is narration.
import { writeSync } from "node:fs";
import type { Terminal } from "../ports/terminal";
import { stripControl } from "../base/text";
import { paint, type Style } from "./paint";

export interface Out {
  /** The answer: one line (or block) on stdout. */
  answer(text: string): void;
  /** The answer without a line end. */
  raw(text: string | Uint8Array): void;
  json(value: unknown): void;
  /** ✓ what was done, in the past tense. */
  done(message: string): void;
  /** ○ a fact worth knowing; nothing changed. */
  note(message: string): void;
  /** ▲ said before what it warns of. */
  warn(message: string, hint?: string): void;
  /** ✗ with ↳ hint and a gutter of detail. */
  error(message: string, hint?: string, detail?: string): void;
  /** ↳ a complete sentence or a runnable command. */
  hint(message: string): void;
  /** A dim line for --verbose: one tmux or git call. */
  trace(argv: readonly string[], ms: number, code: number | null): void;
  /** Progress on stderr, as it is. */
  progress(text: string): void;
  /** Colours for text on stdout, plain where stdout is no terminal. */
  readonly style: Style;
}

export function openOut(terminal: Terminal, env: Record<string, string | undefined>): Out {
  const colour = (isTerminal: boolean) => (env["NO_COLOR"] ? false : env["FORCE_COLOR"] ? true : isTerminal && env["TERM"] !== "dumb");
  let stdoutStyle: Style | undefined;
  let stderrStyle: Style | undefined;
  const err = () => (stderrStyle ??= paint(colour(terminal.stderrIsTerminal)));
  const narrate = (line: string) => write(2, `${line}\n`);
  // Names, paths and tools' own words are data.
  const safe = stripControl;
  const out: Out = {
    answer: (text) => write(1, `${text}\n`),
    raw: (text) => write(1, text),
    json: (value) => write(1, `${JSON.stringify(value, null, 2)}\n`),
    done: (message) => narrate(`${err()("green", "✓")} ${safe(message)}`),
    note: (message) => narrate(`${err()("blue", "○")} ${safe(message)}`),
    hint: (message) => narrate(`${err()("dim", `↳ ${safe(message)}`)}`),
    warn(message, hint) {
      narrate(`${err()("yellow", "▲")} ${safe(message)}`);
      if (hint) out.hint(hint);
    },
    error(message, hint, detail) {
      narrate(`${err()("red", "✗")} ${safe(message)}`);
      for (const line of detail ? detail.split("\n") : []) narrate(`${err()("dim", "│")} ${safe(line)}`);
      if (hint) out.hint(hint);
    },
    trace: (argv, ms, code) => narrate(err()("dim", `· ${ms.toFixed(1)} ms${code ? ` (${code})` : ""}  ${safe(argv.join(" ").slice(0, 400)).replaceAll("\n", "␊").replaceAll("\t", " ")}`)),
    progress: (text) => write(2, text),
    get style() {
      return (stdoutStyle ??= paint(colour(terminal.stdoutIsTerminal)));
    },
  };
  return out;
}

/** A reader that went away (`| head`) ends the answer, not the command. */
function write(fd: number, data: string | Uint8Array): void {
  let bytes = typeof data === "string" ? Buffer.from(data) : data;
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EAGAIN") continue;
      // EIO: the pane it ran in was closed, perhaps by this very command.
      if (code === "EPIPE" || code === "EIO") return;
      throw error;
    }
  }
}
