// Words of the command line → the input of a command row. node:util splits the words, the row says what they mean.
import { parseArgs } from "node:util";
import type { Arg, Args, CommandRow, Flag, Flags, Input } from "../base/command";
import { GLOBAL_FLAGS } from "../base/command";
import { UsageError } from "../base/errors";
import { nearest, visible } from "../base/text";

export interface Parsed {
  input: Input<Args, Flags>;
  help: boolean;
  verbose: boolean;
  directory: string | undefined;
}

/** Parse the words after a command's name. Throws UsageError. */
export function parseCommand<Ctx>(row: CommandRow<Ctx>, words: readonly string[]): Parsed {
  const { before, after } = splitRest(row, words);
  try {
    return parse(row, before, after);
  } catch (error) {
    if (error instanceof UsageError && (before.includes("--help") || before.includes("-h"))) return HELP;
    throw error;
  }
}

const HELP: Parsed = { input: { args: {}, flags: {}, rest: [] }, help: true, verbose: false, directory: undefined };

function parse<Ctx>(row: CommandRow<Ctx>, words: readonly string[], after: string[]): Parsed {
  const { values, positionals } = readWords(row, { ...row.flags, ...GLOBAL_FLAGS }, words);
  if (values.get("help") === true) return HELP;
  const flags = Object.fromEntries(Object.entries(row.flags).map(([name, flag]) => [name, values.get(name) ?? unset(flag)]));
  return {
    input: { args: namedArgs(row.args, positionals) as never, flags: flags as never, rest: after },
    help: false,
    verbose: values.get("verbose") === true,
    directory: values.get("directory") as string | undefined,
  };
}

/** Where a row takes words after `--`, they never reach the parser. */
function splitRest<Ctx>(row: CommandRow<Ctx>, words: readonly string[]): { before: readonly string[]; after: string[] } {
  const at = row.rest ? words.indexOf("--") : -1;
  return at < 0 ? { before: words, after: [] } : { before: words.slice(0, at), after: words.slice(at + 1) };
}

type Value = boolean | string | number | string[];

function readWords<Ctx>(row: CommandRow<Ctx>, flags: Flags, words: readonly string[]): { values: Map<string, Value>; positionals: string[] } {
  const options = Object.entries(flags).map(([name, flag]) => {
    // One whose value may be left out takes the next word only where that is no flag, which is seen below.
    const type = flag.type === "boolean" || flag.optionalValue ? ("boolean" as const) : ("string" as const);
    return [name, flag.short === undefined ? { type } : { type, short: flag.short }] as const;
  });
  const { tokens } = parseArgs({ args: [...words], options: Object.fromEntries(options), strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, Value>();
  const positionals: string[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    if (/^-\d[\d.smhd]*$/.test(words[token.index]!)) {
      // A negative number or time is no flag; its letters are a token each.
      if (tokens[i - 1]?.index !== token.index) positionals.push(words[token.index]!);
      continue;
    }
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name]! : unknownFlag(row, words[token.index]!, token.rawName, flags);
    const next = tokens[i + 1];
    const follows = flag.optionalValue && token.value === undefined && next?.kind === "positional" && next.index === token.index + 1;
    if (follows) i++;
    values.set(token.name, valueOf(token.name, flag, follows ? next.value : token.value, values.get(token.name)));
  }
  return { values, positionals };
}

/** `written`: the whole word, of which `word` may be one letter. */
function unknownFlag<Ctx>(row: CommandRow<Ctx>, written: string, word: string, flags: Flags): never {
  const near = word.startsWith("--") ? nearest(word.slice(2), Object.keys(flags)) : undefined;
  if (near !== undefined) throw new UsageError(`no such flag: ${word}`, { hint: `fleet ${row.name} --${near}` });
  // `git check-ref-format --branch -x` refuses it, so no agent can have that name.
  const isName = row.args[0]?.name === "branch";
  throw new UsageError(`no such flag: ${word}`, isName ? { hint: `fleet ${row.name} --help   (and git allows no branch that begins with a dash: ${visible(written)})` } : {});
}

function valueOf(name: string, flag: Flag, word: string | undefined, before: Value | undefined): Value {
  if (flag.type === "boolean") {
    if (word !== undefined) throw new UsageError(`--${name} takes no value: ${word}`);
    return true;
  }
  const value = word ?? (flag.optionalValue ? "" : undefined);
  if (value === undefined || (flag.filled && value.trim() === "")) throw new UsageError(`--${name} takes a value: ${flag.value ?? name.toUpperCase()}`);
  if (flag.choices && !flag.choices.includes(value)) throw new UsageError(`--${name} is one of ${flag.choices.join(", ")}, not ${value}`);
  if (flag.type === "strings") return [...((before as string[] | undefined) ?? []), value];
  if (flag.type !== "number") return value;
  if (!/^\d+$/.test(value)) throw new UsageError(`--${name} takes a whole number: ${value}`);
  return Number(value);
}

function unset(flag: Flag): Value | undefined {
  return flag.type === "boolean" ? false : flag.type === "strings" ? [] : undefined;
}

function namedArgs(args: Args, words: readonly string[]): Record<string, string | string[] | undefined> {
  const left = [...words];
  const named = Object.fromEntries(args.map((arg) => [arg.name, argValue(arg, left)]));
  if (left.length > 0) throw new UsageError(`one word too many: ${left[0]}`);
  return named;
}

/** Takes its words off `left`. */
function argValue(arg: Arg, left: string[]): string | string[] | undefined {
  const needed = () => new UsageError(`missing: ${arg.name}, ${arg.doc}`);
  if (!arg.many) {
    const word = left.shift();
    if (word === undefined && !arg.optional) throw needed();
    return word;
  }
  const words = left.splice(0);
  if (words.length === 0 && !arg.optional) throw needed();
  return words;
}
