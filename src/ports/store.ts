// state.json: what must outlive the tmux server. Advisory: a wrong or missing file never loses or deletes anything.
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, writeFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../base/errors";
import type { AgentRecord } from "../base/model";
import { namesIn } from "./directory";
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
  /** The agents remembered. A broken file is kept aside, rebuilt from the agents' own files, and told of once through `warn`. */
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
        const state = takeState(file, warn);
        change(state);
        writeFileAtomic(file, JSON.stringify(state, null, 1) + "\n");
      });
    },
  };
  return store;
}

type Warn = (message: string, hint?: string) => void;

const EMPTY = (): State => ({ version: VERSION, agents: {} });

/** What can't be read is moved aside, once, by whoever meets it first. */
function readState(file: string, warn: Warn): State {
  const read = parseState(file);
  if ("gone" in read) return refound(file, "state.json is gone", warn);
  if ("state" in read) return read.state;
  const aside = asideName(file);
  try {
    renameSync(file, aside);
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return EMPTY();
    throw error;
  }
  const moved = parseState(aside);
  if ("gone" in moved) return EMPTY();
  if ("state" in moved) {
    // A whole one was written between the look and the move: it goes back, unless there is a newer one already.
    linkIfFree(aside, file);
    rmSync(aside, { force: true });
    return moved.state;
  }
  return refound(file, `state.json can't be read (${read.broken}); kept aside: ${aside}`, warn, true);
}

/** The state anew from the agents' own files. Without such a file nothing was lost, and what happened is told only where `always`. */
function refound(file: string, what: string, warn: Warn, always = false): State {
  const state = rebuilt(dirname(file));
  const count = Object.keys(state.agents).length;
  if (count > 0) putBack(file, state);
  const found = count === 1 ? "1 agent is" : `${count} agents are`;
  if (count > 0 || always) warn(`${what}${count > 0 ? `; ${found} known again by their own files` : ""}`, "fleet doctor --fix looks for more");
  return state;
}

/** What was written beside each agent's script when it was last started. Advisory as ever: nothing is moved or deleted on its word. */
function rebuilt(home: string): State {
  const state = EMPTY();
  for (const id of namesIn(join(home, "agents"))) {
    try {
      const record = JSON.parse(readFileSync(join(home, "agents", id, "record.json"), "utf8")) as AgentRecord;
      if (isRecord(record, id) && existsSync(record.worktree)) state.agents[id] = record;
    } catch {
      // Half made, or broken too: doctor looks closer.
    }
  }
  return state;
}

/** Where no other process has written one meanwhile. */
function putBack(file: string, state: State): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, JSON.stringify(state, null, 1) + "\n", { mode: 0o600 });
    linkIfFree(temporary, file);
  } catch {
    // A full disk: the next change writes it.
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Under the lock. Agents that are not whole would be lost by the next write: a copy is kept. */
function takeState(file: string, warn: Warn): State {
  const read = parseState(file);
  if (!("state" in read)) return readState(file, warn);
  if (read.dropped.length === 0) return read.state;
  const aside = asideName(file);
  copyFileSync(file, aside);
  warn(`state.json has agents that are not whole (${read.dropped.join(", ")}); kept aside: ${aside}`, "fleet doctor --fix rebuilds it");
  return read.state;
}

function asideName(file: string): string {
  return `${file}.broken-${Date.now()}-${process.pid}`;
}

function linkIfFree(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // There is one.
  }
}

/** Throws UserError on a state that a newer fleet wrote: it must not be rewritten by this one. */
function parseState(file: string): { state: State; dropped: string[] } | { broken: string } | { gone: true } {
  let state: State;
  try {
    state = JSON.parse(readFileSync(file, "utf8")) as State;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { gone: true };
    if (error instanceof SyntaxError) return { broken: error.message };
    throw error;
  }
  if (typeof state?.agents !== "object" || state.agents === null || Array.isArray(state.agents)) return { broken: "no agents" };
  if (state.version > VERSION) throw new UserError(`a newer fleet wrote ${file} (version ${state.version})`, { hint: "update this fleet: scripts/install" });
  const dropped = Object.entries(state.agents).filter(([id, record]) => !isRecord(record, id)).map(([id]) => id);
  for (const id of dropped) delete state.agents[id];
  return { state, dropped };
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
export function writeFileAtomic(file: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    // A failed write, unlike a failed open, does not say of what.
    (error as NodeJS.ErrnoException).path ??= file;
    throw error;
  }
}
