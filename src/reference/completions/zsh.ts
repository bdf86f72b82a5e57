// Completion for zsh, through _arguments.
import { type Flag, GLOBAL_FLAGS } from "../../base/command";
import { shellQuote } from "../../base/text";
import { flagDoc, type Row, valueLabel } from "../wording";
import { flagsOf, type Source, sourceOf } from "./source";

/** A script for `eval "$(fleet completion zsh)"`, or to be saved as `_fleet` in $fpath. */
export function zshCompletion(commands: readonly Row[]): string {
  const shown = commands.filter((row) => !row.internal);
  const names = shown.map((row) => shellQuote(`${plain(row.name)}:${row.summary}`)).join("\n    ");
  return `#compdef fleet flt
# zsh completion for fleet; eval "$(fleet completion zsh)" after compinit, or save it as _fleet in $fpath.
_fleet_values() {
  local -a values
  values=("\${(@f)$(fleet completion --values "$1" 2>/dev/null)}")
  values=("\${(@)values:#}")
  (( $#values )) && compadd -a values
}
_fleet_commands() {
  local -a commands
  commands=(
    ${names}
    'help:show help'
  )
  _describe -t commands 'fleet command' commands
}
_fleet() {
  local curcontext=$curcontext state line
  local -A opt_args
  _arguments -C -S \\
    ${Object.entries<Flag>(GLOBAL_FLAGS).map(([name, flag]) => optionSpec(name, flag, shown)).join(" \\\n    ")} \\
    '(-)--version[print the version]' \\
    '1: :_fleet_commands' '*:: :->words' && return
  [[ $state == words ]] || return
  case $words[1] in
${shown.map((row) => ofCommand(row, shown)).join("\n")}
    help) _arguments '1: :{_fleet_commands; compadd json}' ;;
  esac
}
if [[ $funcstack[1] == _fleet ]]; then _fleet "$@"; else compdef _fleet fleet flt; fi
`;
}

function ofCommand(row: Row, shown: readonly Row[]): string {
  const flags = flagsOf(row).map(({ name, flag }) => optionSpec(name, flag, shown));
  const args = row.args.map((arg, i) => {
    const place = arg.many ? "*" : `${i + 1}${arg.optional ? ":" : ""}`;
    return shellQuote(`${place}:${plain(arg.name)}:${action(sourceOf(arg, shown))}`);
  });
  const rest = row.rest && !row.args.some((arg) => arg.many) ? [shellQuote(`*:${plain(row.rest.name)}:_files`)] : [];
  return `    ${shellQuote(row.name)}) _arguments -s ${row.rest ? "" : "-S "}${[...flags, ...args, ...rest].join(" \\\n      ")} ;;`;
}

function optionSpec(name: string, flag: Flag, shown: readonly Row[]): string {
  const names = flag.short ? `{-${flag.short},--${name}}` : `--${name}`;
  const before = flag.type === "strings" ? "'*'" : flag.short ? shellQuote(`(-${flag.short} --${name})`) : "";
  const value = flag.type === "boolean" ? "" : `${flag.optionalValue ? "::" : ":"}${plain(valueLabel(name, flag))}:${action(sourceOf(flag, shown))}`;
  return `${before}${names}${shellQuote(`[${plain(flagDoc(flag))}]${value}`)}`;
}

function action(source: Source | null): string {
  if (source === null) return " ";
  if ("ask" in source) return `{_fleet_values ${source.ask}}`;
  if ("paths" in source) return source.paths === "file" ? "_files" : "_files -/";
  return `(${source.words.map(plain).join(" ")})`;
}

/** What ends a part of a specification is escaped. */
function plain(text: string): string {
  return text.replace(/[\\[\]:()]/g, "\\$&");
}
