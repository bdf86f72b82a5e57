// A process is its pid and its start time: pids come round again.
import { readFileSync } from "node:fs";

/** The start time of a process as an opaque string; null when it is gone or its time can't be read. */
export function startTime(pid: number): string | null {
  if (process.platform === "linux") {
    try {
      return parseStartTime(readFileSync(`/proc/${pid}/stat`, "latin1"));
    } catch {
      return null;
    }
  }
  const ran = Bun.spawnSync(["ps", "-o", "lstart=", "-p", String(pid)], {
    stderr: "ignore",
    // Another locale or time zone at a later call must not make it another process.
    env: { ...process.env, LC_ALL: "C", TZ: "UTC0" },
  });
  return ran.stdout.toString().trim().replaceAll(/\s+/g, "_") || null;
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold blanks and parentheses. A zombie counts as gone. */
function parseStartTime(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? null : (fields[19] ?? null);
}

/** true while the process that had this pid and start time runs. */
export function isSameProcess(pid: number, start: string): boolean {
  return startTime(pid) === start;
}
