// A form on the person's terminal, over the whole of it.
import { Cancelled, UserError } from "../../base/errors";
import { dropTypeahead } from "../../ports/terminal";
import type { Out } from "../out";
import { quickStyle } from "../paint";
import { drawForm } from "./draw";
import { type Field, type Form, openForm, pressKey, type Step, withValue } from "./form";
import { readKeys } from "./keys";

export interface FormMeans {
  out: Out;
  /** A long text in the person's editor. */
  edit(text: string): Promise<string>;
  /** Keep what was typed before the form was there: its first keys, when one key opened it. */
  keepTypeahead?: boolean;
}

/** The values of all fields by name. Esc and Ctrl-C throw Cancelled. */
export async function askForm(means: FormMeans, title: string, fields: readonly Field[]): Promise<Record<string, string>> {
  const { stdin } = process;
  if (!stdin.isTTY) throw new UserError("no terminal to ask on", { hint: "run it in a terminal" });
  if (!means.keepTypeahead) dropTypeahead();
  let form = openForm(title, fields);
  const screen = openScreen(means.out);
  try {
    for (;;) {
      screen.draw(form);
      const step = await nextStep(form, screen);
      if (step.is === "cancelled") throw new Cancelled();
      if (step.is === "done") return step.values;
      if (step.is === "form") form = step.form;
      else {
        screen.close();
        form = withValue(form, step.field, (await means.edit(form.fields.find((field) => field.name === step.field)!.value)).replace(/\n+$/, ""));
        screen.open();
      }
    }
  } finally {
    screen.close();
  }
}

async function nextStep(form: Form, screen: Screen): Promise<Step> {
  let now = form;
  let step: Step = { is: "form", form };
  for (const key of await screen.keys()) {
    step = pressKey(now, key);
    if (step.is !== "form") return step;
    now = step.form;
  }
  return step;
}

interface Screen {
  draw(form: Form): void;
  keys(): Promise<ReturnType<typeof readKeys>["keys"]>;
  open(): void;
  close(): void;
}

function openScreen(out: Out): Screen {
  const { stdin } = process;
  let rest = "";
  let isOpen = false;
  let waiting: ((text: string | null) => void) | null = null;
  const pending: (string | null)[] = [];
  const got = (text: string | null) => {
    if (waiting) waiting(text);
    else pending.push(text);
    waiting = null;
  };
  const onData = (chunk: Buffer | string) => got(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
  const onEnd = () => got(null);
  let last: Form | null = null;
  const decoder = new TextDecoder();
  const screen: Screen = {
    open() {
      if (isOpen) return;
      isOpen = true;
      stdin.setRawMode(true);
      stdin.on("data", onData);
      stdin.on("end", onEnd);
      stdin.resume();
      process.on("SIGWINCH", redraw);
      out.progress("\u001b[?1049h\u001b[?2004h");
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      stdin.off("data", onData);
      stdin.off("end", onEnd);
      process.off("SIGWINCH", redraw);
      stdin.pause();
      stdin.setRawMode(false);
      out.progress("\u001b[?2004l\u001b[?1049l");
    },
    draw(form) {
      last = form;
      const columns = process.stderr.columns || 80;
      const { lines, cursor } = drawForm(form, columns - 2, quickStyle);
      out.progress(`\u001b[?25l\u001b[H${lines.map((line) => ` ${line}\u001b[K`).join("\r\n")}\u001b[J\u001b[${cursor.line + 1};${cursor.column + 2}H\u001b[?25h`);
    },
    async keys() {
      const text = pending.length > 0 ? pending.shift()! : await new Promise<string | null>((resolve) => (waiting = resolve));
      if (text === null) return [{ is: "end-of-input" }];
      const read = readKeys(rest + text);
      rest = read.rest;
      return read.keys;
    },
  };
  const redraw = () => void (last && screen.draw(last));
  screen.open();
  return screen;
}
