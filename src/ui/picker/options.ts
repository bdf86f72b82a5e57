// A picker as the words of one fzf command. Pure: what a version does not know is left out.
import type { Features } from "./features";

/** What a key does. Commands are lines of sh; `{1}` and `{2}` are the hidden fields of the line under the cursor. */
export type Deed =
  /** Runs unseen, then the list is read again; `then` is an action of fzf's own. */
  | { silent: string; then?: string }
  /** Has the terminal until it ends, then the list is read again. */
  | { screen: string }
  /** Runs unseen, then the picker is closed. */
  | { leaves: string }
  /** fzf's own actions, joined by `+`. */
  | { does: string };

export interface PickerSpec {
  /** Stands left of the cursor while letters act, and while they filter. */
  prompt: string;
  filterPrompt: string;
  /** First lines of the input that stay where they are. */
  headerLines: number;
  /** A line of sh. */
  preview: string;
  /** Where the preview is: right of the list, or below. */
  side: "right" | "down";
  /** The end of what it shows is in sight, as of a screen; else its beginning. */
  follow: boolean;
  keys: readonly { key: string; deed: Deed }[];
  /** The key that filters; a line of sh that is told of it. */
  filter: { key: string; command: string };
  /** The key that leaves the filter, or the picker; a line of sh that is told of it. */
  leave: { keys: readonly string[]; command: string };
  /** Prints the input anew. */
  list: string;
  /** Prints it after a moment: the list renews itself by it. */
  later: string;
  /** The line, from 1, on which the picker opens. */
  at: number;
  colours: readonly string[];
}

/** Part of the width, or of the height, that the preview has. */
export const PREVIEW = { right: 50, down: 50 } as const;

/** fzf's own keys that would do something else than the picker says. */
const UNWANTED = ["ctrl-a", "ctrl-b", "ctrl-d", "ctrl-e", "ctrl-f", "ctrl-h", "ctrl-l", "ctrl-t", "ctrl-u", "ctrl-w", "ctrl-y", "ctrl-q", "ctrl-space", "shift-tab", "alt-b", "alt-d", "alt-f"];

/** All but the program itself. */
export function pickerWords(spec: PickerSpec, features: Features): string[] {
  const reload = features.renews ? "reload-sync" : "reload";
  const bound = spec.keys.flatMap(({ key, deed }) => bindOf(key, deed, reload, spec.list));
  const used = new Set([...spec.keys.map(({ key }) => key), spec.filter.key, ...spec.leave.keys]);
  const letters = printable().filter((key) => !used.has(key));
  const typed = [...used].filter((key) => key.length === 1 || key === "space").concat(letters);
  const filter = `unbind(change,${typed.join(",")})+enable-search+change-prompt(${spec.filterPrompt})+execute-silent:${spec.filter.command}`;
  return [
    "--ansi", "--layout=reverse", "--info=hidden", "--no-sort", "--no-multi", "--exact", "--disabled", "--no-hscroll", "--sync", "--tabstop=1",
    "--delimiter=\t", "--with-nth=3..", `--header-lines=${spec.headerLines}`, `--prompt=${spec.prompt}`, "--pointer=▶",
    ...(features.ellipsis ? ["--ellipsis="] : []),
    ...(features.separator ? ["--no-separator"] : []),
    ...(features.track ? ["--track"] : []),
    ...spec.colours.map((colour) => `--color=${colour}`),
    `--preview=${spec.preview}`,
    `--preview-window=${previewWindow(spec, features)}`,
    ...UNWANTED.map((key) => `--bind=${key}:ignore`),
    ...letters.map((key) => `--bind=${key}:ignore`),
    ...bound,
    // Letters of another keyboard are no filter yet.
    "--bind=change:clear-query",
    `--bind=${spec.filter.key}:${filter}`,
    ...spec.leave.keys.flatMap((key) => leaving(key, spec.leave.command)),
    "--bind=double-click:accept",
    ...(features.renews ? [`--bind=load:reload-sync:${spec.later}`, `--bind=start:pos(${spec.at})`] : []),
  ];
}

function bindOf(key: string, deed: Deed, reload: string, list: string): string[] {
  if ("does" in deed) return [`--bind=${key}:${deed.does}`];
  if ("leaves" in deed) return leaving(key, deed.leaves);
  // The form with a colon takes the rest of the word, whatever brackets are in it.
  const run = "silent" in deed ? `execute-silent:${deed.silent}` : `execute:${deed.screen}`;
  const after = "silent" in deed && deed.then ? [`--bind=${key}:+${deed.then}`] : [];
  return [`--bind=${key}:${run}`, ...after, `--bind=${key}:+${reload}:${list}`];
}

function leaving(key: string, command: string): string[] {
  return [`--bind=${key}:execute-silent:${command}`, `--bind=${key}:+abort`];
}

function previewWindow({ side, follow }: PickerSpec, features: Features): string {
  const end = follow ? ",follow" : "";
  const down = `down,${PREVIEW.down}%,border-top${end}`;
  if (side === "down") return down;
  const right = `right,${PREVIEW.right}%,border-left${end}`;
  return features.otherLayout ? `${right},<45(${down})` : right;
}

/** What is typed most; of all else `change` takes care. Signs would have to be told from those of a bind. */
function printable(): string[] {
  return ["space", ..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"];
}
