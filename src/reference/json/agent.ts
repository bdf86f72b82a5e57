// An agent as list, next and wait print it.
import { STATUSES } from "../../base/model";
import { NEEDS } from "../../fleet/needs";
import type { Fields, Output } from "./shape";

/** The two by which every command names an agent. */
export const NAMES = {
  id: { is: "text", doc: "the agent's id: short, never used again" },
  branch: { is: "text", doc: "the branch that its worktree has checked out: the name that commands take" },
} as const satisfies Fields;

export const STANDINGS = ["empty", "clean", "conflicts", "merged", "squash-merged", "base gone"] as const;

const ASK: Fields = {
  what: { is: ["permission", "question", "trust", "login"], doc: "what is asked for" },
  text: { is: "text", doc: "the command or the question, as its program shows it" },
  cut: { is: "boolean", doc: "text may not be all of it" },
  choices: { is: "text", list: true, doc: "the choices in their order, without numbers; none: words are asked for" },
};

export const TOKENS: Fields = {
  input: { is: "integer", unit: "tokens", doc: "read anew" },
  output: { is: "integer", unit: "tokens", doc: "written, thoughts too" },
  cacheRead: { is: "integer", unit: "tokens", doc: "read from the model's cache" },
  cacheWrite: { is: "integer", unit: "tokens", doc: "put into the model's cache" },
};

const REQUEST: Fields = {
  state: { is: ["none", "open", "closed", "merged"], doc: "none: it has no request" },
  number: { is: "integer", doc: "its number", none: "it has no request" },
  draft: { is: "boolean", doc: "it is a draft" },
  checks: { is: ["passed", "failed", "running", "none"], doc: "its checks together: failed as soon as one did; none: there are none", none: "not told, or it has no request" },
  failing: { is: "text", list: true, doc: "the names of the checks that failed, on GitHub" },
  review: { is: ["approved", "changes requested", "required", "none"], doc: "what reviewers decided; none: no review is needed", none: "as for checks" },
  conflicts: { is: "boolean", doc: "the forge can't merge it by itself", none: "not told, or it is not open" },
  url: { is: "text", doc: "its address", none: "it has no request" },
  stale: { is: "boolean", doc: "it was asked more than a minute ago, and the forge does not answer now" },
};

export const AGENT: Fields = {
  ...NAMES,
  kind: { is: "text", doc: "its program: a built-in kind, or one of the config" },
  status: { is: STATUSES, doc: "what it does" },
  reason: { is: "text", doc: "why, in a word or two: what it asks for, why it failed, what holds it up", none: "nothing to add" },
  doing: { is: "text", doc: "what it asks, its last words, or the first words of its prompt", none: "nothing said" },
  since: { is: "time", doc: "when its status changed", none: "not known" },
  seen: { is: "boolean", doc: "a person has looked since", none: "no session to look at" },
  ask: { is: ASK, doc: "what it asks", none: "it asks nothing that can be read" },
  snoozed: { is: "boolean", doc: "next, answer and notices pass over it now" },
  batch: { is: "text", doc: "the id of its batch: fleet batch --json has the label", none: "of no batch" },
  repo: { is: "text", doc: "the repo: the path of its git common directory" },
  worktree: { is: "text", doc: "the path of its files" },
  base: {
    is: {
      branch: { is: "text", doc: "the branch that it started from and merges into", none: "it started from a commit of no branch" },
      commit: { is: "text", doc: "the commit that it started from" },
    },
    doc: "where it began",
  },
  session: { is: "text", doc: "the name of its tmux session", none: "it has none" },
  pane: { is: "text", doc: "its own pane, as a tmux target", none: "it has no session" },
  pid: { is: "integer", doc: "the process of its pane", none: "it has no session" },
  cpu: { is: "number", unit: "% of one core", doc: "CPU of the whole process tree since the last look", none: "no session, or not asked for (next, wait)" },
  memory: { is: "integer", unit: "bytes", doc: "resident memory of the whole process tree", none: "no session, or not asked for (next, wait)" },
  created: { is: "time", doc: "when it was made", none: "not remembered" },
  ahead: { is: "integer", unit: "commits", doc: "commits that its base has not", none: "git had no time, or not asked for (next, wait)" },
  behind: { is: "integer", unit: "commits", doc: "commits of the base that it has not", none: "as for ahead" },
  merge: { is: STANDINGS, doc: "what a merge into its base would meet; empty: it has no commits of its own", none: "not known" },
  conflicts: { is: "text", list: true, doc: "paths at which a merge would meet a conflict" },
  overlaps: {
    is: { ...NAMES, files: { is: "text", list: true, doc: "those files" } },
    list: true,
    doc: "other live agents that have touched the same files",
  },
  parent: { is: "text", doc: "the id of the agent that started it", none: "a person did" },
  adopted: { is: "boolean", doc: "its worktree and branch were there before it (fleet adopt): nothing of them is ever removed" },
  issue: { is: "integer", doc: "the number of the issue that it was started for", none: "for none" },
  pr: { is: REQUEST, doc: "how its pull or merge request stands", none: "it can't be told, or not asked for (list without --pr, next, wait)" },
  forkOf: { is: "text", doc: "the id of the agent that it was forked from", none: "of none" },
  dirty: { is: "integer", unit: "files", doc: "paths with uncommitted or untracked content", none: "git had no time, or not asked for (next, wait)" },
  added: { is: "integer", unit: "lines", doc: "lines added since its base, uncommitted and untracked ones too", none: "as for dirty" },
  removed: { is: "integer", unit: "lines", doc: "lines removed since its base", none: "as for dirty" },
  stale: { is: "boolean", doc: "those figures may be older than its last edit", none: "as for dirty" },
  exit: { is: "integer", doc: "the exit code of its program, once that has ended", none: "it has not ended, or by a signal" },
  tokens: { is: TOKENS, doc: "what it has used of its models", none: "no transcript, or not asked for (next, wait)" },
  cost: { is: "number", unit: "US dollars", doc: "the program's own figure, else at list price", none: "not known" },
  costPartial: { is: "boolean", doc: "a part of the cost has no known price, or is not read yet", none: "as for tokens" },
  prompt: { is: "text", doc: "its first prompt, whole", none: "it began without one" },
};

const NOT_REMOVED: Fields = Object.fromEntries(Object.entries(AGENT).map(([name, field]) => [name, name in NAMES ? field : { ...field, only: "where it is added or changed" }]));

export const LIST: readonly Output[] = [
  { with: "", gives: "a list of objects", fields: AGENT },
  {
    with: "--counts",
    gives: "an object",
    fields: {
      ...Object.fromEntries(STATUSES.map((status) => [status, { is: "integer", unit: "agents", doc: `agents that are ${status}` } as const])),
      unseen: { is: "integer", unit: "agents", doc: "idle ones at which nobody has looked since" },
      snoozed: { is: "integer", unit: "agents", doc: "waiting ones that next, answer and notices pass over now" },
    },
  },
  { with: "--watch", gives: "an object a line", fields: { is: { is: ["added", "changed", "removed"], doc: "what happened to it; those that are there come first, as added" }, ...NOT_REMOVED }, like: "list" },
];

export const NEXT: readonly Output[] = [
  { with: "", gives: "an object", none: "nobody needs a person", fields: { need: { is: NEEDS, doc: "what it needs a person for" }, ...AGENT }, like: "list" },
];

export const WAIT: readonly Output[] = [{ with: "", gives: "a list of objects", fields: AGENT, like: "list" }];
