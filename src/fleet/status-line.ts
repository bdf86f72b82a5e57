// fleet in the person's status line: the options that segments are, the words replaced where they wrote them, clicks, and
// the way back. Pure: from what is there to tmux commands.
import { isBatchVariable } from "../segments/batch";
import { lineOptions, PLACEHOLDERS } from "../segments/index";
import type { TmuxCommand } from "../ports/tmux/call";
import { clickCommands, keptOption, LINE_TEXTS, setGlobals, type StatusLine, unclickCommands, unsetHidden } from "../ports/tmux/status-line";
import { OWN_USAGE_NAMES, USAGE_NAMES } from "../ports/tmux/usage";

/** Commands that put fleet into the line; run again, they change nothing. `open` opens the agents popup. */
export function statusLineCommands(line: StatusLine, open: TmuxCommand): TmuxCommand[] {
  return [...setGlobals(lineOptions()), ...setGlobals(placed(line)), ...clickCommands(line, open)];
}

/** Commands that take all of it back. */
export function withoutStatusLine(line: StatusLine): TmuxCommand[] {
  const options = Object.fromEntries(Object.keys(lineOptions()).map((name) => [name, null]));
  return [
    ...setGlobals(restored(line)),
    ...setGlobals(options),
    ...unclickCommands(line),
    ...unsetHidden([...USAGE_NAMES, ...line.hidden.filter(isBatchVariable)], { sessions: line.agents, names: OWN_USAGE_NAMES }),
  ];
}

/** `#{fleet_counts}` becomes what tmux understands. A text that the person has written anew is theirs: what was kept of it is forgotten. */
export function placed({ texts, kept }: Pick<StatusLine, "texts" | "kept">): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  for (const name of LINE_TEXTS) {
    const [text = "", was = ""] = [texts[name], kept[name]];
    const replaced = replacePlaceholders(text);
    if (replaced !== text) Object.assign(changes, { [name]: replaced, [keptOption(name)]: text });
    else if (was !== "" && replacePlaceholders(was) !== text) changes[keptOption(name)] = null;
  }
  return changes;
}

function restored({ texts, kept }: StatusLine): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  for (const name of LINE_TEXTS) {
    const was = kept[name] ?? "";
    if (was === "") continue;
    if (replacePlaceholders(was) === texts[name]) changes[name] = was;
    changes[keptOption(name)] = null;
  }
  return changes;
}

/** A doubled # before the brace is text. Words that are no segment's stay. */
export function replacePlaceholders(text: string): string {
  return text.replace(/#+\{fleet(?:_\w+)?\}/g, (word) => {
    const hashes = word.indexOf("{");
    const known = PLACEHOLDERS[word.slice(hashes - 1)];
    return hashes % 2 === 1 && known !== undefined ? "#".repeat(hashes - 1) + known : word;
  });
}
