// All branches of a repo and where they are checked out, in one git process.
import { ProcessError } from "../../base/errors";
import type { Git } from "./call";
import { tryReading } from "./reread";

export interface Branch {
  oid: string;
  /** The worktree that has it checked out, as git wrote it down; null when none has. */
  worktree: string | null;
}

export interface Refs {
  /** Local branches by name. */
  branches: Map<string, Branch>;
  /** The remote branches asked for ("origin/main"), where they exist. */
  remotes: Map<string, string>;
}

const FORMAT = "--format=%(refname)%00%(objectname)%00%(worktreepath)%00";

/** Every local branch of the repo with this common directory, and the named remote ones. Throws ProcessError. */
export async function readRefs(git: Git, common: string, remotes: readonly string[] = []): Promise<Refs> {
  // --git-dir: no search for a repository, which safe.bareRepository=explicit would refuse here.
  const args = ["--git-dir=.", "for-each-ref", FORMAT, "--", "refs/heads", ...remotes.map((name) => `refs/remotes/${escapeGlob(name)}`)];
  const ran = await tryReading(git, common, args);
  if (ran.code !== 0) throw new ProcessError(["git", "-C", common, ...args], ran.code, ran.stdout, ran.stderr, ran.timedOut);
  return parseRefs(ran.stdout);
}

/** Records of three cells, each cell ended by NUL (a path may hold a line end) and each record by a line end. */
export function parseRefs(output: string): Refs {
  const refs: Refs = { branches: new Map(), remotes: new Map() };
  const cells = output.split("\0");
  for (let i = 0; i + 2 < cells.length; i += 3) {
    const name = cells[i]!.replace(/^\n/, "");
    const [oid, worktree] = [cells[i + 1]!, cells[i + 2]!];
    if (name.startsWith("refs/heads/")) refs.branches.set(name.slice("refs/heads/".length), { oid, worktree: worktree || null });
    else refs.remotes.set(name.slice("refs/remotes/".length), oid);
  }
  return refs;
}

/** A ref's name as a pattern that matches only itself. */
export function escapeGlob(name: string): string {
  return name.replace(/[*?[\\]/g, "\\$&");
}
