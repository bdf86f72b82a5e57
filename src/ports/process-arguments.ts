// Who runs with a given word on its command line, or stands in a directory.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { spawn } from "./spawn";

export interface RunningProcess {
  pid: number;
  /** The program's own name, without a path. */
  name: string;
  /** The whole command line, its arguments joined by blanks. */
  line: string;
}

/** Running processes, but for this one, that have `word` as an argument, or within one where the system gives whole lines only. */
export async function processesNaming(word: string): Promise<RunningProcess[]> {
  if (process.platform !== "linux") return (await allLines()).filter(({ line }) => line.includes(word));
  return pids().flatMap((pid) => {
    const args = argumentsOf(pid);
    return args.includes(word) ? [described(pid, args)] : [];
  });
}

/**
 * Running processes `sh SCRIPT` whose script `shape` matches whole. Not any process with that word: a tmux server has the command
 * line of the call that started it, to its last argument, for as long as it lives.
 */
export async function shellsRunning(shape: RegExp): Promise<{ pid: number; script: string }[]> {
  const lines = process.platform === "linux" ? pids().map((pid) => ({ pid, words: argumentsOf(pid) })) : (await allLines()).map(({ pid, line }) => ({ pid, words: line.split(" ") }));
  return lines.flatMap(({ pid, words: [program = "", script = ""] }) => (/(^|\/)sh$/.test(program) && shape.test(script) ? [{ pid, script }] : []));
}

/** The command lines of these processes, as words; where the system gives whole lines only, cut at blanks. Those that are gone are left out. */
export async function commandLines(wanted: readonly number[]): Promise<Map<number, string[]>> {
  if (process.platform === "linux") return new Map(wanted.map((pid): [number, string[]] => [pid, argumentsOf(pid)]).filter(([, words]) => words.length > 0));
  const asked = new Set(wanted);
  return new Map((await allLines()).filter(({ pid }) => asked.has(pid)).map(({ pid, line }): [number, string[]] => [pid, line.split(" ")]));
}

/** Running processes, but for this one, whose working directory is `directory` or below it. Linux only; elsewhere none. */
export function processesIn(directory: string): RunningProcess[] {
  if (process.platform !== "linux") return [];
  return pids().flatMap((pid) => {
    try {
      const cwd = readlinkSync(`/proc/${pid}/cwd`);
      return cwd === directory || cwd.startsWith(`${directory}/`) ? [described(pid, argumentsOf(pid))] : [];
    } catch {
      // Another user's, or gone.
      return [];
    }
  });
}

async function allLines(): Promise<RunningProcess[]> {
  const ran = await spawn(["ps", "-axwwo", "pid=,args="], { env: process.env, timeout: 3000 });
  return ran.stdout.split("\n").flatMap((text) => {
    const [, pid, line = ""] = /^\s*(\d+) (.*)$/.exec(text) ?? [];
    return pid && Number(pid) !== process.pid ? [described(Number(pid), line.split(" "))] : [];
  });
}

function described(pid: number, args: readonly string[]): RunningProcess {
  return { pid, name: args[0]?.split("/").at(-1) ?? "", line: args.join(" ") };
}

function pids(): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => pid !== process.pid);
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replace(/\0$/, "").split("\0");
  } catch {
    return [];
  }
}
