// The steps of one piece of work, on stderr: one line that changes on a terminal, plain lines elsewhere.
import type { Terminal } from "../ports/terminal";
import { oneLine, truncate } from "../base/text";
import type { Out } from "./out";

export interface Progress {
  step(name: string): void;
  /** Say something else: the line makes way for it. */
  aside(say: () => void): void;
  /** Clear the line; may be called twice. */
  end(): void;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

export function openProgress(terminal: Terminal, out: Out, name: string): Progress {
  name = oneLine(name);
  if (!terminal.stderrIsTerminal) {
    let last = "";
    return { step: (text) => void (text !== last && ((last = text), out.progress(`${name}: ${text}\n`))), aside: (say) => say(), end() {} };
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
    step: (name) => void (text = name),
    aside(say) {
      if (open && frame > 0) out.progress("\r\x1b[K");
      say();
    },
    end() {
      if (!open) return;
      open = false;
      clearInterval(timer);
      if (frame > 0) out.progress("\r\x1b[K");
    },
  };
}
