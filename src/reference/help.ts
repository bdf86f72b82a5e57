// Help as text, from the command table.
import { GLOBAL_FLAGS, GROUPS } from "../base/command";
import { VERSION } from "../base/version";
import { argLabel, byGroup, EXIT_CODES, flagDoc, flagLabel, type Row, TAGLINE, usageLine, wrap } from "./wording";

export const WIDTH = 96;
/** Labels longer than this have their text on the next line. */
const LABEL_LIMIT = 30;

export type Entry = readonly [label: string, doc: string];

/** `fleet help`: every command that people call, by group. */
export function overview(commands: readonly Row[]): string {
  const groups = byGroup(commands, GROUPS);
  const width = Math.max(...groups.flatMap(({ rows }) => rows.map((row) => row.name.length)));
  return [
    `fleet ${VERSION}: ${TAGLINE}`,
    "",
    "Usage: fleet COMMAND …",
    ...groups.flatMap(({ group, rows }) => ["", `${group}:`, ...entries(rows.map((row) => [row.name, row.summary]), width)]),
    "",
    "Flags of every command:",
    ...entries(Object.entries(GLOBAL_FLAGS).map(([name, flag]) => [flagLabel(name, flag), flag.doc])),
    "",
    ...wrap(`Exit codes: ${EXIT_CODES.map(([code, meaning]) => `${code} ${meaning}`).join(" · ")}`, WIDTH),
    "",
    "fleet help COMMAND tells more of one command, fleet help json what --json prints.",
  ].join("\n");
}

/** `fleet COMMAND --help`. */
export function commandHelp(row: Row): string {
  const flags = Object.entries(row.flags).map(([name, flag]): Entry => [flagLabel(name, flag), flagDoc(flag)]);
  const args = row.args.map((arg): Entry => [argLabel(arg), arg.doc]);
  if (row.rest) args.push([`-- ${row.rest.name}…`, row.rest.doc]);
  return [
    `fleet ${row.name}: ${row.summary}`,
    "",
    `Usage: ${usageLine(row)}`,
    ...(row.doc ?? "").split(/\n\s*\n/).flatMap((paragraph) => (paragraph.trim() ? ["", ...wrap(paragraph, WIDTH)] : [])),
    ...section("Arguments:", args),
    ...section("Flags:", flags),
    ...("json" in row.flags ? ["", `The fields of its JSON: fleet ${row.name} --json --help`] : []),
    ...section("Flags of every command:", Object.entries(GLOBAL_FLAGS).map(([name, flag]) => [flagLabel(name, flag), flag.doc])),
    ...examples(row),
  ].join("\n");
}

function examples(row: Row): string[] {
  if (!row.examples.length) return [];
  return ["", "Examples:", ...row.examples.flatMap(({ run, does }) => [`  # ${does}`, `  ${run}`])];
}

function section(title: string, rows: readonly Entry[]): string[] {
  return rows.length ? ["", title, ...entries(rows)] : [];
}

/** Labels left, texts right of them in one column. */
export function entries(rows: readonly Entry[], width?: number): string[] {
  const column = width ?? Math.max(...rows.map(([label]) => (label.length > LABEL_LIMIT ? 0 : label.length)));
  return rows.flatMap(([label, doc]) => {
    const lines = wrap(doc, WIDTH - column - 4);
    const beside = label.length <= column;
    const first = beside ? [`  ${label.padEnd(column)}  ${lines[0] ?? ""}`.trimEnd()] : [`  ${label}`];
    return [...first, ...lines.slice(beside ? 1 : 0).map((line) => `${" ".repeat(column + 4)}${line}`)];
  });
}
