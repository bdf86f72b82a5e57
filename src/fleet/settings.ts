// The layers of the configuration → one value for each option, and where it came from.
import { join } from "node:path";
import { type OptionKey, OPTION_KEYS, defaultFile, defaultValues, optionPath, optionRow, SECTIONS, tomlLiteral, type Values } from "../base/options";
import { visible } from "../base/text";
import type { KindSettings } from "../kinds/kind";
import { parseToml, readForeignFile, readOwnFile, writeIfMissing } from "../ports/config-file";
import { lineOf, type Positions } from "../ports/toml-positions";
import { isApproved } from "./approved";
import { configError } from "./config-problems";
import type { Checked, CheckFacts, Problem } from "./validate-config";

export const OWN_FILE = "config.toml";
export const REPO_FILE = ".ai_fleet.toml";
/** Bytes of a repo's file; more is no configuration. */
const REPO_FILE_LIMIT = 64 * 1024;

/** Where a value came from; `file` is the file's name as shown. */
export type Origin = { layer: "default" } | { layer: "config" | "repo"; file: string; line: number | null };

/** What a repo's .ai_fleet.toml says. */
export interface RepoFile {
  path: string;
  /** sha256 of exactly the file's bytes. */
  hash: string;
  /** A person has approved this content for this repo. */
  approved: boolean;
  /** What it would do, for showing; empty when nothing in it needs approval. */
  acts: string[];
  /** Keys that it may not hold; they have no effect. */
  ignored: string[];
  /** All that it sets, acting or not. */
  values: Partial<Values>;
  lines: Partial<Record<OptionKey, number | null>>;
}

export interface Settings {
  values: Values;
  origins: Record<OptionKey, Origin>;
  kinds: Record<string, KindSettings>;
  /** Lines of config.toml where kinds' keys stand: "kinds.opus.like". */
  kindLines: Record<string, number | null>;
  repoFile: RepoFile | null;
}

export interface SettingsPlace {
  /** FLEET_HOME. */
  home: string;
  /** The main checkout of the repo; null outside of any. */
  main: string | null;
  /** The repo's git common directory. */
  common: string | null;
  /** For "~" in paths. */
  userHome: string;
}

/**
 * Read every layer. The person's file is written with commented defaults when it is not there.
 * Of a repo's file, what needs approval acts only once approved. Throws UserError that lists all mistakes.
 */
export async function loadSettings(where: SettingsPlace, warn: (message: string, hint?: string) => void, reading = readOwn(where)): Promise<Settings> {
  const own = await reading;
  const repo = where.main === null ? null : await readRepoFile(where, where.main, warn);
  const problems = [...(own?.problems ?? []), ...(repo?.problems ?? [])];
  if (problems.length) throw configError(problems, own?.excerpt ?? repo?.excerpt);

  const settings: Settings = {
    values: defaultValues(where.home),
    origins: Object.fromEntries(OPTION_KEYS.map((key) => [key, { layer: "default" }])) as Record<OptionKey, Origin>,
    kinds: own?.kinds ?? {},
    kindLines: {},
    repoFile: repo?.file ?? null,
  };
  if (own) {
    layOver(settings, own.values, (key) => ({ layer: "config", file: OWN_FILE, line: lineOf(own.positions, optionPath(key)) }));
    for (const [name, kind] of Object.entries(own.kinds)) {
      for (const key of Object.keys(kind)) settings.kindLines[`kinds.${name}.${key}`] = lineOf(own.positions, ["kinds", name, key]);
    }
  }
  if (repo) {
    const { values, lines, approved } = repo.file;
    const acting = Object.entries(values).filter(([key]) => approved || !optionRow(key as OptionKey).approval);
    layOver(settings, Object.fromEntries(acting), (key) => ({ layer: "repo", file: REPO_FILE, line: lines[key] ?? null }));
  }
  for (const key of OPTION_KEYS) {
    if (optionRow(key).type === "path") (settings.values as Record<string, unknown>)[key] = expandHome(settings.values[key] as string, where.userHome);
  }
  return settings;
}

/** The person's own file, for loadSettings: it can be read while git says which repo one stands in. null where it says nothing. */
export async function readOwn({ home, userHome }: Pick<SettingsPlace, "home" | "userHome">): Promise<Read | null> {
  const path = join(home, OWN_FILE);
  const text = readOwnFile(path);
  if (text === null) writeIfMissing(path, defaultFile(shownPath(home, userHome)));
  return text === null || holdsNothing(text) ? null : readConfig(text, { file: OWN_FILE, scope: "person" });
}

