// The demo agent's terminal: raw mode, and the modes that full-screen programs turn on.
import { writeSync } from "node:fs";

export interface RawTerminal {
  size(): { columns: number; rows: number };
  /** A terminal that has gone away is no error. */
  write(text: string): void;
  onBytes(take: (bytes: Uint8Array) => void): void;
  onResize(redraw: () => void): void;
  /** The terminal is gone. */
  onEnd(ended: () => void): void;
  /** Everything as it was before. */
  restore(): void;
}

// Alternate screen, bracketed paste, focus reports: what most agent programs use. The last of them crashes tmux 3.3a and 3.4
// when a program dies with it under remain-on-exit, so the tests need a program that has it.
const ENTER = "\u001b[?1049h\u001b[?2004h\u001b[?1004h\u001b[H\u001b[2J";
const LEAVE = "\u001b[?1004l\u001b[?2004l\u001b[?1049l\u001b[?25h";

/** Take over the terminal on stdin and stdout; null where they are none. */
export function openRawTerminal(): RawTerminal | null {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return null;
  const write = (text: string) => {
    let bytes = Buffer.from(text);
    while (bytes.length) {
      try {
        bytes = bytes.subarray(writeSync(1, bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      }
    }
  };
  stdin.setRawMode(true);
  write(ENTER);
  return {
    write,
    size() {
      const [columns, rows] = stdout.getWindowSize();
      return { columns: columns || 80, rows: rows || 24 };
    },
    onBytes: (take) => void stdin.on("data", (data) => take(data as Uint8Array)),
    onResize: (redraw) => void process.on("SIGWINCH", redraw),
    onEnd(ended) {
      stdin.on("end", ended);
      stdin.on("close", ended);
      stdin.on("error", ended);
    },
    restore() {
      write(LEAVE);
      try {
        stdin.setRawMode(false);
      } catch {
        // The terminal is gone.
      }
    },
  };
}
