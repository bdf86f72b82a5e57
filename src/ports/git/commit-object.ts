// Commits made without a checkout: a merge's own, and those that a rebase writes again on another base.
import type { Git } from "./call";
import { mergeTrees } from "./merge-trees";

export interface NewCommit {
  tree: string;
  parents: readonly string[];
  message: string;
}

/** Signed where the person's config signs commits. Throws ProcessError: no identity, no key. */
export async function makeCommit(git: Git, cwd: string, { tree, parents, message }: NewCommit): Promise<string> {
  const signs = (await git.try(cwd, ["config", "--type=bool", "--get", "commit.gpgSign"])).stdout.trim() === "true";
  const args = ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), ...(signs ? ["-S"] : []), "-F", "-"];
  return (await git.call(cwd, args, { stdin: message.endsWith("\n") ? message : `${message}\n` })).trim();
}

/** Whether `ancestor` is in the history of `commit`. Throws ProcessError where git can't tell. */
export async function isAncestor(git: Git, cwd: string, ancestor: string, commit: string): Promise<boolean> {
  const ran = await git.try(cwd, ["merge-base", "--is-ancestor", ancestor, commit]);
  if (ran.code === 0 || ran.code === 1) return ran.code === 0;
  await git.call(cwd, ["rev-parse", "--verify", `${ancestor}^{commit}`, `${commit}^{commit}`]);
  throw new Error(`git can't tell whether ${ancestor} is in ${commit}: ${ran.stderr.trim()}`);
}

/** First lines of the commits of `tip` that `base` lacks, the oldest first; merges are left out. */
export async function subjectsBetween(git: Git, cwd: string, base: string, tip: string): Promise<string[]> {
  const output = await git.call(cwd, ["log", "--reverse", "--no-merges", "--format=%s", "-z", `${base}..${tip}`, "--"]);
  return output.split("\0").filter(Boolean);
}

export type Replayed = { tip: string; tree: string } | { conflicts: string[]; commit: string };

/** The commits of `tip` that `onto` lacks, one by one on top of it, as a rebase does: merges and what comes to nothing are left out. */
export async function replayCommits(git: Git, cwd: string, common: string, { onto, tip }: { onto: string; tip: string }): Promise<Replayed> {
  const list = (await git.call(cwd, ["rev-list", "--reverse", "--topo-order", "--no-merges", tip, `^${onto}`])).split("\n").filter(Boolean);
  const committer = (await git.call(cwd, ["var", "GIT_COMMITTER_IDENT"])).trim();
  let at = { tip: onto, tree: await treeOf(git, cwd, onto) };
  for (const commit of list) {
    const parent = await parentOf(git, cwd, commit);
    // merge-tree finds the base by itself: a commit with the new tip's files, whose parent is the old commit's, makes it that one.
    const ours = parent === null ? at.tip : await makeBare(git, cwd, { tree: at.tree, parents: [parent], message: "fleet: a step of a rebase" });
    const merged = await mergeTrees(git, { cwd, common, ours, theirs: commit, keep: true });
    if (!("tree" in merged)) return { conflicts: "conflicts" in merged ? merged.conflicts : [], commit };
    if (merged.tree === at.tree) continue;
    at = { tip: await rewrite(git, cwd, commit, { tree: merged.tree, parent: at.tip, committer }), tree: merged.tree };
  }
  return at;
}

async function makeBare(git: Git, cwd: string, { tree, parents, message }: NewCommit): Promise<string> {
  return (await git.call(cwd, ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-m", message])).trim();
}

async function treeOf(git: Git, cwd: string, commit: string): Promise<string> {
  return (await git.call(cwd, ["rev-parse", "--verify", `${commit}^{tree}`])).trim();
}

async function parentOf(git: Git, cwd: string, commit: string): Promise<string | null> {
  const ran = await git.try(cwd, ["rev-parse", "--verify", "--quiet", `${commit}^1`]);
  return ran.code === 0 ? ran.stdout.trim() : null;
}

/** The same author, date and message, byte for byte; another tree, parent and committer; no signature, which would be wrong. */
async function rewrite(git: Git, cwd: string, commit: string, to: { tree: string; parent: string; committer: string }): Promise<string> {
  const raw = await git.call(cwd, ["cat-file", "commit", commit], { encoding: "latin1" });
  const end = raw.indexOf("\n\n");
  const headers = raw.slice(0, end).split(/\n(?! )/).filter((line) => !/^(tree|parent|committer|gpgsig|gpgsig-sha256|mergetag) /.test(line));
  const author = headers.findIndex((line) => line.startsWith("author "));
  const lines = [`tree ${to.tree}`, `parent ${to.parent}`, headers[author]!, `committer ${Buffer.from(to.committer).toString("latin1")}`, ...headers.filter((_, i) => i !== author)];
  const text = Buffer.from(`${lines.join("\n")}${raw.slice(end)}`, "latin1");
  return (await git.call(cwd, ["hash-object", "-t", "commit", "-w", "--stdin"], { stdin: text })).trim();
}
