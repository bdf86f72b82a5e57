// Programs other than tmux and git, through execa: setup commands, the login shell, editors, exec.
import { delimiter } from "node:path";
import type { Options } from "execa";

export interface ProgramResult {
  /** null when a signal ended it; then `signal` is set. */
  code: number | null;
  signal: string | null;
  timedOut: boolean;
  output: string;
  /** What it said on stderr, where `io` is `split`; else "". */
  errors: string;
}

export interface ProgramOptions {
  cwd: string;
  env: Record<string, string | undefined>;
  /** `inherit`: the terminal is the program's. `log`: inherit, and append to this file. `collect`: into `output`. `split`: stderr into `errors`. */
  io: "inherit" | "collect" | "split" | { log: string };
  /** What it reads, where its output is kept; else nothing. */
  input?: string;
  /** Milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
}

/** Run argv to its end. Never throws for an exit code; a program that is not there is code 127. */
export async function runProgram(argv: readonly [string, ...string[]], options: ProgramOptions): Promise<ProgramResult> {
  const { execa } = await import("execa");
  const [file, ...args] = argv;
  const settings: Options = {
    cwd: options.cwd,
    env: options.env as Record<string, string>,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    ...streams(options.io),
    ...(options.input === undefined ? {} : { stdin: "pipe" as const, input: options.input }),
  };
  const running = execa(file, args, settings);
  const chunks: Uint8Array[] = [];
  running.all?.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  let timedOut = false;
  const end = async () => {
    await endTree(running.pid);
    // What left the tree may still hold the pipes.
    for (const stream of [running.all, running.stdout, running.stderr]) stream?.destroy();
  };
  const timer = options.timeout === undefined ? undefined : setTimeout(() => ((timedOut = true), void end()), options.timeout);
  if (options.signal?.aborted) void end();
  options.signal?.addEventListener("abort", end, { once: true });
  const result = await running;
  clearTimeout(timer);
  options.signal?.removeEventListener("abort", end);
  const missing = result.code === "ENOENT";
  return {
    code: missing ? 127 : (result.exitCode ?? null),
    signal: result.signal ?? null,
    timedOut,
    output: missing ? `${file}: not found\n` : options.io === "split" ? String(result.stdout) : Buffer.concat(chunks).toString(),
    errors: options.io === "split" ? String(result.stderr ?? "") : "",
  };
}

/** The program and all that it started: a shell's children do not end with it. */
async function endTree(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const [{ scanProcesses, treeOf }, { signalProcesses, waitForEnd }] = await Promise.all([import("./metrics"), import("./processes")]);
  const tree = treeOf([pid], await scanProcesses());
  signalProcesses(tree, ["SIGTERM", "SIGCONT"]);
  signalProcesses(await waitForEnd(tree, 500), ["SIGKILL"]);
}

function streams(io: ProgramOptions["io"]): Options {
  if (io === "inherit") return { stdio: "inherit" };
  // Collected above, once: execa keeps each stream besides, which is 3 MB for fifty worktrees.
  if (io === "collect") return { stdin: "ignore", all: true, buffer: false };
  if (io === "split") return { stdin: "ignore" };
  const both = ["inherit", { file: io.log, append: true }] as const;
  return { stdin: "inherit", stdout: [...both], stderr: [...both] };
}

/** Where a program is on a PATH, or null. */
export function findProgram(name: string, path: string | undefined): string | null {
  return Bun.which(name, { PATH: path ?? "" });
}

/** The PATH of the user's login shell: what a terminal has and a tmux server started elsewhere may lack. null when it does not say. */
export async function loginShellPath(env: Record<string, string | undefined>): Promise<string | null> {
  const shell = env["SHELL"];
  if (!shell) return null;
  const mark = "fleet-path:";
  // Interactive too: many people set PATH in .bashrc or .zshrc. fish prints a list, hence the separate words.
  const print = shell.endsWith("fish") ? `printf '${mark}%s\\n' (string join : $PATH)` : `printf '${mark}%s\\n' "$PATH"`;
  const ran = await runProgram([shell, "-lic", print], { cwd: env["HOME"] || "/", env, io: "collect", timeout: 3000 });
  const line = ran.output.split("\n").find((text) => text.includes(mark));
  const path = line?.slice(line.indexOf(mark) + mark.length).trim();
  return path?.split(delimiter).some((part) => part.startsWith("/")) ? path : null;
}