/** Every mistake of the person's file and of the repo's, as `fleet config validate` lists them. */
export async function configProblems(
  where: SettingsPlace,
  text: string | null = readOwnFile(join(where.home, OWN_FILE)),
  warn: (message: string) => void = () => {},
): Promise<{ problems: Problem[]; ignored: string[] }> {
  const own = text === null ? null : await readConfig(text, { file: OWN_FILE, scope: "person" });
  const repo = where.main === null ? null : await readRepoFile(where, where.main, warn);
  return { problems: [...(own?.problems ?? []), ...(repo?.problems ?? [])], ignored: repo?.file.ignored ?? [] };
}

export function originText(origin: Origin): string {
  return origin.layer === "default" ? "default" : `${origin.file}${origin.line === null ? "" : `:${origin.line}`}`;
}

/** The path with the person's home as ~. */
export function shownPath(path: string, userHome: string): string {
  return userHome && path.startsWith(`${userHome}/`) ? `~${path.slice(userHome.length)}` : path;
}

function layOver(settings: Settings, values: Partial<Values>, origin: (key: OptionKey) => Origin): void {
  for (const key of Object.keys(values) as OptionKey[]) {
    Object.assign(settings.values, { [key]: values[key] });
    settings.origins[key] = origin(key);
  }
}

interface Read extends Checked {
  positions: Positions;
  excerpt?: string;
}

async function readConfig(text: string, how: Pick<CheckFacts, "file" | "scope">): Promise<Read> {
  const parsed = await parseToml(text);
  if ("message" in parsed) {
    const { line, column, message, excerpt } = parsed;
    const problem: Problem = { file: how.file, line, key: "", message: `not valid TOML: ${message} (column ${column})` };
    return { problems: [problem], values: {}, kinds: {}, ignored: [], positions: new Map(), excerpt };
  }
  const [{ checkConfig }, { KINDS }] = await Promise.all([import("./validate-config"), import("../kinds/index")]);
  const builtins = KINDS.map((kind) => kind.name);
  return { ...checkConfig(parsed.data, { ...how, positions: parsed.positions, builtins }), positions: parsed.positions };
}

async function readRepoFile(where: SettingsPlace, main: string, warn: (message: string, hint?: string) => void): Promise<(Read & { file: RepoFile }) | null> {
  const path = join(main, REPO_FILE);
  const bytes = readForeignFile(path, main, REPO_FILE_LIMIT);
  if (bytes === null) return null;
  if (typeof bytes === "string") {
    warn(`${REPO_FILE} is left out: ${bytes}`);
    return null;
  }
  const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  const text = new TextDecoder("utf-8").decode(bytes);
  const read = await readConfig(text, { file: REPO_FILE, scope: "repo" });
  if (read.ignored.length) warn(`${REPO_FILE} may not hold this, so it has no effect: ${read.ignored.slice(0, 20).join(", ")}`);
  const lines: RepoFile["lines"] = {};
  for (const key of Object.keys(read.values) as OptionKey[]) lines[key] = lineOf(read.positions, optionPath(key));
  const acts = actsOf(read.values);
  const approved = acts.length === 0 || (where.common !== null && isApproved(where.home, where.common, hash));
  return { ...read, file: { path, hash, approved, acts, ignored: read.ignored, values: read.values, lines } };
}

/** One line for each thing that acts: what a person is asked to approve. */
function actsOf(values: Partial<Values>): string[] {
  const verbs: Partial<Record<OptionKey, string>> = { "setup.run": "run ", "worktree.copy": "copy", "worktree.link": "link", "worktree.root": "worktrees in" };
  return OPTION_KEYS.flatMap((key) => {
    const value = values[key];
    if (value === undefined || !optionRow(key).approval) return [];
    const verb = verbs[key] ?? key;
    if (typeof value === "object") return value.length ? value.map((item) => `${verb}  ${visible(item)}`) : [`${verb}  nothing (${key} = ${tomlLiteral(value)})`];
    return [`${verb}  ${visible(String(value))}`];
  });
}

/** Nothing but comments, blank lines and the headers of known tables: as fleet first wrote it. */
function holdsNothing(text: string): boolean {
  return text.split("\n").every((line) => NOTHING.test(line));
}

const NOTHING = new RegExp(`^\\s*(\\[(${SECTIONS.join("|")})\\]\\s*)?(#.*)?$`);

function expandHome(path: string, userHome: string): string {
  return path === "~" ? userHome : path.startsWith("~/") ? join(userHome, path.slice(2)) : path;
}
