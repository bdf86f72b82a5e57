// What git ignores.
import type { Git } from "./call";

/** Untracked files that the patterns in `file` (gitignore's syntax, at the top of the checkout) match. Throws ProcessError. */
export async function untrackedMatching(git: Git, checkout: string, file: string): Promise<string[]> {
  return (await git.call(checkout, ["ls-files", "-z", "--others", "--ignored", `--exclude-from=${file}`])).split("\0").filter(Boolean);
}

/** Those of `paths` that git ignores. A path that is not there counts as a file unless it ends in "/". */
export async function ignoredPaths(git: Git, worktree: string, paths: readonly string[]): Promise<Set<string>> {
  const ran = await git.try(worktree, ["check-ignore", "-z", "--stdin"], { stdin: paths.join("\0") + "\0" });
  return new Set(ran.stdout.split("\0").filter(Boolean));
}
