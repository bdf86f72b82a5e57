// One linked worktree, looked at before it is moved: is it really that, and what would be lost.
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { shellWord } from "../../base/text";
import type { Git } from "./call";
import { pointedAt } from "./head";
import { worktreesBelow } from "./registrations";
import { hiddenChanges } from "./hidden";
import { madeFor } from "./worktrees";

export interface WorktreeState {
  /** Its git directory, `<common>/worktrees/NAME` (real path). */
  admin: string;
  /** The agent for which fleet made it; null when anybody else did. */
  madeFor: string | null;
  head: string | null;
  /** The branch checked out; null when detached. */
  branch: string | null;
  /** Paths with uncommitted or untracked content; null when git could not tell. */
  dirty: number | null;
  /** Files with changes that git is told to look away from: they are not among the dirty. */
  hidden: number;
  /** Worktrees within it, of the same repository, that have uncommitted work or commits that no branch has. */
  inner: string[];
  /** HEAD is detached, at commits that no branch and no tag has. */
  loose: boolean;
  /** `own`: a submodule has changes, or commits that its remotes lack. */
  submodules: "none" | "clean" | "own";
  /** Why git could not tell; "" when it could. */
  problem: string;
}

/**
 * The state of the linked worktree of `common` at `path`; `refused` says why it is not one that may be moved.
 * The main checkout, a submodule, another repository at that path and a locked worktree are all refused.
 */
export async function readWorktree(git: Git, common: string, path: string): Promise<WorktreeState | { refused: string }> {
  const admin = linkedAdmin(common, path);
  if (typeof admin !== "string") return admin;
  if (existsSync(join(admin, "locked"))) {
    const why = readFileSync(join(admin, "locked"), "utf8").trim();
    // git writes this reason while `worktree add` runs, and leaves it when that is killed.
    if (why !== "initializing") return { refused: `it is locked${why ? ` (${why})` : ""}: git worktree unlock ${shellWord(path)}` };
  }
  const status = ["-c", "core.fsmonitor=false", "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--ignore-submodules=none"];
  const [ran, hidden, inner] = await Promise.all([git.try(path, status), hiddenChanges(git, path), innerWork(git, common, path)]);
  const lines = ran.stdout.split("\0").filter(Boolean);
  const header = (name: string) => lines.find((line) => line.startsWith(`# branch.${name} `))?.slice(`# branch.${name} `.length);
  const [oid, branch] = [header("oid"), header("head")];
  // A rename is followed by a record with the old name alone.
  const changes = lines.filter((line) => /^[12u?] /.test(line));
  const head = oid && oid !== "(initial)" ? oid : null;
  const submodules = existsSync(join(admin, "modules")) ? await submoduleState(git, join(admin, "modules"), changes) : "none";
  return {
    admin,
    madeFor: madeFor(admin),
    head,
    branch: branch && branch !== "(detached)" ? branch : null,
    dirty: ran.code === 0 && hidden !== null ? changes.length || (submodules === "own" ? 1 : 0) : null,
    hidden: hidden ?? 0,
    inner,
    loose: head !== null && branch === "(detached)" && !(await isReachable(git, common, head)),
    submodules,
    problem: ran.code === 0 ? (hidden === null ? "git ls-files failed" : "") : ran.timedOut ? "git status did not answer in time" : ran.stderr.trim(),
  };
}

/** What git is in the middle of, by what it keeps in the worktree's git directory; null: of nothing. */
export function underWay(admin: string): string | null {
  const marks = { "rebase-merge": "rebase", "rebase-apply": "rebase", MERGE_HEAD: "merge", CHERRY_PICK_HEAD: "cherry-pick", REVERT_HEAD: "revert", BISECT_LOG: "bisect" };
  return Object.entries(marks).find(([name]) => existsSync(join(admin, name)))?.[1] ?? null;
}

/** Programs make worktrees of their own below an ignored directory, and leave them there. Without an answer: they have work. */
async function innerWork(git: Git, common: string, path: string): Promise<string[]> {
  const found = await Promise.all(worktreesBelow(common, realpathSync(path)).map(async (inner) => {
    const ran = await git.try(inner, ["-c", "core.fsmonitor=false", "status", "--porcelain=v2", "--branch", "-z", "--ignore-submodules=none"]);
    const [heads, rest] = [/^# branch\.oid ([0-9a-f]+)\0# branch\.head (.*?)\0/.exec(ran.stdout), ran.stdout.split("\0").some((line) => line !== "" && !line.startsWith("# "))];
    const loose = heads?.[2] === "(detached)" && !(await isReachable(git, common, heads[1]!));
    return ran.code !== 0 || rest || loose ? [inner] : [];
  }));
  return found.flat();
}

/** Whether a branch, a remote's branch or a tag has the commit. Without an answer: no. */
async function isReachable(git: Git, common: string, commit: string): Promise<boolean> {
  const ran = await git.try(common, ["--git-dir=.", "rev-list", "-n", "1", commit, "--not", "--branches", "--remotes", "--tags"]);
  return ran.code === 0 && ran.stdout === "";
}

/** Their repositories lie under the worktree's git directory, and go with it. Without an answer: they have work of their own. */
async function submoduleState(git: Git, modules: string, changes: readonly string[]): Promise<"clean" | "own"> {
  if (changes.some((line) => /^[12u] \S+ S/.test(line))) return "own";
  for (const repository of repositoriesIn(modules)) {
    const ran = await git.try(repository, ["--git-dir=.", "rev-list", "-n", "1", "--all", "HEAD", "--not", "--remotes", "--tags"]);
    if (ran.code !== 0 || ran.stdout !== "") return "own";
  }
  return "clean";
}

function repositoriesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => join(folder, name)).flatMap((path) => {
    if (!lstatSync(path).isDirectory()) return [];
    const nested = existsSync(join(path, "modules")) ? repositoriesIn(join(path, "modules")) : [];
    return existsSync(join(path, "HEAD")) ? [path, ...nested] : repositoriesIn(path);
  });
}

/** Only files are read, so that the answer does not depend on a git that fails. */
function linkedAdmin(common: string, path: string): string | { refused: string } {
  try {
    if (lstatSync(path).isSymbolicLink()) return { refused: "it is a link to another place" };
    const pointer = pointedAt(path);
    if (!pointer) return { refused: "its .git file names no git directory" };
    const admin = realpathSync(pointer);
    if (dirname(admin) !== join(common, "worktrees") || basename(admin) === "") return { refused: `it belongs to another repository: ${admin}` };
    const back = readFileSync(join(admin, "gitdir"), "utf8").trim();
    if (realpathSync(dirname(back.startsWith("/") ? back : join(admin, back))) !== realpathSync(path)) return { refused: `git knows it at another place: ${back}` };
    return admin;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EISDIR") return { refused: "it is a repository of its own, not a linked worktree" };
    return { refused: `it can't be checked (${(error as Error).message})` };
  }
}

/** Repositories within a worktree that its git does not know: `git add` would make a bare link of each. Throws ProcessError. */
export async function nestedRepositories(git: Git, worktree: string): Promise<string[]> {
  const output = await git.call(worktree, ["-c", "core.fsmonitor=false", "ls-files", "-z", "--others", "--exclude-standard"]);
  return output.split("\0").filter((path) => path.endsWith("/"));
}
