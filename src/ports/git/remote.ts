// Remotes: which one a branch follows, and bringing it up to date.
import { UserError } from "../../base/errors";
import type { Git } from "./call";

/** The remote that `name` (`main`, `origin/main`) is of; null when it has none. */
export async function remoteOf(git: Git, cwd: string, name: string): Promise<string | null> {
  const remotes = (await git.call(cwd, ["remote"])).split("\n").filter(Boolean);
  const configured = await git.try(cwd, ["config", "--get", `branch.${name}.remote`]);
  const remote = remotes.find((candidate) => name.startsWith(`${candidate}/`)) ?? configured.stdout.trim();
  return remote === "" || remote === "." ? null : remote;
}

/** Throws UserError with git's own words. */
export async function fetchRemote(git: Git, cwd: string, remote: string): Promise<void> {
  const ran = await git.try(cwd, ["fetch", "--quiet", "--", remote]);
  if (ran.code !== 0) throw new UserError(`git could not fetch: ${remote}`, { detail: ran.stderr.trim(), hint: "leave out --fetch to start from what is here" });
}
