// A command of fleet's own that goes on after the popup is closed; what fails is told on the terminal it was begun at.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../base/errors";
import { oneLine, stripControl } from "../../base/text";
import { startDetached } from "../../ports/detached";
import { showMessage } from "../../ports/tmux/clients";
import { spawn } from "../../ports/spawn";
import { writeFileAtomic } from "../../ports/store";
import type { ActPorts } from "./doing";
import { readView, setRefusal } from "./view";

export interface Work {
  /** The words after `fleet`. */
  words: readonly string[];
  /** Its standard input. */
  input: string;
  /** What it is, for a message: `create fix-login`. */
  name: string;
  /** The popup that it was begun in: while it is open, it is told there. */
  view: string | null;
}

/** Leave it to a process of its own; returns at once. */
export function leaveWork({ store, env }: Pick<ActPorts, "store" | "env">, binary: string, client: string | undefined, work: Work): void {
  const file = join(store.home, "cache", `work-${crypto.randomUUID()}.json`);
  writeFileAtomic(file, JSON.stringify(work));
  // The prompt may be long, and is nobody's business in a list of processes.
  startDetached([binary, "act", "work", ...(client === undefined ? [] : ["--client", client]), file], { ...env, FLEET_HOME: store.home });
}

/** Do what leaveWork left. */
export async function doWork({ tmux, env, out }: Pick<ActPorts, "tmux" | "env" | "out">, binary: string, client: string | undefined, file: string): Promise<number> {
  const work = JSON.parse(readFileSync(file, "utf8")) as Work;
  rmSync(file, { force: true });
  const ran = await spawn([binary, ...work.words], { env: { ...env, NO_COLOR: "1" }, stdin: work.input });
  // Whoever ended it knows.
  if (ran.code === 0 || ran.code === EXIT.interrupted) return 0;
  const said = stripControl(ran.stderr).split("\n").map((line) => line.trim()).filter((line) => /^[✗↳]/.test(line));
  const text = `${work.name}: ${said.length > 0 ? oneLine(said.join("  ")) : `ended with ${ran.code}`}`;
  if (work.view !== null && existsSync(work.view)) setRefusal(readView(work.view), text);
  else if (client === undefined) out.error(text);
  else await showMessage(tmux, client, text, 10_000).catch(() => {});
  return 1;
}
