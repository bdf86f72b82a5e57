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
  cost: { icon: "cost", color: "default", doc: "cost" },
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

/** The option `@fleet_part_NAME`, expanded. Long text of its own, because tmux reads over all of what it leaves out. */
export function part(name: string): string {
  return `#{E:@fleet_part_${name}}`;
}

/** As wasSeen (fleet/seen.ts) has it: nobody has looked at it since its status changed. */
const UNSEEN = ((): string => {
  const since = "#{@fleet_since}";
  const arrived = "#{session_last_attached}";
  const from = when(`#{e|>:${since},${arrived}}`, since, arrived);
  const later = (time: string) => `#{e|<:#{e|-:${time},${from}},2}`;
  const unlooked = when(arrived, when("#{session_attached}", later(NOW), later("#{session_activity}")), "1");
  return when(`#{!=:${since},}`, when("#{@fleet_seen}", when(`#{e|>=:#{@fleet_seen},${since}}`, "0", unlooked), unlooked), "0");
})();

/** How an agent looks whose turn is over. */
function idleAs(failed: string, done: string, idle: string): string {
  return when(UNSEEN, when("#{@fleet_reason}", failed, done), idle);
}

function byStatus(texts: { waiting: string; working: string; idle: string; starting: string; exited: string; unknown: string }): string {
  const { unknown, ...others } = texts;
  return Object.entries(others).reduceRight((rest, [status, text]) => when(is(status), text, rest), unknown);
}

/** One letter for how an agent looks: for counting without a loop each. */
export const LETTER = byStatus({ waiting: "w", working: "r", idle: part("idle"), starting: "s", exited: "x", unknown: "u" });
export const LETTERS: Readonly<Record<string, IconName>> = { w: "waiting", f: "failed", d: "done", r: "working", s: "starting", i: "idle", u: "unknown", x: "exited" };

/** The icon of the agent whose session it is, in its colour. */
export function ownIcon({ suffix }: Pen): string {
  return byStatus({
    waiting: part(`as_waiting${suffix}`), working: part(`as_working${suffix}`), idle: part(`as_idle${suffix}`), starting: part(`as_starting${suffix}`),
    exited: part(`as_exited${suffix}`), unknown: part(`as_unknown${suffix}`),
  });
}

/** The parts that LETTER and ownIcon read. */
export function iconParts(pen: Pen): Record<string, string> {
  const rows = Object.values(LETTERS).map((row): [string, string] => [row, pen.in(row, icon(row), stands(row))]);
  const own = Object.fromEntries(rows);
  return {
    now: "%s",
    idle: idleAs("f", "d", "i"),
    ...Object.fromEntries(rows.map(([row, text]) => [`as_${row}${pen.suffix}`, text])),
    [`as_idle${pen.suffix}`]: idleAs(own["failed"]!, own["done"]!, own["idle"]!),
  };
}

/** What asks for a person stands out. */
export function stands(row: IconName): boolean {
  return row === "waiting" || row === "failed" || row === "done";
}
