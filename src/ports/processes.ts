// Ending processes: a whole tree, by pid and start time, and nothing else.
import { isSameProcess } from "./process-identity";

export interface Target {
  pid: number;
  start: string;
}

/** Ask with HUP and TERM, then KILL what is left after `grace` ms. Returns those that could not be ended. */
export async function endProcesses(targets: readonly Target[], grace: number): Promise<Target[]> {
  const alive = () => targets.filter((target) => isSameProcess(target.pid, target.start));
  for (const signal of ["SIGHUP", "SIGTERM", "SIGCONT"] as const) send(alive(), signal);
  const deadline = Date.now() + grace;
  while (alive().length > 0 && Date.now() < deadline) await Bun.sleep(10);
  send(alive(), "SIGKILL");
  const end = Date.now() + 1000;
  while (alive().length > 0 && Date.now() < end) await Bun.sleep(10);
  return alive();
}

function send(targets: readonly Target[], signal: NodeJS.Signals): void {
  for (const { pid } of targets) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself.
    }
  }
}
