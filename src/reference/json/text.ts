// The JSON of commands in words: for help, for the man page, and as lines that later versions are held to.
import { JSON_VERSION } from "../../base/version";
import { type Entry, entries, WIDTH } from "../help";
import { type Row, wrap } from "../wording";
import { JSON_OUTPUTS } from "./index";
import { fieldDoc, isFields, type Field, type Output, paths, typeText } from "./shape";

/** What one may rely on; a paragraph each. */
export const PROMISE: readonly string[] = [
  `This is version ${JSON_VERSION} of what --json prints; fleet version --json tells it as json. Within a version fields are only added: a field keeps its
name, type, unit and what null means, and stays where it is. What goes away or changes raises the version. So pass over fields that
are new, and expect new words in a field that holds one of several.`,
  `The answer is one value on stdout, in UTF-8; with "an object a line", one on each line as it happens. What is said besides stands on stderr.
A command that is refused ends with another exit code than 0, and prints nothing, or what it did before. Names, prompts and what agents
say are printed as they are: whoever shows them strips control characters. A dry run of which nothing is said here prints its plan as text.`,
];

/** `fleet list --json --help`; null for a command that prints none. */
export function jsonOfCommand({ name }: Pick<Row, "name">): string | null {
  const outputs = JSON_OUTPUTS[name];
  if (!outputs) return null;
  const blocks = outputs.flatMap((output) => ["", heading(name, output), ...entries(rowsOf(output.fields))]);
  return [`fleet ${name}: its JSON, version ${JSON_VERSION}`, ...blocks, "", "fleet help json says what one may rely on."].join("\n");
}

/** `fleet help json`. */
export function jsonOverview(commands: readonly Row[]): string {
  const shown = commands.filter(({ name, internal }) => !internal && JSON_OUTPUTS[name]);
  const rows = shown.flatMap(({ name }) => JSON_OUTPUTS[name]!.map((output): Entry => [callOf(name, output), givesText(output)]));
  return [
    `fleet's JSON, version ${JSON_VERSION}`,
    ...PROMISE.flatMap((paragraph) => ["", ...wrap(paragraph, WIDTH)]),
    "",
    "What each command gives:",
    ...entries(rows),
    "",
    "fleet COMMAND --json --help tells the fields of one; man fleet has all.",
  ].join("\n");
}

export interface JsonSection {
  heading: string;
  entries: Entry[];
}

/** Every output in the order of the commands, for the man page; fields that another one has are not told again. */
export function jsonSections(commands: readonly Row[]): JsonSection[] {
  const shown = commands.filter(({ name, internal }) => !internal && JSON_OUTPUTS[name]);
  return shown.flatMap(({ name }) => JSON_OUTPUTS[name]!.map((output): JsonSection => {
    const known: object = output.like === undefined ? {} : JSON_OUTPUTS[output.like]![0]!.fields;
    const own = Object.fromEntries(Object.entries(output.fields).filter(([field]) => !Object.hasOwn(known, field)));
    const like: Entry[] = output.like === undefined ? [] : [["…", `the fields of fleet ${output.like} --json`]];
    return { heading: heading(name, output), entries: [...rowsOf(own), ...like] };
  }));
}

/** A line for each field, in the order of the alphabet: what a version of the JSON has, to compare with a later one. */
export function promisedLines(): string[] {
  return Object.entries(JSON_OUTPUTS).flatMap(([name, outputs]) => outputs.flatMap((output) => [
    `${callOf(name, output)}: ${givesText(output)}`,
    ...[...paths(output.fields)].map(([path, field]) => `${callOf(name, output)}  ${path}${field.only === undefined ? "" : "?"}  ${promisedType(field)}`),
  ])).sort();
}

/** Words may be added. */
function promisedType(field: Field): string {
  const { is } = field;
  return typeText(typeof is === "string" || isFields(is) ? field : { ...field, is: "text" });
}

function rowsOf(fields: Output["fields"]): Entry[] {
  return [...paths(fields)].map(([path, field]): Entry => [path, `${typeText(field)}: ${fieldDoc(field)}`]);
}

function heading(name: string, output: Output): string {
  return `${callOf(name, output)} gives ${givesText(output)}`;
}

function callOf(name: string, output: Output): string {
  return ["fleet", name, ...(output.with === "" ? [] : [output.with]), "--json"].join(" ");
}

function givesText({ gives, none }: Output): string {
  return `${gives}${none === undefined ? "" : ` or null (${none})`}`;
}
