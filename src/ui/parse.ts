// Words of the command line → the input of a command row. commander does the parsing; its own help and exits are off.
import { Command as Parser, CommanderError, Option } from "commander";
import type { Args, CommandRow, Flag, Flags, Input } from "../base/command";
import { GLOBAL_FLAGS } from "../base/command";
import { UsageError } from "../base/errors";

export interface Parsed {
  input: Input<Args, Flags>;
  help: boolean;
  verbose: boolean;
  directory: string | undefined;
}

/** Parse the words after a command's name. Throws UsageError. */
export function parseCommand<Ctx>(row: CommandRow<Ctx>, words: readonly string[]): Parsed {
  const { before, after } = splitRest(row, words);
  const parser = parserOf(row);
  const wantsHelp = before.some((word) => word === "--help" || word === "-h");
  try {
    parser.parse(before as string[], { from: "user" });
  } catch (error) {
    if (wantsHelp) return { input: { args: {}, flags: {}, rest: [] }, help: true, verbose: false, directory: undefined };
    if (error instanceof CommanderError) throw new UsageError(wording(error));
    throw error;
  }
  const values = parser.opts<Record<string, unknown>>();
  const flags: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(row.flags)) {
    // commander reads --no-setup as "setup is off".
    flags[name] = name.startsWith("no-") ? values[camel(name.slice(3))] === false : flagValue(flag, values[camel(name)]);
  }
  const args: Record<string, unknown> = {};
  row.args.forEach((arg, i) => (args[arg.name] = arg.many ? (parser.processedArgs[i] ?? []) : parser.processedArgs[i]));
  return {
    input: { args: args as never, flags: flags as never, rest: after },
    help: values["help"] === true,
    verbose: values["verbose"] === true,
    directory: values["directory"] as string | undefined,
  };
}

/** Where a row takes words after `--`, they never reach the parser. */
function splitRest<Ctx>(row: CommandRow<Ctx>, words: readonly string[]): { before: readonly string[]; after: string[] } {
  const at = row.rest ? words.indexOf("--") : -1;
  return at < 0 ? { before: words, after: [] } : { before: words.slice(0, at), after: words.slice(at + 1) };
}

function parserOf<Ctx>(row: CommandRow<Ctx>): Parser {
  const parser = new Parser(row.name)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} });
  for (const [name, flag] of Object.entries({ ...row.flags, ...GLOBAL_FLAGS })) parser.addOption(optionOf(name, flag));
  for (const arg of row.args) {
    const name = `${arg.name}${arg.many ? "..." : ""}`;
    parser.argument(arg.optional ? `[${name}]` : `<${name}>`, arg.doc);
  }
  return parser;
}

function optionOf(name: string, flag: Flag): Option {
  const short = flag.short ? `-${flag.short}, ` : "";
  const value = flag.value ?? name.toUpperCase();
  const shape = flag.type === "boolean" ? "" : flag.optionalValue ? ` [${value}]` : ` <${value}>`;
  const option = new Option(`${short}--${name}${shape}`, flag.doc);
  if (flag.choices) option.choices([...flag.choices]);
  if (flag.type === "strings") option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  if (flag.type === "number") {
    option.argParser((value: string) => {
      if (!/^\d+$/.test(value)) throw new UsageError(`--${name} takes a whole number: ${value}`);
      return Number(value);
    });
  }
  return option;
}

function flagValue(flag: Flag, value: unknown): unknown {
  if (flag.type === "boolean") return value === true || value === false ? value : false;
  if (flag.type === "strings") return value ?? [];
  return flag.optionalValue && value === true ? "" : value;
}

/** commander's names for long flags: `name-only` → `nameOnly`. */
function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** commander says "error: unknown option '--x'\n(Did you mean --y?)". */
function wording(error: CommanderError): string {
  return error.message.replace(/^error: /, "").replace(/\n/g, " ").replace(/'([^']*)'/, "$1").trim();
}
