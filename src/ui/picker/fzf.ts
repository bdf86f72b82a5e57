// The only place that speaks to fzf: finds it, reads its version once, and runs it as a picker.
import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { coloursOf } from "./colours";
import { featuresOf, isAtLeast, OLDEST, parseVersion, type Version } from "./features";
import { pickerWords, type PickerSpec } from "./options";

export interface Fzf {
  path: string;
  version: Version;
}

type Environment = Record<string, string | undefined>;

/**
 * `@ai-fleet/fzf-bin`, as scripts/pack-fzf installs it: beside the binary (in its checkout, or below the prefix) or in the data
 * directory; else on PATH.
 */
export function fzfPlaces(binary: string, env: Environment): string[] {
  const folders: string[] = [];
  for (let folder = dirname(binary), i = 0; i < 3; folder = dirname(folder), i++) folders.push(folder);
  const data = env["XDG_DATA_HOME"] || (env["HOME"] && join(env["HOME"], ".local", "share"));
  if (data) folders.push(join(data, "fleet"));
  const packed = folders.map((folder) => join(folder, "node_modules", "@ai-fleet", "fzf-bin", "bin", "fzf"));
  const onPath = Bun.which("fzf", { PATH: env["PATH"] ?? "" });
  return [...packed.filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile()), ...(onPath === null ? [] : [onPath])];
}

/** The first fzf that tells a version; null when there is none. `cache` is a file that remembers what it told. */
export async function findFzf(env: Environment, binary: string, cache: string): Promise<Fzf | null> {
  for (const path of fzfPlaces(binary, env)) {
    const version = await versionOf(path, env, cache);
    if (version) return { path, version };
  }
  return null;
}

export function isTooOld(fzf: Fzf): boolean {
  return !isAtLeast(fzf.version, OLDEST);
}

/** By path, size and time of the file: a start of fzf costs as much as the list that is to be shown. */
async function versionOf(path: string, env: Environment, cache: string): Promise<Version | null> {
  let mark: string;
  try {
    const { size, mtimeMs } = statSync(realpathSync(path));
    mark = `${path} ${size} ${mtimeMs}`;
  } catch {
    return null;
  }
  const known = readKnown(cache);
  if (known?.mark === mark) return known.version;
  const child = Bun.spawn([path, "--version"], { env: { ...env, FZF_DEFAULT_OPTS: "", FZF_DEFAULT_OPTS_FILE: "" }, stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  const timer = setTimeout(() => child.kill("SIGKILL"), 2000);
  const version = parseVersion(await child.stdout.text());
  clearTimeout(timer);
  if (version) remember(cache, { mark, version });
  return version;
}

function readKnown(cache: string): { mark: string; version: Version } | null {
  try {
    const known = JSON.parse(readFileSync(cache, "utf8"));
    return typeof known?.mark === "string" && Array.isArray(known.version) ? known : null;
  } catch {
    return null;
  }
}

function remember(cache: string, known: { mark: string; version: Version }): void {
  try {
    mkdirSync(dirname(cache), { recursive: true });
    writeFileSync(cache, JSON.stringify(known));
  } catch {
    // It is asked again next time.
  }
}

export interface Picking {
  /** Settles when the picker is closed: the chosen line's hidden fields and text, or null; `failed` with fzf's exit code when it could not run. */
  readonly over: Promise<{ chosen: string | null; failed: number | null }>;
  /** Close it, as its own key would. */
  close(): void;
}

/** Show `input` and let the person pick. The first lines are there before fzf starts: it draws late what comes in pieces. */
export function pick(fzf: Fzf, spec: Omit<PickerSpec, "colours">, input: string, env: Environment): Picking {
  const words = pickerWords({ ...spec, colours: coloursOf(defaultOptions(env)) }, featuresOf(fzf.version));
  const child = Bun.spawn([fzf.path, ...words], { env: pickerEnvironment(env), stdin: Buffer.from(input), stdout: "pipe", stderr: "inherit" });
  const over = Promise.all([child.stdout.text(), child.exited]).then(([text, code]) => ({
    chosen: code === 0 ? text.replace(/\n$/, "") : null,
    // 1: nothing matched; 130: closed by a key; 129, 143: the terminal went away.
    failed: code === 0 || code === 1 || code >= 126 ? null : code,
  }));
  return { over, close: () => child.kill("SIGTERM") };
}

function defaultOptions(env: Environment): string {
  const file = env["FZF_DEFAULT_OPTS_FILE"];
  let text = "";
  try {
    if (file) text = readFileSync(file, "utf8");
  } catch {
    // fzf itself would refuse to start; the picker only wants colours.
  }
  return `${text}\n${env["FZF_DEFAULT_OPTS"] ?? ""}`;
}

/** sh for its commands, whatever the person's shell is, and no wait after Esc. */
function pickerEnvironment(env: Environment): Environment {
  const { FZF_DEFAULT_OPTS, FZF_DEFAULT_OPTS_FILE, FZF_DEFAULT_COMMAND, ...rest } = env;
  return { ...rest, SHELL: "/bin/sh", ESCDELAY: "0" };
}
