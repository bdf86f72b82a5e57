// The command table: every command, once, in the order of help. A new command is one file and one line. A row is loaded
// when it is asked for: all of them together cost every start 2 ms.
import type { Command } from "../context";

const TABLE: Record<string, () => Promise<{ default: unknown }>> = {
  create: () => import("./create"),
  adopt: () => import("./adopt"),
  fork: () => import("./fork"),
  fanout: () => import("./fanout"),
  multi: () => import("./multi"),
  prompt: () => import("./prompt"),
  answer: () => import("./answer"),
  snooze: () => import("./snooze"),
  interrupt: () => import("./interrupt"),
  exec: () => import("./exec"),
  stop: () => import("./stop"),
  start: () => import("./start"),
  restart: () => import("./restart"),
  rename: () => import("./rename"),
  keep: () => import("./keep"),
  merge: () => import("./merge"),
  sync: () => import("./sync"),
  pr: () => import("./pr"),
  kill: () => import("./kill"),
  undo: () => import("./undo"),
  gc: () => import("./gc"),
  list: () => import("./list"),
  next: () => import("./next"),
  wait: () => import("./wait"),
  attach: () => import("./attach"),
  logs: () => import("./logs"),
  diff: () => import("./diff"),
  compare: () => import("./compare"),
  path: () => import("./path"),
  cost: () => import("./cost"),
  explain: () => import("./explain"),
  batch: () => import("./batch"),
  queue: () => import("./queue"),
  config: () => import("./config"),
  plugin: () => import("./plugin"),
  doctor: () => import("./doctor"),
  skill: () => import("./skill"),
  completion: () => import("./completion"),
  version: () => import("./version"),
  act: () => import("./act"),
  "demo-agent": () => import("./demo-agent"),
  hook: () => import("./hook"),
  poll: () => import("./poll"),
  popup: () => import("./popup"),
  "find-conversation": () => import("./find-conversation"),
  purge: () => import("./purge"),
  refresh: () => import("./refresh"),
  "run-setup": () => import("./run-setup"),
  tick: () => import("./tick"),
};

/** Commands of which every call asks for the repo one stands in: git answers while the row is loaded and the line parsed. */
export const STANDS_IN_REPO: ReadonlySet<string> = new Set(["create", "kill", "undo", "merge", "keep", "compare"]);

export async function findCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(TABLE, name) ? ((await TABLE[name]!()).default as Command) : undefined;
}

/** Every row: for help, completions and the reference. */
export async function allCommands(): Promise<Command[]> {
  return Promise.all(Object.values(TABLE).map(async (load) => (await load()).default as Command));
}
