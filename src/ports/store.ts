// state.json: what must outlive the tmux server. Advisory: a wrong or missing file never loses or deletes anything.
import { mkdirSync, readFileSync, renameSync, writeFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AgentRecord } from "../base/model";
import { withLock } from "./lock";

const VERSION = 1;

export interface State {
  version: typeof VERSION;
  agents: Record<string, AgentRecord>;
}

export interface Store {
  /** FLEET_HOME, else ~/.ai_fleet. */
  readonly home: string;
  /** Paths below `home`. */
  path(...parts: string[]): string;
  /** The agents remembered. A broken file is kept aside and told of once through `warn`. */
  agents(): AgentRecord[];
  /** Change the state under its lock: read, `change`, replace. */
  update(change: (state: State) => void): Promise<void>;
}

export function openStore(home: string, warn: (message: string, hint?: string) => void): Store {
  const file = join(home, "state.json");
  const store: Store = {
    home,
    path: (...parts) => join(home, ...parts),
    agents: () => Object.values(readState(file, warn).agents),
    async update(change) {
      await withLock(file, () => {
        const state = readState(file, warn);
        change(state);
        writeFileAtomic(file, JSON.stringify(state, null, 1) + "\n");
      });
    },
  };
  return store;
}

function readState(file: string, warn: (message: string, hint?: string) => void): State {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { version: VERSION, agents: {} };
    throw error;
  }
  try {
    const state = JSON.parse(text) as State;
    if (typeof state.agents !== "object" || state.agents === null || Array.isArray(state.agents)) throw new Error("no agents");
    if (state.version > VERSION) throw new Error(`version ${state.version} is newer than this fleet`);
    for (const [id, record] of Object.entries(state.agents)) if (!isRecord(record, id)) delete state.agents[id];
    return state;
  } catch (error) {
    const aside = `${file}.broken-${Math.floor(Date.now() / 1000)}`;
    try {
      renameSync(file, aside);
    } catch (moved) {
      // Another process was faster.
      if ((moved as NodeJS.ErrnoException).code !== "ENOENT") throw moved;
      return { version: VERSION, agents: {} };
    }
    warn(`state.json can't be read (${(error as Error).message}); kept aside: ${aside}`, "fleet doctor --fix rebuilds it");
    return { version: VERSION, agents: {} };
  }
}

function isRecord(record: AgentRecord | undefined, id: string): boolean {
  return (
    typeof record === "object" &&
    record.id === id &&
    [record.branch, record.repo, record.worktree, record.kind].every((value) => typeof value === "string") &&
    typeof record.base?.commit === "string"
  );
}

/** Replace a file whole, or not at all. Directories are made; the mode is 0600. */
export function writeFileAtomic(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
