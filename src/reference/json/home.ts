// What bringing work home prints: compare, keep, merge, sync, pr, undo, gc, rename.
import { STATUSES } from "../../base/model";
import { NAMES, STANDINGS } from "./agent";
import type { Fields, Output } from "./shape";

export const COMPARE: readonly Output[] = [
  {
    with: "",
    gives: "a list of objects",
    fields: {
      ...NAMES,
      batch: { is: "text", doc: "the id of its batch", none: "of no batch" },
      kind: { is: "text", doc: "its program" },
      status: { is: STATUSES, doc: "what it does" },
      worktree: { is: "text", doc: "the path of its files" },
      files: { is: "text", list: true, doc: "paths that differ from its base", none: "git had no answer" },
      added: { is: "integer", unit: "lines", doc: "lines added since its base", none: "as for files" },
      removed: { is: "integer", unit: "lines", doc: "lines removed since its base", none: "as for files" },
      dirty: { is: "integer", unit: "files", doc: "paths with uncommitted or untracked content", none: "as for files" },
      commits: { is: "integer", unit: "commits", doc: "commits that its base has not", none: "as for files" },
      seconds: { is: "integer", unit: "s", doc: "from its start to the end of its turn, or to now while it works", none: "not known" },
      shared: { is: "text", list: true, doc: "paths that others of this comparison have touched too" },
      merge: { is: STANDINGS, doc: "what a merge into its base would meet", none: "not known" },
      result: {
        is: {
          code: { is: "integer", doc: "the exit code of CMD", none: "a signal or the time limit ended it" },
          timedOut: { is: "boolean", doc: "it took longer than --timeout" },
          score: { is: "number", doc: "the number on the last line that CMD printed", none: "none there, or it ended badly" },
          ms: { is: "integer", unit: "ms", doc: "how long it took" },
          log: { is: "text", doc: "the file with all that it printed" },
        },
        doc: "what --run came to",
        none: "nothing was run",
      },
    },
  },
];

const MERGED: Fields = {
  ...NAMES,
  into: { is: "text", doc: "the branch that it was merged into" },
  way: { is: ["merge", "squash", "rebase", "ff"], doc: "as what" },
  from: { is: "text", doc: "the commit of that branch before" },
  to: { is: "text", doc: "its commit now" },
  checkout: { is: "text", doc: "the checkout whose files moved along", none: "no checkout has that branch" },
  killed: { is: "boolean", doc: "the agent was ended" },
};

export const MERGE: readonly Output[] = [{ with: "", gives: "a list of objects", fields: MERGED }];

export const KEEP: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      kept: { is: "text", doc: "the id of the agent that is kept" },
      branch: NAMES.branch,
      merged: { is: MERGED, doc: "its merge", none: "without --merge" },
      ended: { is: "text", list: true, doc: "ids of the others" },
    },
  },
];

export const SYNC: readonly Output[] = [
  {
    with: "",
    gives: "a list of objects",
    fields: {
      ...NAMES,
      base: { is: "text", doc: "the branch that was brought in" },
      from: { is: "text", doc: "the agent's commit before" },
      to: { is: "text", doc: "its commit now; the same where there was nothing to bring in" },
    },
  },
];

export const PR: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      ...NAMES,
      head: { is: "text", doc: "the branch's name on the remote: that of before a rename, where its request is open" },
      commit: { is: "text", doc: "the commit that was pushed" },
      remote: { is: "text", doc: "the remote, or the address of a fork, that it was pushed to" },
      base: { is: "text", doc: "the branch that the request is for" },
      number: { is: "integer", doc: "the request's number", none: "its address does not end in one" },
      url: { is: "text", doc: "the request's address" },
      draft: { is: "boolean", doc: "it is a draft" },
      opened: { is: "boolean", doc: "it was opened now; false: it was open and has the new commits" },
    },
  },
];

export const UNDO: readonly Output[] = [
  { with: "", gives: "a list of objects", fields: { ...NAMES, worktree: { is: "text", doc: "the path of its files, as before" } } },
  {
    with: "--list",
    gives: "a list of objects",
    fields: {
      id: NAMES.id,
      branch: { is: "text", doc: "the branch that it had" },
      repo: { is: "text", doc: "the path of its git common directory" },
      worktree: { is: "text", doc: "where its files were, and come back to" },
      killed: { is: "time", doc: "when it was killed or merged" },
      ref: { is: "text", doc: "the ref with its whole state", none: "nothing to save but its commits" },
      trash: { is: "boolean", doc: "its directory is in the trash, ignored files too" },
      merged: { is: "text", doc: "the branch that it was merged into, which undo takes back too", none: "it was not merged" },
      alive: { is: "boolean", doc: "the agent is there: only its merge is taken back" },
    },
  },
];

export const GC: readonly Output[] = [
  {
    with: "",
    gives: "an object",
    fields: {
      killed: { is: "text", list: true, doc: "ids of agents that are ended, as by kill" },
      trash: { is: "text", list: true, doc: "ids of killed agents whose files go for good" },
      refs: { is: "text", list: true, doc: "saved refs that go for good" },
    },
  },
];

export const RENAME: readonly Output[] = [
  { with: "", gives: "an object", fields: { ...NAMES, session: { is: "text", doc: "the name of its session now", none: "it has none" }, was: { is: "text", doc: "the branch that it had" } } },
];
