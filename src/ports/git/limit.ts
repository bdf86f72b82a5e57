// git with a clock: calls that would begin too late are not made, those that run too long are ended.
import { ProcessError } from "../../base/errors";
import type { Ran } from "../spawn";
import type { Git } from "./call";

/** `git` whose every call has at most `remaining()` milliseconds, asked when the call begins. */
export function limitGit(git: Git, remaining: () => number): Git {
  const limited: Git = {
    env: git.env,
    async try(cwd, args, options = {}) {
      const timeout = Math.floor(Math.min(remaining(), options.timeout ?? Infinity));
      if (timeout < 1) return outOfTime();
      return await git.try(cwd, args, { ...options, timeout });
    },
    async call(cwd, args, options) {
      const ran = await limited.try(cwd, args, options);
      if (ran.code !== 0) throw new ProcessError(["git", "-C", cwd, ...args], ran.code, ran.stdout, ran.stderr, ran.timedOut);
      return ran.stdout;
    },
  };
  return limited;
}

function outOfTime(): Ran {
  return { code: null, stdout: "", stderr: "", timedOut: true };
}
