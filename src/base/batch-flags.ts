// Flags that several commands share: those about a batch, and those that pick agents.
import type { Flags } from "./command";

/** Which agents a verb is about, besides their names. */
export const SELECTION_FLAGS = {
  batch: { type: "string", value: "BATCH", doc: "every agent of this batch, by its label or id", completes: "batch" },
  "all-repos": { type: "boolean", doc: "globs match in every repo" },
} as const satisfies Flags;

export const BATCH_FLAGS = {
  base: { type: "string", short: "b", value: "REF", doc: "start from REF; . means what is checked out here", completes: "branch" },
  label: { type: "string", value: "LABEL", doc: "a name for the batch" },
  jobs: { type: "number", short: "j", value: "N", doc: "checkouts at once (default: the number of cores)" },
  "max-running": { type: "number", value: "N", doc: "so many at work at once; the others start as these are done or end" },
  atomic: { type: "boolean", doc: "all or none: one failure takes all back" },
  "no-setup": { type: "boolean", doc: "skip the setup commands" },
  detach: { type: "boolean", short: "d", doc: "return as soon as the sessions are there" },
  yes: { type: "boolean", short: "y", doc: "do not ask" },
} as const satisfies Flags;
