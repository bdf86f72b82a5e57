// Changes that a person has told git to look away from: assume-unchanged and skip-worktree.
import type { Git } from "./call";
import { lookAt } from "./import-stream";
import { blobAt } from "./kept-files";

const FILE = /^100/;
const LINK = "120000";

/** How many files that git is told to look away from are there and hold something else than the index has. What can't be compared counts; null when git could not tell. */
export async function hiddenChanges(git: Git, worktree: string): Promise<number | null> {
  const ran = await git.try(worktree, ["-c", "core.fsmonitor=false", "ls-files", "-z", "-v", "--stage"], { encoding: "latin1" });
  if (ran.code !== 0) return null;
  const files: { oid: string; path: string }[] = [];
  let changed = 0;
  for (const record of ran.stdout.split("\0")) {
    const [, mode = "", oid = "", path = ""] = /^[a-zS] (\d+) ([0-9a-f]+) \d\t(.*)$/s.exec(record) ?? [];
    const there = path !== "" && (FILE.test(mode) || mode === LINK) ? lookAt(worktree, path) : undefined;
    // One that is not there, as in a sparse checkout, holds nothing.
    if (!there) continue;
    if (there.isFile() && FILE.test(mode) && !path.includes("\n")) files.push({ oid, path });
    // No filter acts on a link.
    else if (!there.isSymbolicLink() || mode !== LINK || blobAt(worktree, path, oid.length) !== oid) changed++;
  }
  if (files.length === 0) return changed;
  const hashed = await git.try(worktree, ["hash-object", "--stdin-paths"], { stdin: Buffer.from(files.map(({ path }) => `${path}\n`).join(""), "latin1") });
  const oids = hashed.code === 0 ? hashed.stdout.split("\n") : [];
  return changed + files.filter(({ oid }, i) => oids[i] !== oid).length;
}
