// Changes that a person has told git to look away from: assume-unchanged and skip-worktree.
import type { Git } from "./call";
import { lookAt } from "./import-stream";

const LINK = "120000";

/** How many files that git is told to look away from are there and hold something else than the index has. What can't be compared counts; null when git could not tell. */
export async function hiddenChanges(git: Git, worktree: string): Promise<number | null> {
  const ran = await git.try(worktree, ["-c", "core.fsmonitor=false", "ls-files", "-z", "-v", "--stage"], { encoding: "latin1" });
  if (ran.code !== 0) return null;
  const flagged = ran.stdout.split("\0").flatMap((record) => {
    const [, mode = "", oid = "", path = ""] = /^[a-zS] (\d+) ([0-9a-f]+) \d\t(.*)$/s.exec(record) ?? [];
    // One that is not there, as in a sparse checkout, holds nothing.
    return path !== "" && mode !== LINK && lookAt(worktree, path)?.isFile() ? [{ oid, path }] : [];
  });
  if (flagged.length === 0) return 0;
  const askable = flagged.filter(({ path }) => !path.includes("\n"));
  const hashed = await git.try(worktree, ["hash-object", "--stdin-paths"], { stdin: Buffer.from(askable.map(({ path }) => `${path}\n`).join(""), "latin1") });
  const oids = hashed.code === 0 ? hashed.stdout.split("\n") : [];
  return flagged.length - askable.filter(({ oid }, i) => oids[i] === oid).length;
}
