// Worktrees: add, fill, and the one function that removes one.
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ProcessError, UserError } from "../../base/errors";
import type { Git } from "./call";
import { pointedAt } from "./head";
import { askRevParse } from "./rev-parse";
import { signedBy } from "./signature";

export interface NewWorktree {
  path: string;
  branch: string;
  /** `new`: made at `start`, its base. `at`: at another commit. `track`: at a remote branch, which becomes its upstream. `existing`: as it is. */
  how: "new" | "at" | "track" | "existing";
  /** A commit, or the remote branch to track. */
  start: string;
}

/**
 * Register a worktree and make its branch: what must not run in parallel in one repo (git ≤ 2.39 fails 5–25 % of the
 * time, and leaves the branch behind). Call it under the repo's lock. `files: false` leaves them to checkOut.
 * A new branch's reflog names `id`, by which made.ts knows it again.
 */
export async function addWorktree(git: Git, repo: string, worktree: NewWorktree, files: boolean, id?: string): Promise<void> {
  const { path, branch, how, start } = worktree;
  if (how === "new" && files) return addInTwo(git, repo, worktree, id);
  const args = how === "existing" ? [path, branch] : [how === "track" ? "--track" : "--no-track", "-b", branch, path, start];
  const signed = id === undefined ? { flags: [], env: undefined } : signedBy(id);
  await git.call(repo, [...signed.flags, "worktree", "add", "--quiet", ...(files ? [] : ["--no-checkout"]), ...args], { env: signed.env });
  if (id !== undefined) markWorktree(path, id);
}

/**
 * The same as `worktree add -b`, in two calls that start three git processes instead of four: a detached worktree without
 * files, then its branch and files. Throws BranchTaken, with the worktree there, where somebody has just made the branch.
 */
async function addInTwo(git: Git, repo: string, { path, branch, start }: NewWorktree, id: string | undefined): Promise<void> {
  await git.call(repo, ["worktree", "add", "--quiet", "--no-checkout", "--detach", path, start]);
  if (id !== undefined) markWorktree(path, id);
  const { flags, env } = id === undefined ? { flags: [], env: undefined } : signedBy(id);
  const args = [...flags, "checkout", "--quiet", "--force", "--no-recurse-submodules", "--no-track", "-b", branch, start];
  const ran = await git.try(path, args, { env });
  if (ran.code === 0) return;
  const failure = new ProcessError(["git", "-C", path, ...args], ran.code, ran.stdout, ran.stderr, ran.timedOut);
  throw /a branch named .* already exists/.test(ran.stderr) ? new BranchTaken(failure) : failure;
}

/** Somebody else made the branch between the look and the checkout. */
export class BranchTaken extends Error {
  constructor(readonly failure: ProcessError) {
    super(failure.message);
  }
}

const MARK = "fleet-agent";

/** Leave in the worktree's own git directory for which agent it was made; git pays no heed to it, and removes it with the rest. */
function markWorktree(path: string, id: string): void {
  const admin = pointedAt(path);
  if (admin) writeFileSync(join(admin, MARK), `${id}\n`);
}

/** The agent for which fleet made the worktree with this git directory; null for one that anybody else made. */
export function madeFor(admin: string): string | null {
  try {
    return readFileSync(join(admin, MARK), "utf8").trim() || null;
  } catch {
    return null;
  }
}

/** Point a worktree and its repo at each other again, after either was moved. */
export async function repairWorktree(git: Git, common: string, path: string): Promise<void> {
  await git.call(common, ["worktree", "repair", path]);
}

/** Write the files of a worktree made by addWorktree: the slow part, safe in parallel. Four workers: 4–8 × on ext4. */
export async function checkOut(git: Git, path: string): Promise<void> {
  await git.call(path, ["-c", "checkout.workers=4", "reset", "--hard", "--quiet", "--no-recurse-submodules"]);
}

/**
 * Remove a linked worktree, its directory and its registration. The only removal in fleet: refuses the main
 * checkout, anything that is not registered with `common` at exactly `path`, and a path whose git directory differs.
 */
export async function removeWorktree(git: Git, common: string, path: string): Promise<void> {
  const { answers, ran } = await askRevParse(git, path, [["--git-dir"], ["--git-common-dir"], ["--show-toplevel"]]);
  const [gitDir = "", itsCommon = "", top = ""] = answers;
  if (ran.code !== 0) throw new UserError(`not a git worktree any more, left as it is: ${path}`, { detail: ran.stderr.trim() });
  const linked = realpathSync(dirname(gitDir)) === `${common}/worktrees` && basename(gitDir) !== "";
  if (!linked || realpathSync(itsCommon) !== common || realpathSync(top) !== realpathSync(path)) {
    throw new UserError(`not a linked worktree of ${common}, left as it is: ${path}`);
  }
  await git.call(common, ["worktree", "remove", "--force", "--", path]);
}

/** The commit of a branch, and the checkout that has it ("" when none); null when there is no such branch. */
export async function branchAt(git: Git, common: string, branch: string): Promise<{ oid: string; worktree: string } | null> {
  const output = await git.call(common, ["--git-dir=.", "for-each-ref", "--format=%(refname)%00%(objectname)%00%(worktreepath)%00", "--", `refs/heads/${branch}`]);
  const [ref, oid = "", worktree = ""] = output.split("\0");
  return ref === `refs/heads/${branch}` ? { oid, worktree } : null;
}

/** Delete a branch only while it still points at `oid` (compare and swap). false when it moved or is gone. */
export async function deleteBranch(git: Git, common: string, branch: string, oid: string): Promise<boolean> {
  const ran = await git.try(common, ["update-ref", "-d", `refs/heads/${branch}`, oid]);
  return ran.code === 0;
}

/** true when nothing would be lost with the worktree: no change, no untracked file, HEAD where it began. Unknown is false. */
export async function isUntouched(git: Git, path: string, head: string): Promise<boolean> {
  try {
    const status = await git.call(path, ["status", "--porcelain=v2", "--branch", "--untracked-files=normal", "-z"]);
    const lines = status.split("\0").filter(Boolean);
    const oid = lines.find((line) => line.startsWith("# branch.oid "))?.slice("# branch.oid ".length);
    return oid === head && lines.every((line) => line.startsWith("#"));
  } catch (error) {
    if (error instanceof ProcessError) return false;
    throw error;
  }
}
