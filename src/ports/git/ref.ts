// Single refs and commits by their full names, asked in the common directory: no search for a repository.
import type { Git } from "./call";

/** The commit that a name means; null where there is none. */
export async function commitAt(git: Git, common: string, name: string): Promise<string | null> {
  const ran = await git.try(common, ["--git-dir=.", "rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
  return (ran.code === 0 && ran.stdout.trim()) || null;
}

/** The tree of a commit. Throws ProcessError. */
export async function treeAt(git: Git, common: string, name: string): Promise<string> {
  return (await git.call(common, ["--git-dir=.", "rev-parse", "--verify", `${name}^{tree}`])).trim();
}

/** The commit that a worktree has checked out; null in one without commits, or where git fails. */
export async function headOf(git: Git, worktree: string): Promise<string | null> {
  const ran = await git.try(worktree, ["rev-parse", "--verify", "HEAD"]);
  return (ran.code === 0 && ran.stdout.trim()) || null;
}

/** Point a ref somewhere, whatever it was. Throws ProcessError. */
export async function writeRef(git: Git, common: string, ref: string, oid: string): Promise<void> {
  await git.call(common, ["--git-dir=.", "update-ref", ref, oid]);
}

/** Point a ref from one commit to another (compare and swap); false where it was not there any more. */
export async function moveRef(git: Git, common: string, ref: string, to: string, from: string): Promise<boolean> {
  return (await git.try(common, ["--git-dir=.", "update-ref", ref, to, from])).code === 0;
}

/** What a remote's HEAD was when it was cloned: `main`; null where git does not know. */
export async function defaultBranch(git: Git, common: string, remote: string): Promise<string | null> {
  const prefix = `refs/remotes/${remote}/`;
  return pointedBelow(git, common, `${prefix}HEAD`, prefix);
}

/** What a symbolic ref points to, without `prefix`; null where it points to nothing below that. */
export async function pointedBelow(git: Git, common: string, ref: string, prefix: string): Promise<string | null> {
  const ran = await git.try(common, ["--git-dir=.", "symbolic-ref", "--quiet", ref]);
  return ran.code === 0 && ran.stdout.startsWith(prefix) ? ran.stdout.trim().slice(prefix.length) : null;
}

/** Make a ref that is not there (compare and swap). Throws ProcessError where it is. */
export async function makeRef(git: Git, common: string, ref: string, oid: string): Promise<void> {
  await git.call(common, ["--git-dir=.", "update-ref", ref, oid, "0".repeat(oid.length)]);
}

/** Delete a ref, whatever it points at; one that is not there is fine. Throws ProcessError. */
export async function removeRef(git: Git, common: string, ref: string): Promise<void> {
  await git.call(common, ["--git-dir=.", "update-ref", "-d", ref]);
}

/** The same while it is at this commit; one that has moved stays. */
export async function removeRefAt(git: Git, common: string, ref: string, oid: string): Promise<boolean> {
  return (await git.try(common, ["--git-dir=.", "update-ref", "-d", ref, oid])).code === 0;
}

/** Which of these refs are there. None where git fails. */
export async function refsThere(git: Git, common: string, refs: readonly string[]): Promise<string[]> {
  const ran = await git.try(common, ["--git-dir=.", "for-each-ref", "--format=%(refname)", "--", ...refs]);
  const found = ran.stdout.split("\n");
  return refs.filter((ref) => found.includes(ref));
}

export interface CommitRef {
  ref: string;
  oid: string;
  /** Epoch seconds. */
  committed: number;
  /** As git shows it: `<somebody@example.org>`. */
  email: string;
  /** The message without its first line. */
  body: string;
}

/** The refs below `prefix` (`refs/x/`) that point at commits. Throws ProcessError. */
export async function commitRefs(git: Git, common: string, prefix: string): Promise<CommitRef[]> {
  const output = await git.call(common, ["--git-dir=.", "for-each-ref", "--format=%(refname)%00%(objectname)%00%(committerdate:unix)%00%(committeremail)%00%(contents:body)%00", prefix]);
  const cells = output.split("\0");
  const refs: CommitRef[] = [];
  for (let i = 0; i + 4 < cells.length; i += 5) {
    refs.push({ ref: cells[i]!.trim(), oid: cells[i + 1]!, committed: Number(cells[i + 2]), email: cells[i + 3]!, body: cells[i + 4]! });
  }
  return refs;
}

/** `ls-tree -r -l` of what a checkout has; null when git had no answer within `timeout` ms. */
export async function treeListing(git: Git, checkout: string, timeout: number): Promise<string | null> {
  // A partial clone would fetch every blob for its size.
  const ran = await git.try(checkout, ["ls-tree", "-r", "-l", "HEAD"], { timeout, env: { GIT_NO_LAZY_FETCH: "1" } });
  return ran.code === 0 ? ran.stdout : null;
}
