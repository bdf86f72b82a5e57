// The key table as deeds of the picker: what each key runs, by ids only. Pure.
import { ACTION_KEYS, type ActionName, ATTEMPT_KEYS, type AttemptName, keysOf } from "../../base/keys";
import { shellQuote } from "../../base/text";
import type { Deed } from "../../ui/picker/options";
import { previewsOf, type View } from "./view";

/** Done at once, with nothing to show but a line on top of the list. All others have the terminal while they run. */
const UNSEEN: readonly ActionName[] = ["yes", "choice", "snooze", "copy", "mark", "renew"];

export interface Runner {
  /** The fleet binary. */
  binary: string;
  view: View;
  client: string | undefined;
  pane: string | undefined;
}

/** A command line that runs one action; `{1}` is the agent under the cursor, or nothing. */
export function actLine({ binary, view, client, pane }: Runner, name: string, ...more: string[]): string {
  const flags = [...(client === undefined ? [] : ["--client", shellQuote(client)]), ...(pane === undefined ? [] : ["--pane", shellQuote(pane)])];
  return [shellQuote(binary), "act", name, "--view", shellQuote(view.folder), ...flags, ...more].join(" ");
}

/** Every key of the table but those that filter and close, with what it does. */
export function boundKeys(runner: Runner): { key: string; deed: Deed }[] {
  return ACTION_KEYS.flatMap((row) => keysOf(row).flatMap((key) => {
    const deed = deedOf(runner, row.name, key);
    return deed === null ? [] : [{ key, deed }];
  })).concat(MOVES);
}

function deedOf(runner: Runner, name: ActionName, key: string): Deed | null {
  if (name === "filter" || name === "close") return null;
  if (name === "switch") return { does: "accept" };
  if (name === "preview") return { does: `execute-silent(${nextPreview(runner.view)})+refresh-preview` };
  if (name === "compare") return { leaves: `printf %s {1} >${shellQuote(`${runner.view.folder}/compare`)}` };
  if (name === "choice") return { silent: actLine(runner, name, "--choice", key, "{1}") };
  // A command that names an agent is not run where there is none: an empty list has these keys too.
  if (ACTION_KEYS.some((row) => row.name === name && row.on === "none")) return { screen: `${actLine(runner, name)} >/dev/tty` };
  if (name === "help") return { screen: `${actLine(runner, name)} >/dev/tty` };
  if (name === "renew") return { silent: actLine(runner, name) };
  if (name === "mark") return { silent: actLine(runner, name, "{1}"), then: "down" };
  // fzf's own output, which is a pipe, would be the command's too.
  return UNSEEN.includes(name) ? { silent: actLine(runner, name, "{1}") } : { screen: `${actLine(runner, name, "{1}")} >/dev/tty` };
}

/** The keys of a comparison, but those that filter and close. */
export function attemptKeys(runner: Runner): { key: string; deed: Deed }[] {
  return ATTEMPT_KEYS.flatMap(({ key, name }): typeof MOVES => {
    const deed = attemptDeed(runner, name);
    return deed === null ? [] : [{ key, deed }];
  }).concat(MOVES);
}

function attemptDeed(runner: Runner, name: AttemptName): Deed | null {
  if (name === "filter" || name === "close") return null;
  if (name === "switch") return { does: "accept" };
  if (name === "preview") return { does: `execute-silent(${nextPreview(runner.view)})+refresh-preview` };
  if (name === "renew") return { silent: actLine(runner, name) };
  return { screen: `${actLine(runner, name, ...(name === "check" || name === "help" ? [] : ["{1}"]))} >/dev/tty` };
}

const MOVES: { key: string; deed: Deed }[] = [
  { key: "j", deed: { does: "down" } },
  { key: "g", deed: { does: "first" } },
  { key: "G", deed: { does: "last" } },
];

/** sh that turns the mode to the next one, without a process. */
function nextPreview(view: View): string {
  const file = shellQuote(`${view.folder}/mode`);
  const modes = previewsOf(view);
  const cases = modes.map((mode, i) => `${mode}) n=${modes[(i + 1) % modes.length]};;`).join(" ");
  return `m=${modes[0]}; [ ! -f ${file} ] || read m <${file}; case $m in ${cases} esac; echo $n >${file}`;
}

/** sh that shows the agent under the cursor: its screen straight from tmux, with its colours; all else from fleet. */
export function previewLine(runner: Runner): string {
  const mode = shellQuote(`${runner.view.folder}/mode`);
  // $(…) drops the blank lines below what is shown, so that the end of it is in sight.
  // Before the first Tab there is no mode.
  return `m=screen; [ ! -f ${mode} ] || read m <${mode}; case $m{2} in screen%*) printf '%s\\n' "$(tmux capture-pane -ep -t {2})";; *) exec ${actLine(runner, "show", "{1}")};; esac`;
}

/** sh that shows the attempt under the cursor: its diff, at first. */
export function attemptPreview(runner: Runner): string {
  return `exec ${actLine(runner, "show", "{1}")}`;
}
