// What a config file may hold: its parsed data against the option table, every mistake at once.
import * as v from "valibot";
import { OPTION_KEYS, optionPath, optionRow, type OptionKey, type OptionType, SECTIONS, type Values } from "../base/options";
import { nearest, visible } from "../base/text";
import type { KindSettings } from "../kinds/kind";
import { lineOf, type Positions } from "../ports/toml-positions";

/** A mistake in a person's file: where, which key, what was expected and what stands there. */
export interface Problem {
  /** The file's name as shown: config.toml, .ai_fleet.toml. */
  file: string;
  line: number | null;
  key: string;
  message: string;
}

export interface Checked {
  problems: Problem[];
  values: Partial<Values>;
  kinds: Record<string, KindSettings>;
  /** Keys that a repo's file may not hold, or does not know. */
  ignored: string[];
}

export interface CheckFacts {
  file: string;
  positions: Positions;
  /** Names of the built-in kinds. */
  builtins: readonly string[];
  /** A repo's file holds less, and what it may not hold is no mistake. */
  scope: "person" | "repo";
}

type Path = (string | number)[];
type Table = Record<string, unknown>;

export function checkConfig(data: Table, facts: CheckFacts): Checked {
  const ignored: string[] = [];
  const held = facts.scope === "repo" ? onlyRepoKeys(data, ignored) : data;
  const result = v.safeParse(facts.scope === "repo" ? REPO_FILE : OWN_FILE, held);
  const problems = (result.issues ?? []).map((issue) => problemOf(issue, facts));
  const output = (result.success ? result.output : {}) as Table;
  const kinds = (output["kinds"] ?? {}) as Record<string, KindSettings>;
  const values: Table = {};
  for (const key of OPTION_KEYS) {
    const [section, name] = optionPath(key);
    const value = (output[section] as Table | undefined)?.[name];
    if (value !== undefined) values[key] = value;
  }
  const at = (path: Path, message: string) => problems.push({ file: facts.file, line: lineOf(facts.positions, path), key: pathText(path), message });
  if (facts.scope === "person") checkTogether(data, facts.builtins, at);
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { problems, values: values as Partial<Values>, kinds, ignored };
}

/** What no value says by itself. Looks at the data as it was written, so that one mistake hides no other. */
function checkTogether(data: Table, builtins: readonly string[], at: (path: Path, message: string) => void): void {
  const kinds = isTable(data["kinds"]) ? data["kinds"] : {};
  const wanted = isTable(data["agent"]) ? data["agent"]["default"] : undefined;
  const known = [...builtins, ...Object.keys(kinds)];
  if (typeof wanted === "string" && !known.includes(wanted)) at(["agent", "default"], `no such kind: ${visible(wanted)}${meant(nearest(wanted, known))}`);
  for (const [name, kind] of Object.entries(kinds)) {
    if (!isTable(kind)) continue;
    const { like, command } = kind;
    if (builtins.includes(name)) {
      for (const key of ["like", "command"] as const) {
        if (kind[key] !== undefined) at(["kinds", name, key], `${name} is a built-in kind and takes flags and env only; give the variant a name of its own`);
      }
    } else if (like !== undefined && command !== undefined) {
      at(["kinds", name, "command"], "expected like or command, got both");
    } else if (like === undefined && command === undefined) {
      at(["kinds", name], `expected like = "…" or command = […], got neither${meant(nearest(name, builtins))}`);
    }
    if (typeof like === "string" && !builtins.includes(like)) {
      at(["kinds", name, "like"], `expected a built-in kind (${builtins.join(", ")}), got ${describe(like)}${meant(nearest(like, builtins))}`);
    }
  }
}

/** The part of a repo's file that counts; the rest is named in `ignored`. */
function onlyRepoKeys(data: Table, ignored: string[]): Table {
  const held: Table = {};
  for (const [section, content] of Object.entries(data)) {
    const allowed = OPTION_KEYS.filter((key) => optionPath(key)[0] === section && optionRow(key).repo).map((key) => optionPath(key)[1]);
    if (!allowed.length) ignored.push(visible(section));
    else if (!isTable(content)) held[section] = content;
    else {
      const inner: Table = {};
      for (const [name, value] of Object.entries(content)) {
        if (allowed.includes(name)) inner[name] = value;
        else ignored.push(visible(`${section}.${name}`));
      }
      held[section] = inner;
    }
  }
  return held;
}

const noNul = v.check((text: string) => !text.includes("\0"), "expected text without NUL characters");
const text = v.pipe(v.string(), noNul);

const SCHEMAS: Record<OptionType, v.GenericSchema> = {
  string: text,
  integer: v.pipe(v.number(), v.integer("expected a whole number"), v.minValue(0, "expected a number, 0 or above")),
  amount: v.pipe(v.number(), v.minValue(0, "expected a number, 0 or above")),
  path: v.pipe(text, v.check((path) => /^(\/|~\/|~$)/.test(path), "expected a path that begins with / or ~/")),
  patterns: v.array(v.pipe(text, v.check(staysInside, "expected a path inside the checkout, without .. and not beginning with / or ~"))),
  commands: v.array(v.pipe(text, v.check((line) => line.trim() !== "", "expected a command line, got an empty one"))),
  choices: v.array(text),
  hours: v.pipe(text, v.check((hours) => hours === "" || /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(hours), "expected hours such as 22:00-08:00")),
};

