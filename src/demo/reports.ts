// The demo agent's reports to fleet, one after the other, each through the same `fleet hook` that every agent program calls.
import { spawn } from "../ports/spawn";
import type { DemoEvent } from "../kinds/demo";

export interface Reports {
  /** Returns at once; the report waits for those before it. */
  send(event: DemoEvent): void;
  /** All reports sent so far have arrived, or `ms` are over. */
  settled(ms: number): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** Reports go out only where fleet started the program. */
export function openReports(env: Record<string, string | undefined>): Reports {
  let last: Promise<unknown> = Promise.resolve();
  return {
    send({ event, ...payload }) {
      if (!env["FLEET_ID"]) return;
      const argv = [...fleetCommand(), "hook", event, "demo"];
      last = last.then(() => spawn(argv, { env, stdin: JSON.stringify(payload), timeout: TIMEOUT_MS }));
    },
    settled: async (ms) => void (await Promise.race([last, Bun.sleep(ms)])),
  };
}

/** This program: compiled it is one file, else bun and the script that it runs. */
function fleetCommand(): string[] {
  return Bun.main.startsWith("/$bunfs/") ? [process.execPath] : [process.execPath, Bun.main];
}
