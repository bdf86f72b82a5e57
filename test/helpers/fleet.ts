// Running the compiled binary as a person would, in the private place of a test.
import { binary } from "./binary";
import type { Server } from "./server";

export interface FleetRan {
  /** The exit code; null when it was killed by a signal or the time limit. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface FleetOptions {
  cwd?: string;
  stdin?: string;
  env?: Record<string, string>;
  /** Milliseconds; then the process is killed. */
  timeout?: number;
}

export type RunFleet = (words: readonly string[], options?: FleetOptions) => Promise<FleetRan>;

/** `fleet WORDS…` with the environment of `server`, in `cwd` (or options.cwd). Never throws for an exit code. */
export function fleetIn(server: Pick<Server, "env" | "root">, cwd: string = server.root): RunFleet {
  return async (words, options = {}) => {
    const child = Bun.spawn([await binary(), ...words], {
      cwd: options.cwd ?? cwd,
      env: { ...server.env, ...options.env },
      stdin: options.stdin === undefined ? "ignore" : Buffer.from(options.stdin),
      stdout: "pipe",
      stderr: "pipe",
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), options.timeout ?? 60_000);
    const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    clearTimeout(timer);
    return { code: child.signalCode ? null : code, stdout, stderr };
  };
}

/** The same, but anything but exit code 0 throws with all that was said. Returns stdout. */
export function fleetOk(run: RunFleet): (words: readonly string[], options?: FleetOptions) => Promise<string> {
  return async (words, options) => {
    const ran = await run(words, options);
    if (ran.code !== 0) throw new Error(`fleet ${words.join(" ")} ended with ${ran.code}\n${ran.stderr}${ran.stdout}`);
    return ran.stdout;
  };
}
