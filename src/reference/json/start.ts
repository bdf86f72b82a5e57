// What starting agents prints: one, or a batch as lines.
import { NAMES } from "./agent";
import type { Fields, Output } from "./shape";

const STARTED: Fields = {
  ...NAMES,
  kind: { is: "text", doc: "its program" },
  worktree: { is: "text", doc: "the path of its files" },
  session: { is: "text", doc: "the name of its tmux session" },
};

export const CREATE: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      ...STARTED,
      pr: { is: "integer", doc: "the number of the pull or merge request that it was started on", none: "of none" },
      issue: { is: "integer", doc: "the number of the issue that it was started for", none: "for none" },
    },
  },
];

export const ADOPT: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      ...STARTED,
      made: { is: "boolean", doc: "that session was made; else it was there, and is never ended" },
      base: {
        is: { branch: { is: "text", doc: "the branch that it merges into", none: "of no branch" }, commit: { is: "text", doc: "the commit that its changes are counted from" } },
        doc: "where it began, as far as git tells",
      },
    },
  },
];

export const FORK: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      ...STARTED,
      forkOf: { is: "text", doc: "the id of the agent that it was forked from" },
      conversation: { is: ["copied", "new"], doc: "whether the conversation went along; why not stands on stderr" },
      copied: { is: "integer", unit: "paths", doc: "what is not committed, and was copied" },
      settled: { is: "boolean", doc: "all of it is of one moment; false: the first agent went on writing" },
      skipped: { is: "text", list: true, doc: "pipes, sockets, and worktrees of other repositories within: they can't be there twice" },
    },
  },
];

const STEP = "where an agent's step is told";
const END = "in the last line";

const LINE: Fields = {
  step: { is: "text", doc: "what is done now, in words that may change; or one of up (at work), failed, left out, end (the last line)" },
  batch: { is: "text", doc: "the id of the batch" },
  id: { ...NAMES.id, only: STEP },
  branch: { is: "text", doc: "its branch", only: STEP },
  error: { is: "text", doc: "why", only: "with failed" },
  label: { is: "text", doc: "the batch's label, that commands take", only: END },
  there: { is: "text", list: true, doc: "branches of the agents that are there", only: END },
  failed: { is: "text", list: true, doc: "branches of those that failed and are undone", only: END },
  notStarted: { is: "text", list: true, doc: "branches of those that were not tried", only: END },
};

export const BATCH_LINES: readonly Output[] = [
  { with: "", gives: "an object a line", fields: LINE },
  {
    with: "--dry-run",
    gives: "an object a line",
    fields: {
      step: { is: ["planned"], doc: "nothing is done" },
      branch: { is: "text", doc: "the new branch" },
      kind: { is: "text", doc: "its program" },
      base: { is: "text", doc: "the branch, or commit, that it starts from" },
      worktree: { is: "text", doc: "the path that its files would have" },
      prompt: { is: "text", doc: "its prompt, whole", none: "none" },
    },
  },
];
