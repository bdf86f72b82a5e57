// The shape of a status segment, and the tmux formats that segments are made of. Pure text: tmux draws it by itself.
import type { Colour } from "../ui/paint";
import { LOOKS } from "../ui/looks";

export interface Segment {
  /** `#{fleet_NAME}` for people; `@fleet_seg_NAME` and `@fleet_text_NAME` in tmux. */
  readonly name: string;
  /** What it shows, for the README. */
  readonly doc: string;
  /** An example of its plain text. */
  readonly example: string;
  /** In the whole line, `#{fleet}`, unless `@fleet-line` names others. */
  readonly inLine: boolean;
  /**
   * The format. Where there is something to show, it ends with exactly one blank; else it is empty. What anybody may have
   * named goes through `literal`.
   */
  format(pen: Pen): string;
  /** Further options that the format reads by `#{E:…}` or fills in, by their names below `@fleet_part_`. */
  parts?(pen: Pen): Record<string, string>;
}

/** With styles, or for the plain texts that themes put into their own. */
export interface Pen {
  /** The end of a part's name: "" or "_text". */
  readonly suffix: "" | "_text";
  /** `text` in the colour of a row of ICONS; `bold` stands out. */
  in(row: IconName, text: string, bold?: boolean): string;
  /** A click on `text` opens the agents popup. tmux before 3.4 knows no such range, and leaves it out. */
  opens(text: string): string;
  /** Within a loop over sessions: a click on `text` goes to that session. */
  goesTo(text: string): string;
}

export interface IconRow {
  readonly icon: string;
  readonly color: string;
  readonly doc: string;
}

// Each is read on white and on black alike (3 : 1), which no terminal's own yellow, cyan or blue is.
const COLOURS: Record<Colour, string> = {
  yellow: "colour136", red: "colour167", cyan: "colour30", green: "colour64", blue: "colour33", magenta: "colour133", dim: "colour244", bold: "default",
};

const look = (name: keyof typeof LOOKS, doc: string): IconRow => ({ icon: LOOKS[name].symbol, color: COLOURS[LOOKS[name].colour], doc });

/** `@fleet-icon-NAME` and `@fleet-color-NAME`: one row each. */
export const ICONS = {
  waiting: look("waiting", "agents that wait for you"),
  failed: look("failed", "a turn that ended with an error, not looked at yet"),
  done: look("done", "a turn that is over, not looked at yet"),
  working: look("working", "agents at work"),
  starting: look("starting", "agents that start"),
  idle: look("idle", "agents whose turn is over, looked at"),
  unknown: look("unknown", "agents whose status can't be known"),
  exited: look("exited", "agents whose program has ended"),
  batch: { icon: "▸", color: COLOURS.magenta, doc: "batches at work" },
  cpu: { icon: "cpu", color: "default", doc: "CPU" },
  mem: { icon: "mem", color: "default", doc: "memory" },
} as const satisfies Record<string, IconRow>;
export type IconName = keyof typeof ICONS;

/** The person's icon, else the row's. Read when it is drawn, so a change shows at once. */
export function icon(row: IconName): string {
  return `#{?#{@fleet-icon-${row}},#{@fleet-icon-${row}},${ICONS[row].icon}}`;
}

/** tmux's own bar is green: no colour but its black is read there. */
function colour(row: IconName): string {
  return `#{?#{@fleet-color-${row}},#{@fleet-color-${row}},#{?#{m:*bg=green*,#{status-style}},default,${ICONS[row].color}}}`;
}

export const STYLED: Pen = {
  suffix: "",
  in: (row, text, bold = false) => `#[fg=${colour(row)}]${bold ? "#[bold]" : ""}${text}#[fg=default]${bold ? "#[nobold]" : ""}`,
  opens: (text) => `#[range=user|fleet]${text}#[norange]`,
  goesTo: (text) => `#[range=session|#{session_id}]${text}#[norange]`,
};

export const PLAIN: Pen = { suffix: "_text", in: (_, text) => text, opens: (text) => text, goesTo: (text) => text };

/** Text of an option that anybody may have named, to be shown as it is, also when what it stands in is expanded again. */
export function literal(option: string, width = 24): string {
  // q/e doubles every #; a cut between the two is followed by the ellipsis, so that it hides nothing.
  return `#{=/${width}/…:#{q/e:${option}}}`;
}

/** Epoch seconds: `%s` within a format that knows it from the status line alone, so that any format may ask. */
export const NOW = "#{T:@fleet_part_now}";

export const IS_AGENT = "#{!=:#{@fleet_id},}";

export function when(condition: string, text: string, otherwise = ""): string {
  return `#{?${condition},${text},${otherwise}}`;
}

export function is(status: string): string {
  return `#{==:#{@fleet_status},${status}}`;
}

/** For each agent's session: `text`. */
export function eachAgent(text: string): string {
  return `#{S:${when(IS_AGENT, text)}}`;
}

/**
 * The format in option `@fleet_part_NAME` with its word `WORD` filled in by what `value` expands to, and then expanded. For
 * what is needed more than once but should be asked once: a loop over all sessions. `value` must come out as letters, digits
 * and blanks.
 */
export function fill(name: string, word: string, value: string): string {
  return `#{E:#{s/${word}/${value}/:@fleet_part_${name}}}`;
}

/** As wasSeen (fleet/seen.ts) has it: nobody has looked at it since its status changed. */
export const UNSEEN = ((): string => {
  const since = "#{@fleet_since}";
  const arrived = "#{session_last_attached}";
  const from = when(`#{e|>:${since},${arrived}}`, since, arrived);
  const looks = when("#{session_attached}", `#{e|>=:#{e|-:${NOW},${from}},2}`, `#{e|>=:#{e|-:#{session_activity},${from}},2}`);
  const seen = when(`#{||:#{==:${since},},#{&&:#{!=:#{@fleet_seen},},#{e|>=:#{@fleet_seen},${since}}}}`, "1", when(`#{e|>:${arrived},0}`, looks, "0"));
  return `#{==:${seen},0}`;
})();

/** One letter for how an agent looks: for counting without a loop each. */
export const LETTER = ((): string => {
  const idle = when(UNSEEN, when("#{==:#{@fleet_reason},}", "d", "f"), "i");
  const chain: [string, string][] = [["waiting", "w"], ["working", "r"], ["idle", idle], ["starting", "s"], ["exited", "x"]];
  return chain.reduceRight((rest, [status, letter]) => when(is(status), letter, rest), "u");
})();

export const LETTERS: Readonly<Record<string, IconName>> = { w: "waiting", f: "failed", d: "done", r: "working", s: "starting", i: "idle", u: "unknown", x: "exited" };

/** The icon of the agent whose session it is, in its colour. */
export function ownIcon(pen: Pen): string {
  const chain = Object.entries(LETTERS).reduceRight((rest, [letter, row]) => when(`#{==:#{l:LETTER},${letter}}`, pen.in(row, icon(row), stands(row)), rest), "");
  return chain;
}

export function stands(row: IconName): boolean {
  return row === "waiting" || row === "failed" || row === "done";
}
