// What a kind says of its program's own record of its conversations: where it lies, and what its lines mean. Pure.

/** Tokens by how they are priced: `input` was read anew, `output` has the thoughts in it. */
export interface TokenCount {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
}

/** What one answer of a model used. A later record of the same id takes the place of an earlier one. */
export interface UsageRecord extends TokenCount {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  model: string;
  /** Who serves the model, in the program's words; prices differ. */
  provider?: string;
  /** The program's own figure, in US dollars. */
  cost?: number;
}

/** The program's own sum, by model, of its conversation `key` so far: it counts what has no record too. */
export interface OwnTotal {
  key: string;
  at: number;
  models: Readonly<Record<string, TokenCount & { cost: number }>>;
}

/** A piece of the conversation, as a person would tell it. */
export interface Turn {
  who: "person" | "agent" | "tool" | "note";
  text: string;
  /** A later piece of the same id takes the place of an earlier one. */
  id?: string;
}

export interface Reading {
  usage?: readonly UsageRecord[];
  total?: OwnTotal | undefined;
  turns?: readonly Turn[];
}

/** What a reader keeps from line to line of one file; it outlives the process. `cwd` says whose conversation it is. */
export type Memory = Record<string, string | number>;

export interface TranscriptFacts {
  /** The environment that the program is started with. */
  env: Readonly<Record<string, string | undefined>>;
  /** The agent's worktree, as a real path. */
  worktree: string;
  /** Milliseconds since the epoch: when the agent was made, and now. */
  since: number;
  now: number;
}

/** How a kind looks for its files. */
export interface Look {
  /** The names in a directory; none when it is not there. */
  names(directory: string): readonly string[];
  /** A small file's text; null when it is not there. */
  text(path: string): string | null;
}

export interface LineTranscript {
  readonly is: "lines";
  /** A call of a tool is written once the tool has ended: what waits to be allowed is not there yet. */
  readonly callsLate?: true;
  /** Files that may hold conversations of this worktree. */
  files(facts: TranscriptFacts, look: Look): string[];
  /** `files` names only this worktree's own; otherwise `cwd` of the memory decides. */
  readonly own?: true;
  /** One line, without its end; null when it says nothing of interest. Never throws. */
  read(line: string, memory: Memory): Reading | null;
}

export interface DatabaseTranscript {
  readonly is: "database";
  /** The sqlite file. */
  file(env: TranscriptFacts["env"]): string;
  /** Rows about one worktree that changed since a moment: `$worktree`, `$since`. Each has `changed`. */
  readonly usageQuery: string;
  readonly turnsQuery: string;
  /** One row; null when it says nothing of interest. Never throws. */
  read(row: Readonly<Record<string, unknown>>): Reading | null;
}

export type Transcript = LineTranscript | DatabaseTranscript;
