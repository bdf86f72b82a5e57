// What a merge of two commits would give, without touching any checkout: git merge-tree, or a throw-away clone for an older git.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcessError } from "../../base/errors";
import type { Git } from "./call";

/** `conflicts`: the paths that a person would have to settle. `unrelated`: no common history. */
export type MergedTree = { tree: string } | { conflicts: string[] } | { unrelated: true };

export interface Merging {
  /** A checkout, whose attributes name merge drivers; or the common directory. */
  cwd: string;
  common: string;
  ours: string;
  theirs: string;
  /** false: only a look, which leaves no object in the repository. */
  keep: boolean;
  /** false: a git that is too old is not helped out with a clone, which takes as long as a checkout; it throws TooOld. */
  clone?: boolean;
}

/** git < 2.38 knows no merge without a checkout. */
export class TooOld extends Error {}

/** Throws ProcessError where git has no answer. */
export async function mergeTrees(git: Git, merging: Merging): Promise<MergedTree> {
  const { common, keep } = merging;
  if (keep) return await ask(git, merging, {});
  const objects = mkdtempSync(join(tmpdir(), "fleet-forecast-"));
  try {
    return await ask(git, merging, { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(common, "objects") });
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
}

/** The exit code of a git that does not know the option. */
const USAGE = 129;

async function ask(git: Git, merging: Merging, env: Record<string, string>): Promise<MergedTree> {
  const { cwd, common, ours, theirs } = merging;
  const args = [...(cwd === common ? ["--git-dir=."] : []), "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs];
  const ran = await git.try(cwd, args, { env: { ...env, GIT_NO_LAZY_FETCH: "1" } });
  if (ran.code === 0) return { tree: ran.stdout.split("\0")[0]!.trim() };
  if (ran.code === 1) return { conflicts: [...new Set(ran.stdout.split("\0").slice(1).filter(Boolean))] };
  if (/unrelated histories/.test(ran.stderr)) return { unrelated: true };
  // git < 2.38.
  if (ran.code === USAGE && merging.clone === false) throw new TooOld();
  if (ran.code === USAGE) return await mergeInClone(git, merging);
  throw new ProcessError(["git", "-C", cwd, ...args], ran.code, ran.stdout, ran.stderr, ran.timedOut);
}

/** A clone that borrows the repository's objects: whatever happens to it, the repository has neither a ref nor a worktree more. */
async function mergeInClone(git: Git, { common, ours, theirs, keep }: Merging): Promise<MergedTree> {
  const folder = mkdtempSync(join(tmpdir(), "fleet-merge-"));
  const clone = join(folder, "clone");
  const calm = ["-c", "core.hooksPath=/dev/null", "-c", "user.name=fleet", "-c", "user.email=fleet@localhost", "-c", "commit.gpgSign=false"];
  try {
    await git.call("/", ["clone", "--quiet", "--shared", "--no-checkout", "--no-tags", common, clone]);
    await git.call(clone, [...calm, "checkout", "--quiet", "--detach", ours]);
    const ran = await git.try(clone, [...calm, "merge", "--quiet", "--no-ff", "--no-edit", "--no-verify", theirs]);
    if (/unrelated histories/.test(ran.stderr)) return { unrelated: true };
    if (ran.code !== 0) {
      const paths = (await git.call(clone, ["diff", "--name-only", "--diff-filter=U", "-z"])).split("\0").filter(Boolean);
      if (paths.length > 0) return { conflicts: paths };
      throw new ProcessError(["git", "merge", theirs], ran.code, ran.stdout, ran.stderr, ran.timedOut);
    }
    const tree = (await git.call(clone, ["rev-parse", "--verify", "HEAD^{tree}"])).trim();
    if (keep) await git.call(common, ["--git-dir=.", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", clone, "HEAD"]);
    return { tree };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
