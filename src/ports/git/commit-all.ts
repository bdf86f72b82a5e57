// Committing all that a worktree holds, and the way back: the index as it was, byte for byte.
import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../base/errors";
import { shellWord } from "../../base/text";
import type { Git } from "./call";

/** As a person would: hooks run, filters too. Returns the commit. Throws ProcessError, or UserError where git adds nothing; then the index may have everything staged. */
export async function commitAll(git: Git, worktree: string, message: string): Promise<string> {
  await git.call(worktree, ["add", "--all"]);
  // What lies outside of a sparse checkout is not added, and a commit of nothing fails without a word.
  if ((await git.try(worktree, ["diff", "--cached", "--quiet"])).code === 0) {
    const left = await git.call(worktree, ["status", "--short"]);
    throw new UserError("git adds none of what is uncommitted there", { detail: left.trimEnd(), hint: `git -C ${shellWord(worktree)} add --all` });
  }
  await git.call(worktree, ["commit", "--quiet", "--cleanup=strip", "-F", "-"], { stdin: message, env: { GIT_EDITOR: "true" } });
  return (await git.call(worktree, ["rev-parse", "--verify", "HEAD"])).trim();
}

/** A copy of the index of a worktree with this git directory; nothing where it has none. */
export function copyIndex(admin: string, to: string): void {
  const index = join(admin, "index");
  if (!existsSync(index)) return;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(index, to);
}

/** Put a copy back, under git's own lock. Throws UserError where a git is at work, or was killed, there. */
export function replaceIndex(admin: string, copy: string): void {
  if (!existsSync(copy)) return;
  const lock = join(admin, "index.lock");
  try {
    copyFileSync(copy, lock, constants.COPYFILE_EXCL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new UserError(`git is at work there, or was killed: ${lock}`, { hint: `rm ${shellWord(lock)}   (when no git runs there)` });
    rmSync(lock, { force: true });
    throw error;
  }
  renameSync(lock, join(admin, "index"));
}

/** Whether nothing lies in the worktree that its index has not: then the index holds nothing that the files don't. Unknown is false. */
export async function isAllStaged(git: Git, worktree: string): Promise<boolean> {
  const ran = await git.try(worktree, ["-c", "core.fsmonitor=false", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=none"]);
  return ran.code === 0 && ran.stdout.split("\0").filter(Boolean).every((record) => record[0] !== "U" && record[1] === " ");
}

/** The first line of a commit's message, and its first parent. null where there is no such commit. */
export async function commitFacts(git: Git, common: string, commit: string): Promise<{ subject: string; parent: string } | null> {
  const ran = await git.try(common, ["--git-dir=.", "log", "-1", "--format=%P%x00%s", commit, "--"]);
  if (ran.code !== 0) return null;
  const [parents = "", subject = ""] = ran.stdout.replace(/\n$/, "").split("\0");
  return { subject, parent: parents.split(" ")[0] ?? "" };
}
