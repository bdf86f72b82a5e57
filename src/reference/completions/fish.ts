// Completion for fish.
import { type Flag, GLOBAL_FLAGS } from "../../base/command";
import { flagDoc, type Row } from "../wording";
import { type Source, sourceOf, takesValue } from "./source";

/** A script for `fleet completion fish | source`. */
export function fishCompletion(commands: readonly Row[]): string {
  const shown = commands.filter((row) => !row.internal);
  const top = "__fish_use_subcommand";
  const lines = [
    "# fish completion for fleet; fleet completion fish | source",
    "complete -c fleet -f",
    ...Object.entries<Flag>(GLOBAL_FLAGS).map(([name, flag]) => option("", name, flag, shown)),
    complete(top, "-l version", `-d ${quote("print the version")}`),
    complete(top, "-a help", `-d ${quote("show help")}`),
    ...shown.map((row) => complete(top, `-a ${quote(row.name)}`, `-d ${quote(row.summary)}`)),
    complete("__fish_seen_subcommand_from help", `-a ${quote([...shown.map((row) => row.name), "json"].join(" "))}`),
    ...shown.flatMap((row) => ofCommand(row, shown)),
    "complete -c flt -w fleet",
  ];
  return `${lines.join("\n")}\n`;
}

function ofCommand(row: Row, shown: readonly Row[]): string[] {
  const seen = `__fish_seen_subcommand_from ${row.name}`;
  const sources = row.args.map((arg) => sourceOf(arg, shown)).filter((source) => source !== null);
  const files = row.rest && !sources.length ? [complete(seen, "-F")] : [];
  return [
    ...Object.entries(row.flags).map(([name, flag]) => option(seen, name, flag, shown)),
    ...sources.map((source) => complete(seen, candidates(source))),
    ...files,
  ];
}

function option(condition: string, name: string, flag: Flag, shown: readonly Row[]): string {
  const source = flag.type === "boolean" ? null : sourceOf(flag, shown);
  const value = takesValue(flag) ? (source ? "-r" : "-x") : "";
  return complete(condition, flag.short ? `-s ${flag.short}` : "", `-l ${name}`, value, source ? candidates(source) : "", `-d ${quote(flagDoc(flag))}`);
}

function candidates(source: Source): string {
  if ("ask" in source) return `-a ${quote(`(fleet completion --values ${source.ask} 2>/dev/null)`)}`;
  if ("paths" in source) return source.paths === "file" ? "-F" : `-a ${quote("(__fish_complete_directories)")}`;
  return `-a ${quote(source.words.join(" "))}`;
}

function complete(condition: string, ...parts: string[]): string {
  return ["complete -c fleet", condition ? `-n ${quote(condition)}` : "", ...parts].filter(Boolean).join(" ");
}

/** One word of fish: only `\` and `'` are special inside single quotes. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
