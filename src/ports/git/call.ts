// How fleet speaks to git: argv only, in a named directory, without the caller's GIT_* variables.
import { ProcessError, UserError } from "../../base/errors";
import { type Ran, spawn, type Trace } from "../spawn";

export interface GitOptions {
  stdin?: string | Uint8Array | undefined;
  /** Milliseconds. */
  timeout?: number | undefined;
  /** `latin1`: one character a byte, for names that need not be UTF-8. */
  encoding?: "utf8" | "latin1" | undefined;
  env?: Record<string, string> | undefined;
}

export interface Git {
  /** stdout of `git -C cwd args…`; a non-zero end throws ProcessError. */
  call(cwd: string, args: readonly string[], options?: GitOptions): Promise<string>;
  /** The same without throwing for an exit code. */
  try(cwd: string, args: readonly string[], options?: GitOptions): Promise<Ran>;
  /** The environment for git run in the foreground (diff through the user's pager). */
  readonly env: Record<string, string | undefined>;
}

export function openGit(env: Record<string, string | undefined>, trace?: Trace): Git {
  const clean = gitEnvironment(env);
  const git: Git = {
    env: clean,
    async try(cwd, args, options = {}) {
      const ran = await spawn(
        ["git", "-C", cwd, ...args],
        { env: options.env ? { ...clean, ...options.env } : clean, stdin: options.stdin, timeout: options.timeout, encoding: options.encoding },
        trace,
      );
      if (ran.code === 127) throw new UserError("git is not on PATH", { hint: "install git, then: fleet doctor" });
      return ran;
    },
    async call(cwd, args, options) {
      const ran = await git.try(cwd, args, options);
      if (ran.code !== 0) throw new ProcessError(["git", "-C", cwd, ...args], ran.code, ran.stdout, ran.stderr, ran.timedOut);
      return ran.stdout;
    },
  };
  return git;
}

/** "2.39.5" */
export async function gitVersion(git: Git): Promise<string> {
  return (await git.call("/", ["--version"])).trim().replace(/^git version /, "");
}

/** Hooks and editors hand down GIT_DIR and the like; a call about another worktree must not see them. */
function gitEnvironment(env: Record<string, string | undefined>): Record<string, string | undefined> {
  const clean = withoutRepository(env);
  clean["GIT_OPTIONAL_LOCKS"] = "0";
  clean["GIT_TERMINAL_PROMPT"] = "0";
  // Messages that are read must be English; LC_ALL would win over LC_MESSAGES, so its charset moves to LC_CTYPE.
  if (clean["LC_ALL"]) clean["LC_CTYPE"] = clean["LC_ALL"];
  delete clean["LC_ALL"];
  clean["LC_MESSAGES"] = "C";
  return clean;
}

/** The environment without what ties git to the caller's repository: for programs that are to work in another one. */
export function withoutRepository(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([key]) => !LOCAL_VARIABLES.has(key)));
}

// `git rev-parse --local-env-vars`
const LOCAL_VARIABLES = new Set([
  "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_OBJECT_DIRECTORY",
  "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS",
  "GIT_REPLACE_REF_BASE", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_COMMON_DIR", "GIT_INTERNAL_SUPER_PREFIX",
]);
