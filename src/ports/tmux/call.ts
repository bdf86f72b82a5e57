// How fleet speaks to tmux: one process a step, argv only, commands joined by `;`.
import { ProcessError, UserError } from "../../base/errors";
import { type Ran, spawn, type Trace } from "../spawn";

export interface Tmux {
  /** Run commands in one tmux process, in order; a failing one ends the call. Returns stdout. */
  call(commands: readonly TmuxCommand[], options?: { stdin?: string }): Promise<string>;
  /** The environment of tmux programs run in the foreground (attach). */
  readonly env: Record<string, string | undefined>;
  /** The socket that calls go to, as far as the environment says. */
  readonly socket: string;
}

export type TmuxCommand = readonly [string, ...string[]];

/** tmux said that there is no server: an answer, unlike silence. */
export class NoServer extends Error {}

// One client call carries at most 16 348 bytes of argv (3.2a to 3.7c); longer batches go through stdin.
const ARGV_LIMIT = 12_000;
const TIMEOUT_MS = 15_000;

/** `timeout`: milliseconds after which a call is given up. */
export function openTmux(env: Record<string, string | undefined>, trace?: Trace, timeout = TIMEOUT_MS): Tmux {
  // A server that this call starts would hand an agent's names down to every session of the person's.
  env = withoutAgent(env);
  return {
    env,
    socket: socketOf(env),
    async call(commands, { stdin } = {}) {
      const batch = stdin === undefined && size(commands) > ARGV_LIMIT;
      // -u: without $TMUX a client in the C locale replaces tabs and non-ASCII by "_".
      const argv = batch ? ["tmux", "-u", "source-file", "-"] : ["tmux", "-u", ...join(commands)];
      const input = batch ? commands.map(sourceLine).join("\n") + "\n" : stdin;
      const ran = await spawn(argv, { env, stdin: input, timeout }, trace);
      if (ran.code === 0) return ran.stdout;
      throw (await tooOld(ran, env)) ?? failure(argv, ran);
    },
  };
}

function withoutAgent(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("FLEET_")));
}

/** The socket of $TMUX, else of tmux's default rule ($TMUX_TMPDIR or /tmp, tmux-UID/default). */
function socketOf(env: Record<string, string | undefined>): string {
  const inside = env["TMUX"]?.split(",")[0];
  return inside || `${env["TMUX_TMPDIR"] || "/tmp"}/tmux-${process.getuid?.() ?? 0}/default`;
}

/** A tmux that does not know a flag of fleet's, or whose running server is of another version. Asked only after a failure. */
async function tooOld(ran: Ran, env: Record<string, string | undefined>): Promise<UserError | null> {
  if (/^(protocol version mismatch|server version is too old for client)/m.test(ran.stderr)) {
    return new UserError("the running tmux server is of another version than the tmux on PATH", { detail: ran.stderr.trim(), hint: "tmux kill-server   (ends every session), or put the older tmux first on PATH" });
  }
  if (!/^usage: |unknown (flag|option)|unknown command|invalid option/m.test(ran.stderr)) return null;
  const version = (await spawn(["tmux", "-V"], { env, timeout: TIMEOUT_MS })).stdout.trim().replace(/^tmux /, "");
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || Number(major) * 100 + Number(minor) >= 302) return null;
  return new UserError(`tmux is too old: ${version}`, { hint: "install tmux 3.2 or newer, then: fleet doctor" });
}

function failure(argv: readonly string[], ran: Ran): Error {
  if (ran.code === 127) {
    return new UserError("tmux is not on PATH", { hint: "install tmux 3.2 or newer, then: fleet doctor" });
  }
  if (/^(no server running on|error connecting to .*(No such file|Connection refused))/m.test(ran.stderr)) {
    return new NoServer(ran.stderr.trim());
  }
  return new ProcessError(argv, ran.code, ran.stdout, ran.stderr, ran.timedOut);
}

function join(commands: readonly TmuxCommand[]): string[] {
  return commands.flatMap((words, i) => [...(i ? [";"] : []), ...words.map(argument)]);
}

/** tmux takes a trailing `;` of any argument for its command separator, and drops it. */
export function argument(word: string): string {
  return word.endsWith(";") ? `${word.slice(0, -1)}\\;` : word;
}

/** One command as a line of a tmux config file. Verified byte for byte on 3.1c to 3.8. */
export function sourceLine(words: TmuxCommand): string {
  return words.map(sourceWord).join(" ");
}

/** Commands as a tmux config file. A plain word stays as one writes it. */
export function sourceLines(commands: readonly TmuxCommand[]): string {
  return commands.map((words) => words.map((word) => (/^[A-Za-z0-9@_-]+$/.test(word) ? word : sourceWord(word))).join(" ")).join("\n");
}

function sourceWord(word: string): string {
  const escaped = word.replace(/[\\"$~\u0000-\u001f\u007f]/g, (c) => {
    if (c === "\n") return "\\n";
    if (c === "\t") return "\\t";
    if (c === "\r") return "\\r";
    if (c === "\u001b") return "\\e";
    return c < " " || c === "\u007f" ? `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}` : `\\${c}`;
  });
  return `"${escaped}"`;
}

/** Text inside a tmux format: names, directories and titles are expanded, so `#` is doubled. */
export function formatText(text: string): string {
  return text.replaceAll("#", "##");
}

function size(commands: readonly TmuxCommand[]): number {
  let bytes = 0;
  for (const words of commands) for (const word of words) bytes += Buffer.byteLength(word) + 1;
  return bytes;
}
