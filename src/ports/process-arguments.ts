// Who runs with a given word on its command line, or stands in a directory.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { spawn } from "./spawn";

export interface RunningProcess {
  pid: number;
  /** The program's own name, without a path. */
  name: string;
}

/** Running processes, but for this one, that have `word` as an argument, or within one where the system gives whole lines only. */
export async function processesNaming(word: string): Promise<RunningProcess[]> {
  if (process.platform !== "linux") return (await allLines()).filter(({ line }) => line.includes(word));
  return pids().flatMap((pid) => {
    const args = read(`/proc/${pid}/cmdline`).split("\0");
    return args.includes(word) ? [{ pid, name: nameOf(args[0]) }] : [];
  });
}

/** Running processes, but for this one, whose working directory is `directory` or below it. Linux only; elsewhere none. */
export function processesIn(directory: string): RunningProcess[] {
  if (process.platform !== "linux") return [];
  return pids().flatMap((pid) => {
    try {
      const cwd = readlinkSync(`/proc/${pid}/cwd`);
      return cwd === directory || cwd.startsWith(`${directory}/`) ? [{ pid, name: nameOf(read(`/proc/${pid}/cmdline`).split("\0")[0]) }] : [];
    } catch {
      // Another user's, or gone.
      return [];
    }
  });
}

async function allLines(): Promise<(RunningProcess & { line: string })[]> {
  const ran = await spawn(["ps", "-axwwo", "pid=,args="], { env: process.env, timeout: 3000 });
  return ran.stdout.split("\n").flatMap((text) => {
    const [, pid, line = ""] = /^\s*(\d+) (.*)$/.exec(text) ?? [];
    return pid && Number(pid) !== process.pid ? [{ pid: Number(pid), name: nameOf(line.split(" ")[0]), line }] : [];
  });
}

function pids(): number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => pid !== process.pid);
}

function nameOf(path: string | undefined): string {
  return path?.split("/").at(-1) ?? "";
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
