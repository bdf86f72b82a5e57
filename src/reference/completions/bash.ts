// Completion for bash, 3.2 (macOS) and later.
import { GLOBAL_FLAGS } from "../../base/command";
import { shellQuote } from "../../base/text";
import type { Row } from "../wording";
import { flagsOf, type Source, sourceOf, takesValue } from "./source";

/** A script to be sourced: `eval "$(fleet completion bash)"`. */
export function bashCompletion(commands: readonly Row[]): string {
  const shown = commands.filter((row) => !row.internal);
  return `# bash completion for fleet; eval "$(fleet completion bash)"
# Candidates go through a loop and printf %q, never through compgen -W: that expands its words, and a branch may be
# called a$(date)b.
_fleet_words() {
  local word
  while IFS= read -r word; do
    case $word in "$cur"*) COMPREPLY[\${#COMPREPLY[@]}]=$(printf '%q' "$word") ;; esac
  done
}
_fleet_values() { _fleet_words < <(fleet completion --values "$1" 2>/dev/null); }
_fleet_files() {
  local word
  while IFS= read -r word; do COMPREPLY[\${#COMPREPLY[@]}]=$word; done < <(compgen -f -- "$cur")
  compopt -o filenames 2>/dev/null
}
_fleet_directories() {
  local word
  while IFS= read -r word; do COMPREPLY[\${#COMPREPLY[@]}]=$word; done < <(compgen -d -- "$cur")
  compopt -o filenames 2>/dev/null
}
_fleet() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' i=1
  COMPREPLY=()
  while [ "$i" -lt "$COMP_CWORD" ]; do
    case \${COMP_WORDS[i]} in
      -C | --directory) i=$((i + 2)) ; continue ;;
      -*) ;;
      *) command=\${COMP_WORDS[i]} ; break ;;
    esac
    i=$((i + 1))
  done
  case $prev in -C | --directory) _fleet_directories ; return ;; esac
  case $command in
    '')
      _fleet_words <<'END'
${[...shown.map((row) => row.name), "help", "--version", ...Object.keys(GLOBAL_FLAGS).map((name) => `--${name}`)].join("\n")}
END
      ;;
    help)
      _fleet_words <<'END'
${[...shown.map((row) => row.name), "json"].join("\n")}
END
      ;;
${shown.map((row) => ofCommand(row, shown)).join("\n")}
  esac
}
complete -F _fleet fleet flt
`;
}

function ofCommand(row: Row, shown: readonly Row[]): string {
  const flags = flagsOf(row);
  const valued = flags.filter(({ flag }) => takesValue(flag));
  const values = valued.map(({ name, flag }) => {
    const words = [flag.short ? `-${flag.short} | ` : "", `--${name}`].join("");
    return `        ${words}) ${candidates(sourceOf(flag, shown))} ; return ;;`;
  });
  return [
    `    ${shellQuote(row.name)})`,
    ...(values.length ? ["      case $prev in", ...values, "      esac"] : []),
    "      case $cur in",
    `        -*) ${candidates({ words: flags.map(({ name }) => `--${name}`) })} ;;`,
    `        *) ${argumentCandidates(row, shown)} ;;`,
    "      esac",
    "      ;;",
  ].join("\n");
}

/** One source for all places of a command: the first argument that has candidates says which. */
function argumentCandidates(row: Row, shown: readonly Row[]): string {
  for (const arg of row.args) {
    const source = sourceOf(arg, shown);
    if (source) return candidates(source);
  }
  return row.rest ? "_fleet_files" : ":";
}

function candidates(source: Source | null): string {
  if (source === null) return ":";
  if ("ask" in source) return `_fleet_values ${source.ask}`;
  if ("paths" in source) return source.paths === "file" ? "_fleet_files" : "_fleet_directories";
  return `_fleet_words < <(printf '%s\\n' ${source.words.map(shellQuote).join(" ")})`;
}
