// The words that help, man page, completions and README share: how a flag, an argument and a usage line are written.
import type { Arg, CommandRow, Flag, GROUPS } from "../base/command";
import { EXIT, EXIT_MEANINGS } from "../base/errors";

/** A command row as the reference reads it: everything but `run`. */
export type Row = Pick<CommandRow<never>, "name" | "group" | "summary" | "doc" | "args" | "flags" | "rest" | "examples" | "internal">;

export const TAGLINE = "run many AI coding agents at once in tmux, each on its own branch";

/** The exit codes that a command can end with, and what each means. */
export const EXIT_CODES = Object.entries(EXIT_MEANINGS).map(([name, meaning]) => [EXIT[name as keyof typeof EXIT], meaning] as const);

/** Rows that people see, by group, in the groups' order; groups without rows are left out. */
export function byGroup(commands: readonly Row[], groups: typeof GROUPS): { group: string; rows: Row[] }[] {
  return groups
    .map((group) => ({ group, rows: commands.filter((row) => row.group === group && !row.internal) }))
    .filter(({ group, rows }) => group !== "Internal" && rows.length > 0);
}

/** `fleet create <branch> [flags] [-- ARGS…]` */
export function usageLine(row: Row): string {
  const flags = Object.keys(row.flags).length ? ["[flags]"] : [];
  const rest = row.rest ? [`[-- ${row.rest.name}…]`] : [];
  return ["fleet", row.name, ...row.args.map(argLabel), ...flags, ...rest].join(" ");
}

/** `<branch>`, `[branch]`, `<branch>…` */
export function argLabel(arg: Arg): string {
  const name = `${arg.name}${arg.many ? "…" : ""}`;
  return arg.optional ? `[${name}]` : `<${name}>`;
}

/** What a flag's value is called: the row's placeholder, its choices, or its name in capitals; "" without a value. */
export function valueLabel(name: string, flag: Flag): string {
  if (flag.type === "boolean") return "";
  return flag.value ?? flag.choices?.join("|") ?? name.toUpperCase();
}

/** `-p, --prompt TEXT`, `    --repo [PATH]`; the long names stand under each other. */
export function flagLabel(name: string, flag: Flag): string {
  const value = valueLabel(name, flag);
  const shape = value === "" ? "" : flag.optionalValue ? ` [${value}]` : ` ${value}`;
  return `${flag.short ? `-${flag.short}, ` : "    "}--${name}${shape}`;
}

/** What is said of a flag: its doc, and the choices where the label does not show them. */
export function flagDoc(flag: Flag): string {
  const choices = flag.choices && flag.value !== undefined ? ` (${flag.choices.join(", ")})` : "";
  return `${flag.doc}${choices}${flag.type === "strings" ? "; may be given more than once" : ""}`;
}

/** Words broken into lines of at most `width` characters; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return line ? [...lines, line] : lines;
}
