// What looking at agents and batches prints: answer, exec, logs, diff, path, cost, explain, batch, queue.
import { SOURCES, STATUSES } from "../../base/model";
import { NAMES, TOKENS } from "./agent";
import type { Fields, Output } from "./shape";

const STATUS = { is: STATUSES, doc: "what it does" } as const;

export const ANSWER: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      ...NAMES,
      what: { is: ["permission", "question", "trust", "login"], doc: "what is asked for" },
      text: { is: "text", doc: "the command or the question; where its program shows nothing of it, also the last calls of its transcript" },
      cut: { is: "boolean", doc: "text may not be all of it" },
      choices: { is: "text", list: true, doc: "the choices in their order, without numbers; none: words are asked for" },
      selected: { is: "integer", doc: "the choice that the cursor stands on, from 0", only: "where the screen tells" },
    },
  },
];

export const EXEC: readonly Output[] = [
  {
    with: "",
    gives: "a list of objects",
    fields: {
      ...NAMES,
      code: { is: "integer", doc: "the command's exit code", none: "a signal or the time limit ended it" },
      ending: { is: "text", doc: "the same in words that may change" },
      output: { is: "text", doc: "all that it printed, both streams" },
    },
  },
  { with: "--dry-run", gives: "a list of objects", fields: { ...NAMES, worktree: { is: "text", doc: "where it would run" } } },
];

export const LOGS: readonly Output[] = [
  { with: "", gives: "a list of objects", fields: { ...NAMES, status: STATUS, lines: { is: "text", list: true, doc: "the conversation, or what its pane has shown, line by line" } } },
];

export const DIFF: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      ...NAMES,
      base: { is: "text", doc: "the commit that all is measured against: where it parted from its base" },
      files: {
        is: {
          path: { is: "text", doc: "its path in the worktree; a renamed file is a deleted and an added one" },
          change: { is: ["added", "deleted", "modified", "type changed", "unmerged"], doc: "what happened to it" },
          added: { is: "integer", unit: "lines", doc: "lines added", none: "a binary file" },
          removed: { is: "integer", unit: "lines", doc: "lines removed", none: "a binary file" },
        },
        list: true,
        doc: "files that differ, uncommitted and untracked ones too",
      },
    },
  },
];

export const PATH: readonly Output[] = [{ with: "", gives: "an object", fields: { ...NAMES, worktree: { is: "text", doc: "the path of its files" } } }];

const SPENT: Fields = {
  ...TOKENS,
  cost: { is: "number", unit: "US dollars", doc: "the program's own figure, else at list price", none: "no price is known" },
  partial: { is: "boolean", doc: "a part has no known price, or is not read yet" },
};

export const COST: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      version: { is: "integer", doc: "the version of the JSON" },
      by: { is: ["agent", "kind", "batch", "repo", "day"], doc: "what a row is the sum of" },
      rows: {
        is: {
          name: { is: "text", doc: "the branch, kind, batch's label, repo or day", none: "agents of no batch" },
          agent: {
            is: {
              id: NAMES.id,
              kind: { is: "text", doc: "its program" },
              repo: { is: "text", doc: "the repo's short name" },
              killed: { is: "boolean", doc: "it is gone" },
            },
            doc: "the agent",
            none: "the row is the sum of something else",
          },
          agents: { is: "integer", unit: "agents", doc: "how many it is the sum of" },
          ...SPENT,
        },
        list: true,
        doc: "the dearest first, days in their order",
      },
      total: { is: SPENT, doc: "all of it" },
    },
  },
];

export const EXPLAIN: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      branch: NAMES.branch,
      kind: { is: "text", doc: "its program" },
      status: STATUS,
      reason: { is: "text", doc: "why, in a word or two", none: "nothing to add" },
      since: { is: "time", doc: "when its status changed", none: "not known" },
      why: { is: "text", doc: "which evidence decided, in words that may change" },
      evidence: {
        is: {
          source: { is: SOURCES, doc: "whose word it is" },
          status: { is: STATUSES, doc: "the status that it speaks for" },
          reason: { is: "text", doc: "its reason", none: "none" },
          since: { is: "time", doc: "since when", none: "now" },
          what: { is: "text", doc: "what was said or seen" },
          won: { is: "boolean", doc: "it decided" },
        },
        list: true,
        doc: "all that was seen",
      },
    },
  },
];

export const BATCH: readonly Output[] = [
  {
    with: "",
    gives: "a list of objects",
    fields: {
      id: { is: "text", doc: "the batch's id, as agents have it" },
      label: { is: "text", doc: "its label, that commands take" },
      agents: { is: "integer", unit: "agents", doc: "how many are there" },
      tasks: { is: "integer", doc: "how many it was to have", none: "not remembered" },
      created: { is: "time", doc: "when it was started", none: "not remembered" },
      main: { is: "text", doc: "the main checkout of its repo", none: "not remembered" },
    },
  },
];

const PROMPT = "of a prompt";
const START = "of a start";

export const QUEUE: readonly Output[] = [
  {
    with: "",
    gives: "a list of objects",
    fields: {
      id: { is: "text", doc: "the entry's id, for fleet queue cancel" },
      is: { is: ["prompt", "start"], doc: "what waits" },
      agent: { is: "text", doc: "the agent's id" },
      branch: { is: "text", doc: "its branch", none: "the agent is gone" },
      queued: { is: "time", doc: "since when" },
      problem: { is: "text", doc: "why it could not be done the last time", none: "not tried yet" },
      text: { is: "text", doc: "the prompt, whole", only: PROMPT },
      after: { is: "text", doc: "the id of an agent whose turn must be over first", none: "only its own", only: PROMPT },
      sending: { is: "boolean", doc: "true: it may have been sent when fleet was cut off, and is not sent again by itself", only: "then" },
      batch: { is: "text", doc: "the id of the batch", only: START },
      max: { is: "integer", unit: "agents", doc: "so many of it work at once", only: START },
      place: { is: "integer", doc: "its turn among the starts of the batch", only: START },
    },
  },
];
