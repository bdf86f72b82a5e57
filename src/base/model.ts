// The nouns of fleet as plain types. Nothing here knows tmux, git or files.

/** Every status an agent can have, in the order in which a list shows them. */
export const STATUSES = ["waiting", "working", "starting", "queued", "idle", "unknown", "exited", "stopped"] as const;
export type Status = (typeof STATUSES)[number];

/** Whose word a status is: a hook of the program, its pane's title, its own note of itself, the process table, its screen, or fleet's wrapper around it. */
export const SOURCES = ["hook", "title", "registry", "process", "screen", "wrapper"] as const;
export type Source = (typeof SOURCES)[number];

/** Where an agent began: `commit` is what its changes are measured against; `branch` is null for a detached base. */
export interface Base {
  branch: string | null;
  commit: string;
}

/** A file or link that fleet put into a worktree; `hash` tells later whether somebody changed it. */
export interface Placed {
  path: string;
  hash: string;
}

/** The pull or merge request of an agent. */
export interface RequestOf {
  number: number;
  url: string;
  /** Its branch's name on the remote, which a rename of the agent leaves as it is. */
  head: string;
  /** The remote, or the address, that takes new commits for it; null: none does. */
  remote: string | null;
}

/** What outlives the tmux server: one entry of state.json. */
export interface AgentRecord {
  id: string;
  branch: string;
  /** true when fleet made the branch, so that only such a branch is ever deleted. */
  branchCreated: boolean;
  /** true where the worktree and its branch were there before the agent: nothing of them is ever removed. */
  adopted?: true;
  kind: string;
  batch: string | null;
  /** The git common directory, as a real path. */
  repo: string;
  /** The main checkout of the repo, as a real path. */
  main: string;
  worktree: string;
  base: Base;
  /** The first words of the prompt, at most 200 characters, on one line. */
  title: string;
  /** The session's name as created; its identity is `@fleet_id`. */
  session: string;
  /** The socket of the tmux server that holds, or held, the session. */
  socket: string;
  /** The smallest integer free at creation, for ports and the like. */
  slot: number;
  conversation: string | null;
  /** Arguments for the program, from `create … -- ARGS`. */
  args: string[];
  /** PATH at creation, used again by a later start. */
  path: string;
  /** The agent whose program started it; null, or absent, where a person did. */
  parent?: string | null;
  /** null, or absent: none is known. */
  request?: RequestOf | null;
  /** The number of the issue that it was started for. */
  issue?: number | null;
  /** The agent whose state it began with. */
  forkOf?: string;
  /** ISO 8601. */
  created: string;
  placed: Placed[];
}

/** Lines of an agent's worktree against its base; `stale` when they are older than its last commit or edit may be. */
export interface Changes {
  added: number;
  removed: number;
  /** Paths with uncommitted or untracked content. */
  dirty: number;
  stale: boolean;
}

/** How an agent's commits stand to its base. `empty`: it has none of its own; `clean`: they would merge. */
export interface Standing {
  is: "empty" | "clean" | "conflicts" | "merged" | "squash-merged" | "base gone";
  /** Paths that a merge would leave to a person. */
  conflicts: string[];
}

/** Files that another live agent has touched as well. */
export interface Overlap {
  id: string;
  branch: string;
  files: string[];
}

/** How an agent's pull or merge request stands. null: the forge does not tell. */
export interface RequestState {
  /** `none`: it has no request. */
  state: "none" | "open" | "closed" | "merged";
  number: number | null;
  draft: boolean;
  checks: "passed" | "failed" | "running" | "none" | null;
  /** Names of the checks that failed. */
  failing: string[];
  review: "approved" | "changes requested" | "required" | "none" | null;
  conflicts: boolean | null;
  url: string | null;
  /** It was asked a while ago. */
  stale: boolean;
}

/** What an agent has used of its models. */
export interface Spent {
  /** Tokens: read anew, written (thoughts too), read from a cache, put into a cache. */
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite: number;
  /** US dollars: the program's own figure, else at list price; null where no price is known. */
  cost: number | null;
  /** Some of it has no known price, or is not read yet. */
  partial: boolean;
}

/** An agent as it is now: the record, and what tmux, the process table and git say of it. */
export interface Agent {
  record: AgentRecord;
  /** The branch that the worktree has checked out now; null when detached or gone. */
  branch: string;
  status: Status;
  reason: string | null;
  doing: string;
  /** Epoch seconds of the last change of status. */
  since: number | null;
  exit: number | null;
  attached: boolean;
  /** A person has looked at it since its status changed; null where there is nothing to look at. */
  seen: boolean | null;
  /** What it asks, as its session has it: the JSON of an Ask, or "". */
  ask: string;
  /** Until when `next` passes over it, as its session has it; "" when it does not. */
  snooze: string;
  session: string | null;
  sessionName: string | null;
  /** Its session is somebody's own, in which its program ran already: it is never ended or renamed, only let go. */
  sessionAdopted: boolean;
  pane: string | null;
  pid: number | null;
  /** Percent of one core. */
  cpu: number | null;
  /** Resident bytes of the session's whole process tree. */
  memory: number | null;
  ahead: number | null;
  behind: number | null;
  changes: Changes | null;
  /** null: not known. */
  standing: Standing | null;
  /** Paths that differ from its base; null: not known. */
  touched: readonly string[] | null;
  overlaps: readonly Overlap[];
  /** null: not known; absent where nobody asked. */
  request?: RequestState | null;
  /** From its program's transcripts; null where there are none, or nobody asked. */
  spent: Spent | null;
}

/** What a command line came to in an agent's worktree. */
export interface Result {
  /** null when a signal or the time limit ended it. */
  code: number | null;
  timedOut: boolean;
  /** The number on the last line that it printed, where it ended well; null: none. */
  score: number | null;
  /** Milliseconds. */
  took: number;
  /** The file with all that it printed. */
  log: string;
}

/** One of several agents that are compared. */
export interface Attempt {
  agent: Agent;
  /** Paths that differ from its base; null: git had no answer. */
  files: readonly string[] | null;
  /** Seconds from its start to the end of its turn; to now while it works; null: not known. */
  seconds: number | null;
  /** Paths that others of the same comparison have touched too. */
  shared: readonly string[];
  /** null where nothing was run. */
  result: Result | null;
  /** Epoch seconds since when a command runs in it; null: none does. */
  checking: number | null;
  /** It has changed since that result. */
  outdated: boolean;
}

/** The repository that a command stands in. */
export interface Repo {
  /** The git common directory (real path): the identity of a repo. */
  common: string;
  /** This checkout's own git directory (real path). */
  gitDir: string;
  /** The top of the checkout one stands in (real path). */
  top: string;
  /** The main checkout, or `top` where there is none. */
  main: string;
  /** The repo's short name: the main checkout's directory name. */
  name: string;
  /** Where its hooks lie, as seen from `top`. */
  hooks: string;
  /** The branch checked out here; null when detached. */
  branch: string | null;
  /** The commit checked out here; null in a repo without commits. */
  head: string | null;
}
