// Setup commands: run in the agent's pane before its program, with live output and a kept log.
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { oneLine } from "../base/text";
import { runProgram } from "../ports/process";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { setOptions } from "../ports/tmux/sessions";

/** Where the output of an agent's setup is kept. It outlives the agent. */
export function setupLogPath(store: Store, id: string): string {
  return store.path("logs", `setup-${id}.log`);
}

/** Run the commands that create wrote down, in order; returns the first failing exit code, or 0. */
export async function runSetup(ports: { tmux: Tmux; store: Store; env: Record<string, string | undefined> }, id: string, say: (line: string) => void): Promise<number> {
  const { tmux, store, env } = ports;
  const commands = JSON.parse(readFileSync(store.path("agents", id, "setup.json"), "utf8")) as string[];
  const log = setupLogPath(store, id);
  mkdirSync(dirname(log), { recursive: true });
  for (const [i, command] of commands.entries()) {
    const step = `setup ${i + 1}/${commands.length}: ${oneLine(command)}`;
    say(`[fleet] ${step}`);
    appendFileSync(log, `$ ${command}\n`, { mode: 0o600 });
    const pane = env["TMUX_PANE"];
    if (pane) await tmux.call(setOptions(pane, { step }));
    // A setup command is a line of shell by its nature: people write `npm ci && npm run build`.
    const ran = await runProgram(["/bin/sh", "-c", command], { cwd: env["FLEET_WORKTREE"] ?? process.cwd(), env, io: { log } });
    const code = ran.code ?? 128;
    if (code !== 0) {
      appendFileSync(log, `failed with ${ran.signal ?? code}\n`);
      return code;
    }
  }
  return 0;
}
