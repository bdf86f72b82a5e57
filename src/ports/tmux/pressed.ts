// What fleet's keys do, as tmux commands in options that a binding expands: formats first, then tmux's parser, then perhaps more of
// both. `times` is how often a text is expanded before it is used: each time halves its `#`. What anybody may have named (the
// binary's path, a directory, a branch) comes in behind the last parser.
import { shellQuote } from "../../base/text";
import { keyOption } from "./bindings";
import { formatText, sourceLine } from "./call";

/** What the others stand on: the binary for sh, and a popup that runs it. */
const GROUND = { run: keyOption("run"), popup: keyOption("popup") } as const;

/** The terminal and the pane at which the key was pressed: a tty's path and `%7` are safe in any text. */
export const PRESSER = "--client #{client_name} --pane #{pane_id}";

/** A text that comes out as it is. */
export function literal(text: string, times: number): string {
  return times === 0 ? text : literal(formatText(text), times - 1);
}

/** Values of GROUND. */
export function groundOptions(binary: string, { titles }: { titles: boolean }): [name: string, format: string][] {
  // Words, never one string: from 3.5 on that would run in the person's shell, fish too. The command is not expanded, -d is.
  const title = titles ? '-T " fleet " ' : "";
  return [
    [GROUND.run, shellQuote(literal(binary, 1))],
    [GROUND.popup, `display-popup -EE -c #{client_name} -w 90% -h 90% ${title}-d "##{pane_current_path}" ${sourceLine([literal(binary, 1)])}`],
  ];
}

/** fleet with these words in a popup over nine tenths of the terminal. What fails in it stays there to be read. */
export function popupFormat(words: string): string {
  return `#{E:${GROUND.popup}} ${words}`;
}

/** fleet with these words, without a terminal and in the background. Unattended: it must neither print nor fail, or the pane goes into view mode. */
export function backgroundFormat(words: string): string {
  return `run-shell -b "${background(words, 1)}"`;
}

function background(words: string, times: number): string {
  return `( ${literal(`#{E:${GROUND.run}}`, times)} ${words} ) >/dev/null 2>&1 || true`;
}

export interface MenuRow {
  label: string;
  key: string;
  does: { popup: string } | { background: string } | { key: string };
  /** A format: the row is left out where it is empty or 0. */
  when?: string | undefined;
}

/** A menu in the middle of the terminal. `title` is a format. */
export function menuFormat(title: string, rows: readonly MenuRow[]): string {
  const items = rows.map((row) => {
    const label = row.when === undefined ? literal(row.label, 2) : literal(`#{?${row.when},${branch(row.label)},}`, 1);
    return sourceLine([label, row.key, rowCommand(row.does)]);
  });
  return `display-menu -c #{client_name} -x C -y C -T ${sourceLine([literal(title, 1)])} ${items.join(" ")}`;
}

/** What it holds is to outlive two expansions: with the menu, and when the menu is drawn. */
function rowCommand(does: MenuRow["does"]): string {
  if ("background" in does) return `run-shell -b "${background(does.background, 2)}"`;
  const format = "popup" in does ? popupFormat(does.popup) : `#{E:${keyOption(does.key)}}`;
  return `run-shell -C "${literal(format, 2)}"`;
}

/** A text as a branch of `#{?…}`, which ends at a comma or a brace. */
function branch(text: string): string {
  return formatText(text).replace(/[,}]/g, "#$&");
}

/** `option`'s command where the terminal is large enough; tmux draws nothing, and says nothing, where a menu has no room. */
export function whereItFits(option: string, { columns, lines }: { columns: number; lines: number }, tooSmall: string): string {
  return `#{?#{&&:#{e|>=:#{client_width},${columns}},#{e|>=:#{client_height},${lines}}},#{E:${option}},display-message -c #{client_name} ${branch(sourceLine([literal(tooSmall, 1)]))}}`;
}
