// The steps of one piece of work, on stderr: one line that changes on a terminal, plain lines elsewhere.
import type { Terminal } from "../ports/terminal";
import { oneLine, truncate } from "../base/text";
import type { Out } from "./out";

export interface Progress {
  onStep(name: string): void;
  /** What else is to be said: the line makes way for it. */
  warn(message: string, hint?: string): void;
  note(message: string): void;
  /** Clear the line; may be called twice. */
  end(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export function openProgress(terminal: Terminal, out: Out, name: string): Progress {
  name = oneLine(name);
  const saying = (aside: (say: () => void) => void) => ({
    warn: (message: string, hint?: string) => aside(() => out.warn(message, hint)),
    note: (message: string) => aside(() => out.note(message)),
  });
  if (!terminal.stderrIsTerminal) {
    let last = "";
    return { onStep: (text) => void (text !== last && ((last = text), out.progress(`${name}: ${text}\n`))), ...saying((say) => say()), end() {} };
  }
  let text = "";
  let frame = 0;
  const started = performance.now();
  const draw = () => {
    const seconds = Math.floor((performance.now() - started) / 1000);
    const line = `${FRAMES[frame++ % FRAMES.length]} ${name}: ${text}${seconds > 0 ? ` · ${seconds}s` : ""}`;
    out.progress(`\r\x1b[K${truncate(line, (terminal.size()?.columns ?? 80) - 1)}`);
  };
  // The first 150 ms show nothing: most creates are over by then.
  const timer = setInterval(draw, 150);
  let open = true;
  return {
    onStep: (name) => void (text = name),
    ...saying((say) => {
      if (open && frame > 0) out.progress("\r\x1b[K");
      say();
    }),
    end() {
      if (!open) return;
      open = false;
      clearInterval(timer);
      if (frame > 0) out.progress("\r\x1b[K");
    },
  };
}
