// The key tables: the keys of tmux that open fleet, and the letters that act in the agents popup and in the menu, each once.

/** A key of tmux's prefix table, and on request of its root table. */
export interface TmuxKey {
  /** `@fleet-key-NAME`: keys separated by blanks, or none. `@fleet-root-key-NAME`: the same without prefix; unset by default. */
  readonly name: string;
  readonly default: string;
  /** The note in `prefix ?`. */
  readonly note: string;
  readonly doc: string;
}

export const TMUX_KEYS = [
  { name: "agents", default: "A", note: "fleet: agents", doc: "the agents popup" },
  { name: "next", default: "N", note: "fleet: next that needs you", doc: "go to the agent that needs you most" },
  { name: "menu", default: "a", note: "fleet: menu", doc: "a menu of everything" },
] as const satisfies readonly TmuxKey[];

/** What a letter does to the agent under the cursor, to those marked, or without any. */
export interface ActionKey {
  /** As fzf and tmux name it. */
  readonly key: string;
  readonly name: string;
  readonly doc: string;
  /** `one`: the agent under the cursor. `marked`: those marked, else that one. `none`: no agent. `view`: the popup itself. */
  readonly on: "one" | "marked" | "none" | "view";
}

export const ACTION_KEYS = [
  { key: "enter", name: "switch", on: "one", doc: "go to the agent" },
  { key: "y", name: "yes", on: "one", doc: "answer yes to what it asks" },
  { key: "n", name: "no", on: "one", doc: "answer no; on an agent that asks nothing: a new agent" },
  { key: "1-9", name: "choice", on: "one", doc: "take that choice of what it asks" },
  { key: "A", name: "answer", on: "none", doc: "answer all that wait, one after the other" },
  { key: "p", name: "prompt", on: "marked", doc: "send a prompt" },
  { key: "d", name: "diff", on: "one", doc: "show all that it changed" },
  { key: "l", name: "logs", on: "one", doc: "show its log" },
  { key: "=", name: "compare", on: "one", doc: "compare the attempts of its batch" },
  { key: "N", name: "new", on: "none", doc: "a new agent" },
  { key: "f", name: "fanout", on: "none", doc: "several agents with one prompt" },
  { key: "s", name: "snooze", on: "marked", doc: "pass over it for ten minutes" },
  { key: "x", name: "stop", on: "marked", doc: "end the program, keep everything" },
  { key: "r", name: "restart", on: "marked", doc: "start it again" },
  { key: "k", name: "kill", on: "marked", doc: "end it, its worktree into the trash" },
  { key: "u", name: "undo", on: "none", doc: "bring the last killed agent back" },
  { key: "c", name: "copy", on: "one", doc: "copy its worktree's path" },
  { key: "space", name: "mark", on: "view", doc: "mark it for the next action, and go on" },
  { key: "tab", name: "preview", on: "view", doc: "preview: screen, diff, log, details" },
  { key: "/", name: "filter", on: "view", doc: "filter by words, repo:, status:, batch:" },
  { key: "ctrl-r", name: "renew", on: "view", doc: "look again, and sort anew" },
  { key: "?", name: "help", on: "view", doc: "these keys" },
  { key: "q", name: "close", on: "view", doc: "close the list; Esc too" },
] as const satisfies readonly ActionKey[];

export type ActionName = (typeof ACTION_KEYS)[number]["name"];

/** The letters of a comparison, which `=` opens: on the attempt under the cursor. */
export const ATTEMPT_KEYS = [
  { key: "enter", name: "switch", on: "one", doc: "go to the agent" },
  { key: "K", name: "keep", on: "one", doc: "keep this one, and end the others; asks first" },
  { key: "m", name: "merge", on: "one", doc: "merge it; asks first" },
  { key: "t", name: "check", on: "none", doc: "run a command in each: tests, lint, a benchmark; the best comes first" },
  { key: "o", name: "output", on: "one", doc: "show what the command printed" },
  { key: "d", name: "diff", on: "one", doc: "show all that it changed" },
  { key: "tab", name: "preview", on: "view", doc: "preview: diff, output, details" },
  { key: "/", name: "filter", on: "view", doc: "filter by words" },
  { key: "ctrl-r", name: "renew", on: "view", doc: "look again, and sort anew" },
  { key: "?", name: "help", on: "view", doc: "these keys" },
  { key: "q", name: "close", on: "view", doc: "back; Esc too" },
] as const satisfies readonly ActionKey[];

export type AttemptName = (typeof ATTEMPT_KEYS)[number]["name"];

/** `1-9` is nine keys. */
export function keysOf(row: ActionKey): string[] {
  return row.key === "1-9" ? [..."123456789"] : [row.key];
}
