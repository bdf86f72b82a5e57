// What can be undone: the trash under the worktree roots, and the refs saved in this repo.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Git } from "../../ports/git/call";
import { type TrashEntry, trashEntries, trashFolder } from "../trash";
import type { Remains } from "./plan";

/** The newest first. `common` adds what only this repo's refs still hold. */
export async function allRemains(git: Git, roots: Iterable<string>, common: string | null): Promise<Remains[]> {
  const entries = trashEntries(roots).filter((entry) => existsSync(join(trashFolder(entry.record), "tree")));
  const inTrash = new Set(entries.map((entry) => entry.id));
  const saved = common === null ? [] : await savedEntries(git, common);
  return [
    ...entries.map((entry) => ({ entry, inTrash: true })),
    ...saved.filter((entry) => !inTrash.has(entry.id)).map((entry) => ({ entry, inTrash: false })),
  ].sort((a, b) => b.entry.at.localeCompare(a.entry.at));
}

/** Each saved commit carries its entry as the last line of its message. */
async function savedEntries(git: Git, common: string): Promise<TrashEntry[]> {
  const output = await git.call(common, ["for-each-ref", "--format=%(contents:body)%00", "refs/fleet/trash/"]);
  return output.split("\0").flatMap((body) => {
    try {
      return [JSON.parse(body.trim()) as TrashEntry];
    } catch {
      return [];
    }
  });
}
