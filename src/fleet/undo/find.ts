// What can be undone: the entries of the trash, and what only this repo's refs still tell of.
import type { Git } from "../../ports/git/call";
import type { Store } from "../../ports/store";
import { isInTrash, readEntry, type TrashEntry, trashEntries } from "../trash";
import type { Remains } from "./plan";

/** The newest first; agents that are back, and what was emptied and has no ref, are left out. */
export async function allRemains(ports: { git: Git; store: Store }, common: string | null): Promise<Remains[]> {
  const known = trashEntries(ports.store.home);
  const ids = new Set([...known, ...ports.store.agents()].map(({ id }) => id));
  const saved = common === null ? [] : (await savedEntries(ports.git, common)).filter((entry) => !ids.has(entry.id));
  const agents = new Set(ports.store.agents().map(({ id }) => id));
  return [...known, ...saved]
    .filter((entry) => !agents.has(entry.id))
    .map((entry) => ({ entry, inTrash: isInTrash(entry) }))
    .filter(({ entry, inTrash }) => inTrash || entry.ref !== null || entry.deletedAt !== null)
    .sort((a, b) => b.entry.at.localeCompare(a.entry.at));
}

/** Each saved commit carries its entry as the last line of its message. */
export async function savedEntries(git: Git, common: string): Promise<TrashEntry[]> {
  const output = await git.call(common, ["--git-dir=.", "for-each-ref", "--format=%(contents:body)%00", "refs/fleet/trash/"]);
  return output.split("\0").flatMap((body) => readEntry(() => body.trim()));
}
