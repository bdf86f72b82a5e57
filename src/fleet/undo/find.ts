// What can be undone: the entries of the trash, and what only this repo's refs still tell of.
import type { Git } from "../../ports/git/call";
import { commitRefs } from "../../ports/git/ref";
import type { Store } from "../../ports/store";
import { mergeOf, merges } from "../merge/entry";
import { madeRoots } from "../naming";
import { comesBack, isInTrash, readEntry, SAVED_REFS, trashEntries, type TrashEntry } from "../trash";
import type { Remains } from "./plan";
import { trustedEntry } from "./saved-entry";

export interface Here {
  /** The repo one stands in; null outside of any. */
  common: string | null;
  /** The configured directory for worktrees. Asked only where a ref tells of something that the trash does not know. */
  root(): Promise<string>;
  /** Told of refs that are passed over: they name places that are not this fleet's. */
  passed(refs: readonly string[]): void;
}

/** The newest first; agents that are back, and what was emptied and has no ref, are left out. */
export async function allRemains(ports: { git: Git; store: Store }, here: Here): Promise<Remains[]> {
  const known = trashEntries(ports.store.home);
  const records = ports.store.agents();
  const ids = new Set([...known, ...records].map(({ id }) => id));
  const found = here.common === null ? [] : (await savedEntries(ports.git, here.common)).filter(({ entry }) => !ids.has(entry.id));
  const saved: TrashEntry[] = [];
  if (found.length > 0) {
    const roots = [await here.root(), ports.store.path("worktrees"), ...madeRoots([...known.map(({ record }) => record), ...records])];
    const passed: string[] = [];
    for (const { ref, entry } of found) {
      const trusted = trustedEntry(entry, { ref, common: here.common!, roots });
      if (trusted) saved.push(trusted);
      else passed.push(ref);
    }
    if (passed.length > 0) here.passed(passed);
  }
  const agents = new Set(records.map(({ id }) => id));
  return [...known, ...saved]
    .filter((entry) => !agents.has(entry.id))
    .map((entry): Remains => ({ entry, inTrash: isInTrash(entry), merge: (entry.merged && mergeOf(ports.store.home, entry.id)) || undefined }))
    .filter(({ entry, inTrash }) => inTrash || comesBack(entry))
    .concat(mergesOfLiving(ports.store, agents))
    .sort((a, b) => b.entry.at.localeCompare(a.entry.at));
}

/** Merged agents that were not killed. */
function mergesOfLiving(store: Store, agents: ReadonlySet<string>): Remains[] {
  return merges(store.home).filter(({ id }) => agents.has(id)).map((merge) => {
    const { id, record, agent, at } = merge;
    return { entry: { id, record, admin: null, head: agent.to, branch: agent.branch, tip: agent.to, deletedAt: null, config: [], submodules: false, ref: null, at }, inTrash: false, merge, alive: true };
  });
}

/** Each saved commit carries its entry as the last line of its message. What they say is only said: see trustedEntry. */
async function savedEntries(git: Git, common: string): Promise<{ ref: string; entry: TrashEntry }[]> {
  const refs = await commitRefs(git, common, SAVED_REFS);
  return refs.flatMap(({ ref, body }) => readEntry(body).map((entry) => ({ ref, entry })));
}
