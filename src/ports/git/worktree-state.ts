// One linked worktree, looked at before it is moved: is it really that, and what would be lost.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Git } from "./call";

export interface WorktreeState {
  /** Its git directory, `<common>/worktrees/NAME` (real path). */
  admin: string;
  head: string | null;
  /** Paths with uncommitted or untracked content; null when git could not tell. */
  dirty: number | null;
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
    if (why !== "initializing") return { refused: `it is locked${why ? ` (${why})` : ""}: git worktree unlock ${path}` };
  }
  const ran = await git.try(path, ["-c", "core.fsmonitor=false", "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--ignore-submodules=none"]);
  const lines = ran.stdout.split("\0").filter(Boolean);
  const oid = lines.find((line) => line.startsWith("# branch.oid "))?.slice("# branch.oid ".length);
  // A rename is followed by a record with the old name alone.
  const changes = lines.filter((line) => /^[12u?] /.test(line)).length;
  return { admin, head: oid && oid !== "(initial)" ? oid : null, dirty: ran.code === 0 ? changes : null };
}

/** Only files are read, so that the answer does not depend on a git that fails. */
function linkedAdmin(common: string, path: string): string | { refused: string } {
  try {
    const pointer = /^gitdir: (.*)$/m.exec(readFileSync(join(path, ".git"), "utf8"))?.[1];
    if (!pointer) return { refused: "its .git file names no git directory" };
    const admin = realpathSync(join(pointer.startsWith("/") ? "" : path, pointer));
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
