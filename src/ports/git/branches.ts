// What a repo knows of a branch name that is to be made, and of the commit it starts from.
import { ProcessError, UserError } from "../../base/errors";
import type { Base } from "../../base/model";
import type { Git } from "./call";
import { pointedBelow } from "./ref";
import { escapeGlob } from "./refs";
import { tryReading } from "./reread";

export interface BranchFacts {
  /** The local branch of that name. `worktree` is the checkout that has it, "" when none. */
  local: { oid: string; worktree: string } | null;
  /** Remote branches of that name: `origin/feat`. */
  remotes: string[];
  /** Branches whose names exclude this one: `feat` beside `feat/x`. */
  clashes: string[];
}

/** One git call: the branch, its remotes, and the names that stand in its way. */
export async function branchFacts(git: Git, cwd: string, branch: string): Promise<BranchFacts> {
  return (await branchFactsOf(git, cwd, [branch])).get(branch)!;
}

/** The same of many names, in one git call. */
export async function branchFactsOf(git: Git, cwd: string, branches: readonly string[]): Promise<Map<string, BranchFacts>> {
  const facts = new Map<string, BranchFacts>();
  // Whose names a ref is about: the branch itself, what lies below it, and what it lies below.
  const asked = new Map<string, string[]>();
  const patterns = new Set<string>();
  for (const branch of new Set(branches)) {
    facts.set(branch, { local: null, remotes: [], clashes: [] });
    for (const name of [branch, ...parentsOf(branch)]) {
      asked.set(name, [...(asked.get(name) ?? []), branch]);
      patterns.add(`refs/heads/${escapeGlob(name)}`);
    }
    patterns.add(`refs/remotes/*/${escapeGlob(branch)}`);
  }
  const args = ["for-each-ref", "--format=%(refname)%00%(objectname)%00%(worktreepath)%00", "--", ...patterns];
  const ran = await tryReading(git, cwd, args);
  if (ran.code !== 0) throw new ProcessError(["git", "-C", cwd, ...args], ran.code, ran.stdout, ran.stderr, ran.timedOut);
  const cells = ran.stdout.split("\0");
  // A path may hold a line end: cells are counted, not lines.
  for (let i = 0; i + 2 < cells.length; i += 3) {
    const [ref, oid, worktree] = [cells[i]!.replace(/^\n/, ""), cells[i + 1]!, cells[i + 2]!];
    if (ref.startsWith("refs/remotes/")) {
      const remote = ref.slice("refs/remotes/".length);
      facts.get(remote.slice(remote.indexOf("/") + 1))?.remotes.push(remote);
      continue;
    }
    const name = ref.slice("refs/heads/".length);
    const own = facts.get(name);
    if (own) own.local = { oid, worktree };
    for (const branch of asked.get(name) ?? []) if (branch !== name) facts.get(branch)!.clashes.push(name);
    for (const parent of parentsOf(name)) facts.get(parent)?.clashes.push(name);
  }
  return facts;
}

/** `a` and `a/b` of `a/b/c`. */
function parentsOf(branch: string): string[] {
  const parts = branch.split("/");
  return parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join("/"));
}

/** Local branches that begin with `prefix`. */
export async function branchNames(git: Git, cwd: string, prefix: string): Promise<string[]> {
  const output = await git.call(cwd, ["for-each-ref", "--format=%(refname)", "--", `refs/heads/${escapeGlob(prefix)}*`]);
  return output.split("\n").filter(Boolean).map((ref) => ref.slice("refs/heads/".length));
}

/** Local and remote branches (`main`, `origin/main`). Throws ProcessError, also after `timeout` ms. */
export async function allBranchNames(git: Git, cwd: string, timeout: number): Promise<string[]> {
  const output = await git.call(cwd, ["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads", "refs/remotes"], { timeout });
  return output.split("\n").filter((name) => name !== "" && !name.endsWith("/HEAD"));
}

/** Whether git takes `branch` as a branch name. git's own word on it; what stands for another name (@, @{-1}) is none. */
export async function isBranchName(git: Git, cwd: string, branch: string): Promise<boolean> {
  const ran = await git.try(cwd, ["check-ref-format", "--branch", branch]);
  return ran.code === 0 && ran.stdout === `${branch}\n` && branch !== "HEAD" && branch !== "@";
}

/** The commit that `ref` names, with the branch where it is one. Throws UserError. */
export async function resolveBase(git: Git, cwd: string, ref: string): Promise<Base> {
  if (ref.startsWith("-")) throw new UserError(`no such base: ${ref}`, { hint: "git branch --all" });
  const ran = await git.try(cwd, ["rev-parse", `${ref}^{commit}`, "--symbolic-full-name", ref]);
  const [commit = "", full = "", more] = ran.stdout.trim().split("\n");
  // A range is several lines.
  if (ran.code !== 0 || more !== undefined || !/^[0-9a-f]{40,}$/.test(commit)) throw new UserError(`no such base: ${ref}`, { hint: "git branch --all" });
  return { commit, branch: full.replace(/^refs\/(heads|remotes)\//, "") === full ? null : full.replace(/^refs\/(heads|remotes)\//, "") };
}

/** The branch that the main checkout, or a bare repository's HEAD, is on, else the default branch of its remote (`origin/main`); null where neither says. */
export async function mainBranch(git: Git, common: string): Promise<string | null> {
  return (await pointedBelow(git, common, "HEAD", "refs/heads/")) ?? pointedBelow(git, common, "refs/remotes/origin/HEAD", "refs/remotes/");
}

/** Where two commits parted; null when they share nothing. */
export async function mergeBase(git: Git, cwd: string, a: string, b: string): Promise<string | null> {
  const ran = await git.try(cwd, ["merge-base", a, b]);
  return ran.code === 0 ? ran.stdout.trim().split("\n")[0]! : null;
}

export interface Standing {
  /** Paths with uncommitted changes to tracked files. */
  dirty: number;
  /** Commits that the upstream has and the checkout has not. */
  behind: number;
  upstream: string | null;
}

/** The state of the checkout one stands in; null when git had no answer within `timeout` ms. */
export async function standing(git: Git, cwd: string, timeout: number): Promise<Standing | null> {
  const ran = await git.try(cwd, ["status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=all"], { timeout });
  if (ran.code !== 0) return null;
  const lines = ran.stdout.split("\n").filter(Boolean);
  const header = (name: string) => lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3) ?? null;
  return {
    dirty: lines.filter((line) => !line.startsWith("#")).length,
    behind: Number(/-(\d+)/.exec(header("branch.ab") ?? "")?.[1] ?? 0),
    upstream: header("branch.upstream"),
  };
}

/** Every local branch with the checkout that has it, "" when none. */
export async function branchPlaces(git: Git, cwd: string): Promise<Map<string, string>> {
  const cells = (await git.call(cwd, ["for-each-ref", "--format=%(refname:lstrip=2)%00%(worktreepath)%00", "refs/heads"])).split("\0");
  const places = new Map<string, string>();
  // A path may hold a line end: cells are counted, not lines.
  for (let i = 0; i + 1 < cells.length; i += 2) places.set(cells[i]!.replace(/^\n/, ""), cells[i + 1]!);
  return places;
}
