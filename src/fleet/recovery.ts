// What every recovery of an operation whose process died says and does alike.
import { existsSync } from "node:fs";
import { UserError } from "../base/errors";
import type { AgentRecord } from "../base/model";
import { forgetOperation, type Operation } from "../ports/journal";
import type { Store } from "../ports/store";

/** The operation in the hands of who completes it: its step stays as it was, for all of it may be done again. */
export function completion(store: Store, id: string): Pick<Operation, "step" | "end"> {
  return { step() {}, end: () => forgetOperation(store.home, id) };
}

export function unreadableEntry(store: Store, id: string): UserError {
  return new UserError(`its record can't be read: ${store.path("journal", `${id}.json`)}`);
}

/** Throws UserError where its repository is not there: a disk that is not mounted looks like this, too. */
export function requireRepo({ repo }: Pick<AgentRecord, "repo">): void {
  if (!existsSync(repo)) throw new UserError(`its repository is not there: ${repo}`, { hint: "put it back, or mount its disk, then: fleet doctor --fix" });
}
