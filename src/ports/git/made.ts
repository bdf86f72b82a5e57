// Telling what a create made from what anybody else made, and taking it away: whole, half or not at all there.
import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ProcessError, UserError } from "../../base/errors";
import type { Git } from "./call";
import { linkOf, registrations, textOf } from "./registrations";
import { signature } from "./signature";
import { isUntouched, madeFor, removeWorktree } from "./worktrees";

/** Where agent `id`'s create made the branch, and whether with an upstream; null when it did not make it, or nobody knows. */
export async function branchMadeBy(git: Git, common: string, branch: string, id: string): Promise<{ oid: string; tracks: boolean } | null> {
  const ran = await git.try(common, ["--git-dir=.", "reflog", "show", "--format=%H%x00%ge%x00%gs", `refs/heads/${branch}`, "--"]);
  const [oid = "", email, subject = ""] = (ran.code === 0 ? ran.stdout.trimEnd() : "").split("\n").at(-1)!.split("\0");
  if (email !== signature(id)) return null;
  return { oid, tracks: !/ [0-9a-f]{40,}$/.test(subject) };
}

/** Forget the upstream that `worktree add --track` wrote into the config for a branch that is gone again. */
export async function forgetUpstream(git: Git, common: string, branch: string): Promise<void> {
  for (const key of ["remote", "merge", "rebase"]) await git.try(common, ["--git-dir=.", "config", "--local", "--unset-all", `branch.${branch}.${key}`]);
}

interface Registration {
  /** The worktree's own directory below `<common>/worktrees`. */
  dir: string;
  /** Why it is locked; null when it is not. `initializing` is git's own word while it adds. */
  locked: string | null;
}

/** What the repo has on record of a worktree at exactly `path`. */
export function registrationOf(common: string, path: string): Registration | null {
  const dir = registrations(common).find((one) => linkOf(one) === join(path, ".git"));
  return dir === undefined ? null : { dir, locked: textOf(join(dir, "locked")) };
}

/** Where the worktree that was made for this agent is now, as far as git knows; null where there is none. */
export function placeOf(common: string, agent: string): string | null {
  const dir = registrations(common).find((one) => madeFor(one) === agent);
  const link = dir === undefined ? null : linkOf(dir);
  return link !== null && existsSync(dirname(link)) ? dirname(link) : null;
}

/** Registrations that a killed git began for a worktree named like `path`, after `since` (epoch ms), and never filled in. */
export function emptyRegistrations(common: string, path: string, since: number): string[] {
  return registrations(common).filter(
    (dir) =>
      basename(dir).replace(/\d*$/, "") === basename(path).replace(/\d*$/, "") &&
      !existsSync(join(dir, "gitdir")) &&
      textOf(join(dir, "locked")) === "initializing" &&
      statSync(dir).mtimeMs >= since - 1000,
  );
}

/**
 * Take away a worktree in which nobody has worked: at `began`, without a change. One that git was killed in the middle of is
 * taken away too: call it only when no git is at work there. false: it was kept, because it holds work or could not be checked.
 */
export async function removeUntouched(git: Git, common: string, path: string, began: string): Promise<boolean> {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    const registration = registrationOf(common, path);
    if (stat && !stat.isDirectory()) return false;
    if (stat && isEmpty(path)) removeEmpty(common, path);
    else if (stat) {
      if (!registration) return false;
      if (!(await isUntouched(git, path, began)) && !(await isPartialCheckout(git, path, began, registration.dir))) return false;
      if (registration.locked === "initializing") unlinkSync(join(registration.dir, "locked"));
      await removeWorktree(git, common, path);
    }
    const left = registrationOf(common, path);
    // Twice --force is for a lock: git's own of a dead `worktree add`, never a person's.
    if (left) await git.call(common, ["worktree", "remove", "--force", ...(left.locked === "initializing" ? ["--force"] : []), "--", path]);
    return true;
  } catch (error) {
    // ENOTEMPTY: somebody has just put something there.
    if (error instanceof ProcessError || error instanceof UserError || (error as NodeJS.ErrnoException).code === "ENOTEMPTY") return false;
    throw error;
  }
}

/** Nothing in it but the file that links it to its repo. */
function isEmpty(path: string): boolean {
  return readdirSync(path).every((name) => name === ".git" && lstatSync(join(path, name)).isFile());
}

function removeEmpty(common: string, path: string): void {
  const link = join(path, ".git");
  const text = textOf(link);
  if (text !== null) {
    if (dirname(resolve(path, text.replace(/^gitdir: /, ""))) !== join(common, "worktrees")) throw new UserError(`not a worktree of ${common}: ${path}`);
    unlinkSync(link);
  }
  rmdirSync(path);
}

/**
 * true when every file is one of `commit`, whole or cut off, and nothing else is there: what a killed checkout leaves.
 * Its index can't be asked, so a fresh one is read beside it.
 */
async function isPartialCheckout(git: Git, path: string, commit: string, admin: string): Promise<boolean> {
  const index = join(admin, "fleet-index");
  const env = { GIT_INDEX_FILE: index };
  try {
    await git.call(path, ["read-tree", commit], { env });
    const status = await git.call(path, ["status", "--porcelain=v2", "--branch", "--no-renames", "--untracked-files=all", "-z"], { env });
    const lines = status.split("\0").filter((line) => line && !/^# (?!branch\.oid )/.test(line));
    for (const line of lines) {
      if (line === `# branch.oid ${commit}` || line.startsWith("1 .D ")) continue;
      if (!line.startsWith("1 .M ") || !(await isCutOff(git, path, commit, line.split(" ").slice(8).join(" ")))) return false;
    }
    return lines.includes(`# branch.oid ${commit}`);
  } finally {
    rmSync(index, { force: true });
  }
}

async function isCutOff(git: Git, path: string, commit: string, file: string): Promise<boolean> {
  const whole = await git.try(path, ["cat-file", "--filters", `${commit}:${file}`]);
  return whole.code === 0 && lstatSync(join(path, file)).isFile() && whole.stdout.startsWith(readFileSync(join(path, file), "utf8"));
}
