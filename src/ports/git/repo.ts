// Where a command stands: the repository of a directory, in one git call.
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { shellWord } from "../../base/text";
import type { Git } from "./call";
import { askRevParse } from "./rev-parse";

/** The checkout in which `path` lies, found by git's mark alone; null where it is in none. */
export function checkoutAbove(path: string): string | null {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return null;
  }
}

const QUESTIONS = [["--is-bare-repository"], ["--git-common-dir"], ["--git-dir"], ["--show-toplevel"], ["--git-path", "hooks"], ["HEAD"], ["--symbolic-full-name", "HEAD"]] as const;

/** The repository that `cwd` is in; null when it is in none. Refuses a place without a checkout. */
export async function findRepo(git: Git, cwd: string): Promise<Repo | null> {
  const { answers, ran } = await askRevParse(git, cwd, QUESTIONS);
  const [bare, common = "", gitDir = "", top = "", hooks = "", head = "", ref = ""] = answers;
  if (!top) refuse(cwd, bare === "true", common, ran.stderr);
  if (!top) return null;
  const [commonReal, gitDirReal, topReal] = [realpathSync(common), realpathSync(gitDir), realpathSync(top)];
  const main = mainCheckout(commonReal, gitDirReal, topReal);
  return {
    common: commonReal,
    gitDir: gitDirReal,
    top: topReal,
    main,
    name: basename(main),
    hooks,
    branch: ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null,
    head: /^[0-9a-f]{40,}$/.test(head) ? head : null,
  };
}

function refuse(cwd: string, bare: boolean, common: string, stderr: string): void {
  if (/not a git repository/.test(stderr)) return;
  if (bare) {
    throw new UserError(`a bare repository has no checkout to start from: ${common}`, {
      hint: `git -C ${shellWord(common)} worktree add ../main, then: fleet -C ../main create NAME`,
    });
  }
  if (common) throw new UserError(`inside a git directory, not in a checkout: ${cwd}`, { hint: `fleet -C ${shellWord(dirname(common))} list` });
  throw new UserError(`git can't read the repository: ${cwd}`, { detail: stderr.trim() });
}

/** The checkout that holds the git directory; a submodule and a bare repo's worktrees have none, so `top` serves. */
function mainCheckout(common: string, gitDir: string, top: string): string {
  return gitDir !== common && basename(common) === ".git" ? dirname(common) : top;
}
