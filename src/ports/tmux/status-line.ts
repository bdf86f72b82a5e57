// The person's status line: its texts as they wrote them, the click on it, and the commands that change both.
import type { Tmux, TmuxCommand } from "./call";
import { sourceLine } from "./call";

/** Options whose text tmux draws. */
export const LINE_TEXTS = ["status-left", "status-right", ...[0, 1, 2, 3, 4].map((i) => `status-format[${i}]`)] as const;

export interface StatusLine {
  version: string;
  /** The global text of each of LINE_TEXTS, as it is written. */
  texts: Record<string, string>;
  /** What a text was before fleet replaced words in it, by the same names. */
  kept: Record<string, string>;
  /** The command that a click on the line runs, as `list-keys` has it; "" when none is bound. */
  click: string;
  /** Ids of the sessions of agents. */
  agents: string[];
  /** Names of the server's hidden environment. */
  hidden: string[];
}

/** One tmux call. Throws NoServer where none runs. */
export async function readStatusLine(tmux: Tmux): Promise<StatusLine> {
  // Texts hold anything, line ends too.
  const mark = `fleet-${crypto.randomUUID()}`;
  const formats = ["#{version}", ...LINE_TEXTS.flatMap((name) => [`#{${name}}`, `#{${keptOption(name)}}`])];
  const output = await tmux.call([
    ["display-message", "-p", formats.join(mark) + mark],
    // All of them: asked for one key, 3.7c answers nothing.
    ["list-keys", "-T", "root"],
    ["display-message", "-p", mark],
    ["list-sessions", "-f", "#{!=:#{@fleet_id},}", "-F", "#{session_id}"],
    ["display-message", "-p", mark],
    ["show-environment", "-gh"],
  ]);
  const cells = output.split(mark);
  const [version = "", ...texts] = cells;
  const of = (offset: number) => Object.fromEntries(LINE_TEXTS.map((name, i) => [name, texts[2 * i + offset] ?? ""]));
  const [keys = [], agents = [], hidden = []] = cells.slice(-3).map((cell) => cell.split("\n").filter(Boolean));
  const [, click = ""] = keys.map((line) => /\bMouseDown1Status\s+(.*)$/.exec(line)).find(Boolean) ?? [];
  return { version, texts: of(0), kept: of(1), click, agents, hidden: hidden.map((line) => line.split("=")[0]!) };
}

/** Where a text is kept as the person wrote it. */
export function keptOption(name: string): string {
  return `@fleet-_was-${name.replace(/\[(\d)\]/, "-$1")}`;
}

/** `null` unsets. */
export function setGlobals(options: Readonly<Record<string, string | null>>): TmuxCommand[] {
  return Object.entries(options).map(([name, value]) => (value === null ? ["set-option", "-gqu", "--", name] : ["set-option", "-gq", "--", name, value]));
}

/** Hidden environment of the server: a format reads it, no pane inherits it, and nothing is drawn anew. */
export function setHidden(variables: Readonly<Record<string, string>>): TmuxCommand[] {
  return Object.entries(variables).map(([name, value]) => ["set-environment", "-gh", name, value]);
}

/** Forget hidden environment: of the server, and of sessions. */
export function unsetHidden(names: readonly string[], own: { sessions: readonly string[]; names: readonly string[] }): TmuxCommand[] {
  return [
    ...names.map((name): TmuxCommand => ["set-environment", "-gu", name]),
    ...own.sessions.flatMap((session) => own.names.map((name): TmuxCommand => ["set-environment", "-u", "-t", session, name])),
  ];
}

/** tmux's own binding since ranges of a person's can be clicked. */
const OWN_CLICK = "switch-client -t =";
const OUR_RANGE = "#{==:#{mouse_status_range},fleet}";

/** A click on a segment runs `open`; any other does what tmux does by itself. What a person bound stays. */
export function clickCommands({ click }: Pick<StatusLine, "click">, open: TmuxCommand): TmuxCommand[] {
  if (click !== OWN_CLICK && !click.includes(OUR_RANGE)) return [];
  return [["bind-key", "-T", "root", "MouseDown1Status", "if-shell", "-F", OUR_RANGE, sourceLine(open), OWN_CLICK]];
}

export function isClicked({ click }: Pick<StatusLine, "click">): boolean {
  return click.includes(OUR_RANGE);
}

export function unclickCommands(line: Pick<StatusLine, "click">): TmuxCommand[] {
  return isClicked(line) ? [["bind-key", "-T", "root", "MouseDown1Status", "switch-client", "-t", "="]] : [];
}
