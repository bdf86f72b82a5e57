// Questions to a person, on stderr so that stdout stays the answer. Callers ask only where ctx.terminal.interactive.
import { Cancelled, UserError } from "../base/errors";
import { dropTypeahead } from "../ports/terminal";
import { stripControl } from "../base/text";

export interface Choice<T> {
  value: T;
  label: string;
  hint?: string;
}

/**
 * Yes or no, in letters and with Enter: what was typed ahead for the shell must not agree to anything (the library's own
 * confirm takes a lone y, and h, j, k, l as arrows). Enter alone is No. Esc and Ctrl-C throw Cancelled.
 */
export async function confirm(question: string): Promise<boolean> {
  const said = await text(`${question} (y/N)`, { check: (line) => (/^(y|yes|n|no)?$/i.test(line.trim()) ? undefined : "type y or n") });
  return /^y/i.test(said.trim());
}

/** One of several. Esc and Ctrl-C throw Cancelled. */
export async function choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T> {
  const { clack, streams } = await open(question);
  // By index, because the library types a choice by its value.
  const options = choices.map(({ label, hint }, value) => ({ value, label: stripControl(label), ...(hint ? { hint: stripControl(hint) } : {}) }));
  const index = await answer(clack, (signal) => clack.select<number>({ message: stripControl(question), options, maxItems: 12, signal, ...streams }));
  return choices[index]!.value;
}

/** A line of text; `check` returns what is wrong with it. Esc and Ctrl-C throw Cancelled. */
export async function text(question: string, options: { initial?: string; placeholder?: string; check?: (text: string) => string | undefined } = {}): Promise<string> {
  const { clack, streams } = await open(question);
  const { check } = options;
  return answer(clack, (signal) =>
    clack.text({
      message: stripControl(question),
      initialValue: options.initial ?? "",
      ...(options.placeholder === undefined ? {} : { placeholder: options.placeholder }),
      ...(check ? { validate: (value: string | undefined) => check(value ?? "") } : {}),
      signal,
      ...streams,
    }),
  );
}

type Clack = typeof import("@clack/prompts");
type Cancel = Clack["CANCEL_SYMBOL"];

async function open(question: string) {
  if (!process.stdin.isTTY) throw new UserError(`no terminal to ask on: ${stripControl(question)}`, { hint: "run it in a terminal" });
  const clack = await import("@clack/prompts");
  dropTypeahead();
  return { clack, streams: { input: process.stdin, output: process.stderr, withGuide: false } };
}

/** What the person answers. After Ctrl-Z and `fg` the question is asked anew: readline only pauses its input then, and draws nothing. */
async function answer<T>(clack: Clack, ask: (signal: AbortSignal) => Promise<T | Cancel>): Promise<T> {
  for (;;) {
    const back = new AbortController();
    // Behind readline's own listener, which sets the terminal to raw.
    const onContinue = () => setImmediate(() => back.abort());
    process.once("SIGCONT", onContinue);
    const value = await ask(back.signal).finally(() => process.off("SIGCONT", onContinue));
    if (back.signal.aborted) continue;
    if (clack.isCancel(value)) throw new Cancelled();
    return value as T;
  }
}
