// Everything that a worktree changed since a commit, untracked files too: through the user's own pager, or as data.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Git } from "./call";

/** Show the difference between `base` and the worktree. git talks to the terminal itself. Returns its exit code. */
export async function showDiff(git: Git, worktree: string, base: string, flags: readonly string[]): Promise<number> {
  return withWholeIndex(git, worktree, async (env) => {
    const child = Bun.spawn(["git", "-C", worktree, "diff", ...flags, base, "--"], { env: { ...git.env, ...env }, stdio: ["inherit", "inherit", "inherit"] });
    return child.exited;
  });
}

/** The same as text. */
export function readDiff(git: Git, worktree: string, base: string, flags: readonly string[]): Promise<string> {
  return withWholeIndex(git, worktree, (env) => git.call(worktree, ["diff", ...flags, base, "--"], { env }));
}

/** The pager that git would use there, as a line for sh. */
export async function gitPager(git: Git, cwd: string): Promise<string> {
  return (await git.call(cwd, ["var", "GIT_PAGER"])).trim() || "less";
}

export interface ChangedFile {
  path: string;
  change: "added" | "deleted" | "modified" | "type changed" | "unmerged";
  /** Lines; null in a binary file. */
  added: number | null;
  removed: number | null;
}

/** The files that differ between `base` and the worktree; a renamed one is a deleted and an added one. */
export async function changedFiles(git: Git, worktree: string, base: string): Promise<ChangedFile[]> {
  return withWholeIndex(git, worktree, async (env) => parseChanged(await git.call(worktree, ["diff", "--raw", "--numstat", "--no-renames", "--no-ext-diff", "-z", base, "--"], { env })));
}

const CHANGES: Record<string, ChangedFile["change"]> = { A: "added", D: "deleted", M: "modified", T: "type changed", U: "unmerged" };

/** `--raw --numstat -z`: ":modes ids LETTER" NUL path NUL for each file, then "added TAB removed TAB path" NUL for each. */
function parseChanged(output: string): ChangedFile[] {
  const words = output.split("\0");
  const letters = new Map<string, string>();
  const files: ChangedFile[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word.startsWith(":")) letters.set(words[++i]!, word.slice(-1));
    else if (word !== "") {
      const [added = "", removed = "", ...path] = word.split("\t");
      const name = path.join("\t");
      files.push({ path: name, change: CHANGES[letters.get(name) ?? ""] ?? "modified", added: lines(added), removed: lines(removed) });
    }
  }
  return files;
}

function lines(word: string): number | null {
  return /^\d+$/.test(word) ? Number(word) : null;
}

/** Untracked files are entered in a copy of the index, so that the worktree's own index stays as it is. */
async function withWholeIndex<T>(git: Git, worktree: string, ask: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "fleet-diff-"));
  const copy = join(folder, "index");
  try {
    const own = (await git.call(worktree, ["rev-parse", "--path-format=absolute", "--git-path", "index"])).trim();
    if (existsSync(own)) copyFileSync(own, copy);
    const env = { GIT_INDEX_FILE: copy };
    await git.call(worktree, ["add", "--intent-to-add", "--", ":/"], { env });
    return await ask(env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