function schemaOf(key: OptionKey): v.GenericSchema {
  const { type, choices = [] } = optionRow(key);
  if (type !== "choices") return SCHEMAS[type];
  return v.array(v.pipe(text, v.check((word) => choices.includes(word), `expected one of ${choices.join(", ")}`)));
}

const EXPECTED: Record<OptionType, string> = {
  string: "a string",
  integer: "a whole number",
  amount: "a number",
  path: "a string",
  patterns: "an array of strings",
  commands: "an array of strings",
  choices: "an array of strings",
  hours: "a string",
};

function staysInside(path: string): boolean {
  return path !== "" && !/^[/~]/.test(path) && !path.split("/").some((part) => part === "..") && !/^\.?\/*$/.test(path);
}

const KIND = v.objectWithRest(
  {
    like: v.optional(text),
    command: v.optional(
      v.pipe(
        v.array(text),
        v.check((words) => Boolean(words[0]) && !words[0]!.includes("{prompt}"), "expected a program's name as the first word"),
        v.check((words) => words.every((word) => word.split("{prompt}").length < 3), "expected {prompt} at most once in a word"),
      ),
    ),
    flags: v.optional(v.array(text)),
    env: v.optional(v.record(v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected a name that an environment variable can have")), text)),
  },
  v.never(),
);
const KIND_NAME = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, "expected a name of letters, digits, . _ and - (at most 40)"));
const KIND_EXPECTED: Record<string, string> = { like: "a string", command: "an array of strings", flags: "an array of strings", env: "a table of strings" };

const OWN_FILE = v.objectWithRest({ ...sections(() => true), kinds: v.optional(v.record(KIND_NAME, KIND)) }, v.never());
const REPO_FILE = v.objectWithRest(sections((key) => optionRow(key).repo === true), v.never());

function sections(takes: (key: OptionKey) => boolean): Record<string, v.GenericSchema> {
  const tables: Record<string, v.GenericSchema> = {};
  for (const section of SECTIONS) {
    const entries: Record<string, v.GenericSchema> = {};
    for (const key of OPTION_KEYS) {
      if (optionPath(key)[0] === section && takes(key)) entries[optionPath(key)[1]] = v.optional(schemaOf(key));
    }
    tables[section] = v.optional(v.objectWithRest(entries, v.never()));
  }
  return tables;
}

function problemOf(issue: v.BaseIssue<unknown>, facts: CheckFacts): Problem {
  const path = (issue.path ?? []).map((part) => part.key as string | number);
  const problem = (message: string): Problem => ({ file: facts.file, line: lineOf(facts.positions, path), key: pathText(path), message });
  if (issue.type === "never") return problem(`unknown key${meant(nearestKey(path))}`);
  if (issue.kind === "validation") return problem(`${issue.message}${typeof issue.input === "object" || issue.message.includes(" got ") ? "" : `, got ${describe(issue.input)}`}`);
  return problem(`expected ${expected(path)}, got ${describe(issue.input)}`);
}

function expected(path: Path): string {
  if (path.length === 1) return "a table";
  if (path[0] === "kinds") return path.length === 2 ? "a table" : path.length === 3 ? (KIND_EXPECTED[String(path[2])] ?? "a string") : "a string";
  const key = OPTION_KEYS.find((known) => known === `${path[0]}.${path[1]}`);
  return path.length > 2 || !key ? "a string" : EXPECTED[optionRow(key).type];
}

function nearestKey(path: Path): string | undefined {
  const word = path.map(String).join(".");
  if (path[0] === "kinds") {
    const near = nearest(String(path[2]), Object.keys(KIND_EXPECTED));
    return near && `kinds.${path[1]}.${near}`;
  }
  // A key that lost its table's header stands at the top.
  const bare = path.length === 1 ? OPTION_KEYS.find((key) => optionPath(key)[1] === word) : undefined;
  return bare ?? nearest(word, path.length === 1 ? [...SECTIONS, "kinds"] : OPTION_KEYS);
}

function meant(near: string | undefined): string {
  return near ? `; did you mean ${visible(near)}?` : "";
}

function pathText(path: Path): string {
  return visible(path.map((part, i) => (typeof part === "number" ? `[${part + 1}]` : `${i ? "." : ""}${/^[A-Za-z0-9_-]+$/.test(part) ? part : `"${part}"`}`)).join(""));
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(visible(value.length > 60 ? `${value.slice(0, 60)}…` : value)).replaceAll("\\\\", "\\");
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean") return `the boolean ${value}`;
  if (Array.isArray(value)) return "an array";
  return value instanceof Date ? "a date" : "a table";
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
