// A small form as a value: fields, where the cursor is, and what a key makes of it. Pure.
import type { Key } from "./keys";

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** Enter goes from one of these to the next, and from the last one on; the others are reached by Tab. */
  readonly stop?: boolean;
  /** One of these; Left and Right turn. */
  readonly options?: readonly string[];
  /** Whole numbers within these; Left and Right count. */
  readonly range?: readonly [least: number, most: number];
  /** May have line ends, and be written in an editor. */
  readonly long?: boolean;
  /** Shown dim while it is empty. */
  readonly placeholder?: string;
  /** What is wrong, or worth knowing, of a value as it is typed. */
  check?(value: string): Remark | null;
}

export interface Remark {
  text: string;
  /** Nothing is begun with it. */
  wrong: boolean;
}

export interface Form {
  readonly title: string;
  readonly fields: readonly Field[];
  /** The field with the cursor. */
  readonly at: number;
  /** Characters of its value left of the cursor. */
  readonly cursor: number;
  /** Enter was pressed while something was wrong. */
  readonly insisted: boolean;
  /** What was typed into this field since the cursor came to it. */
  readonly typed: string;
}

export type Step = { is: "form"; form: Form } | { is: "done"; values: Record<string, string> } | { is: "cancelled" } | { is: "edit"; field: string };

export function openForm(title: string, fields: readonly Field[]): Form {
  return focus({ title, fields, at: 0, cursor: 0, insisted: false, typed: "" }, 0);
}

export function remarkOf(field: Field): Remark | null {
  return field.check?.(field.value) ?? null;
}

/** The same form with another value of one field; the cursor after it. */
export function withValue(form: Form, name: string, value: string): Form {
  const fields = form.fields.map((field) => (field.name === name ? { ...field, value } : field));
  const at = fields.findIndex((field) => field.name === name);
  return focus({ ...form, fields }, at);
}

export function pressKey(form: Form, key: Key): Step {
  const field = form.fields[form.at]!;
  const stay = (next: Form): Step => ({ is: "form", form: next });
  switch (key.is) {
    case "cancel":
    case "escape":
    case "end-of-input":
      return { is: "cancelled" };
    case "enter":
      return enter(form);
    case "next":
    case "down":
      return stay(focus(form, form.at + 1));
    case "previous":
    case "up":
      return stay(focus(form, form.at - 1));
    case "edit":
      return field.long ? { is: "edit", field: field.name } : stay(form);
    case "left":
    case "right":
      return stay(field.options || field.range ? turn(form, key.is === "right" ? 1 : -1) : { ...form, cursor: clamp(form.cursor + (key.is === "right" ? 1 : -1), 0, [...field.value].length) });
    case "home":
    case "end":
      return stay(field.options ? form : { ...form, cursor: key.is === "home" ? 0 : [...field.value].length });
    case "text":
    case "paste":
      return stay(insert(form, key.text));
    case "newline":
      return stay(field.long ? insert(form, "\n") : form);
    case "backspace":
    case "delete":
    case "clear":
    case "word":
      return stay(remove(form, key.is));
  }
}

/** On to the next stop; from the last one the form is done, unless something is wrong with it. */
function enter(form: Form): Step {
  const next = form.fields.findIndex((field, i) => i > form.at && field.stop);
  const here = remarkOf(form.fields[form.at]!);
  if (here?.wrong) return { is: "form", form: { ...form, insisted: true } };
  if (next >= 0) return { is: "form", form: focus(form, next) };
  const wrong = form.fields.findIndex((field) => remarkOf(field)?.wrong);
  if (wrong >= 0) return { is: "form", form: { ...focus(form, wrong), insisted: true } };
  return { is: "done", values: Object.fromEntries(form.fields.map(({ name, value }) => [name, value])) };
}

function focus(form: Form, at: number): Form {
  const to = (at + form.fields.length) % form.fields.length;
  return { ...form, at: to, cursor: [...form.fields[to]!.value].length, typed: "" };
}

function change(form: Form, value: string, cursor: number): Form {
  return { ...form, fields: form.fields.map((field, i) => (i === form.at ? { ...field, value } : field)), cursor, insisted: false };
}

function insert(form: Form, text: string): Form {
  const { options, range, long, value } = form.fields[form.at]!;
  const clean = text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, (char) => (char === "\t" ? "  " : ""));
  const fitting = long ? clean : clean.replace(/\n+/g, " ");
  if (options) {
    // Letters find one by its beginning; what begins no more begins anew.
    const found = [form.typed + fitting, fitting].flatMap((typed) => options.flatMap((option) => (option.startsWith(typed) ? [{ option, typed }] : [])))[0];
    return found === undefined ? form : { ...change(form, found.option, 0), typed: found.typed };
  }
  if (range) {
    if (!/^\d+$/.test(fitting)) return form;
    // The first digit takes the place of the number that was offered, the next ones go on.
    const typed = Number(form.typed === "" ? fitting : value + fitting);
    return { ...change(form, String(clamp(typed > range[1] ? Number(fitting) : typed, range[0], range[1])), 0), typed: form.typed + fitting };
  }
  const chars = [...value];
  return change(form, [...chars.slice(0, form.cursor), fitting, ...chars.slice(form.cursor)].join(""), form.cursor + [...fitting].length);
}

function remove(form: Form, how: "backspace" | "delete" | "clear" | "word"): Form {
  const { options, value } = form.fields[form.at]!;
  if (options) return form;
  const chars = [...value];
  const cursor = Math.min(form.cursor, chars.length);
  if (how === "clear") return change(form, chars.slice(cursor).join(""), 0);
  if (how === "delete") return change(form, [...chars.slice(0, cursor), ...chars.slice(cursor + 1)].join(""), cursor);
  const left = chars.slice(0, cursor).join("");
  const kept = how === "backspace" ? [...left].slice(0, -1).join("") : left.replace(/\S+\s*$/u, "");
  return change(form, kept + chars.slice(cursor).join(""), [...kept].length);
}

function turn(form: Form, by: number): Form {
  const { options, range, value } = form.fields[form.at]!;
  if (range) {
    const text = String(clamp(Number(value || range[0]) + by, range[0], range[1]));
    return change(form, text, text.length);
  }
  const at = options!.indexOf(value);
  return change(form, options![(at + by + options!.length) % options!.length]!, 0);
}

function clamp(n: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, n));
}
