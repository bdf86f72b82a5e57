// A view that renews itself until Ctrl-C.
import type { Terminal } from "../ports/terminal";
import { interruptSignal } from "../ports/interrupt";
import type { Out } from "./out";

const EVERY_MS = 1000;

/** Print `view` again whenever it changes: in place on a terminal, one block after the other elsewhere. */
export async function watch(ctx: { terminal: Terminal; out: Out }, view: () => Promise<string>): Promise<void> {
  const signal = interruptSignal();
  const place = ctx.terminal.stdoutIsTerminal;
  let last: string | null = null;
  if (place) ctx.out.raw("\x1b[?1049h\x1b[?25l");
  try {
    while (!signal.aborted) {
      const text = await view();
      const rows = ctx.terminal.size()?.rows ?? Infinity;
      if (text !== last) ctx.out.raw(place ? `\x1b[H${text.split("\n").slice(0, rows - 1).map((line) => `${line}\x1b[K`).join("\r\n")}\x1b[J` : `${text}\n`);
      last = text;
      await untilAborted(signal, EVERY_MS);
    }
  } finally {
    if (place) ctx.out.raw("\x1b[?25h\x1b[?1049l");
  }
}

/** Sleep, or return at once when `signal` aborts. */
export async function untilAborted(signal: AbortSignal, ms: number): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
