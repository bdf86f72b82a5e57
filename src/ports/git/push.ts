// Bringing a branch to a remote, and what must be known of both before.
import { UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import type { Git } from "./call";

/** The names of a repo's remotes. Throws ProcessError. */
export async function remoteNames(git: Git, cwd: string): Promise<string[]> {
  return (await git.call(cwd, ["remote"])).split("\n").filter(Boolean);
}

/** Where a branch is pushed to, where a person has said so (`branch.NAME.pushRemote`, `remote.pushDefault`); else null. */
export async function namedPushRemote(git: Git, cwd: string, branch: string): Promise<string | null> {
  for (const key of [`branch.${branch}.pushRemote`, "remote.pushDefault"]) {
    const ran = await git.try(cwd, ["config", "--get", key]);
    if (ran.code === 0 && ran.stdout.trim() !== "") return ran.stdout.trim();
  }
  return null;
}

/** The address that it is fetched from, `insteadOf` applied; "" where git knows none. */
export async function remoteUrl(git: Git, cwd: string, remote: string): Promise<string> {
  const ran = await git.try(cwd, ["remote", "get-url", "--", remote]);
  return ran.code === 0 ? (ran.stdout.split("\n")[0] ?? "").trim() : "";
}

/** Whether the remote has this branch: asks the remote. Throws UserError with git's own words where it does not answer. */
export async function isOnRemote(git: Git, cwd: string, remote: string, branch: string): Promise<boolean> {
  const ran = await git.try(cwd, ["ls-remote", "--", remote, `refs/heads/${branch}`]);
  if (ran.code !== 0) throw new UserError(`the remote does not answer: ${oneLine(remote)}`, { detail: ran.stderr.trim(), hint: `git -C ${shellWord(cwd)} ls-remote ${shellWord(remote)}` });
  return ran.stdout.split("\n").some((line) => line.endsWith(`\trefs/heads/${branch}`));
}

export interface CommitText {
  subject: string;
  body: string;
}

/** The commits that `tip` has and none of `bases` (commit ids), oldest first, merges left out. Throws ProcessError. */
export async function commitTexts(git: Git, cwd: string, tip: string, bases: readonly string[]): Promise<CommitText[]> {
  const output = await git.call(cwd, ["log", "-z", "--reverse", "--no-merges", "--format=%s%n%b", tip, ...bases.map((oid) => `^${oid}`), "--"]);
  return output.split("\0").filter((text) => text.trim() !== "").map((text) => {
    const [subject = "", ...body] = text.split("\n");
    return { subject, body: body.join("\n").trim() };
  });
}

/**
 * To `name` of a remote, or of an address. Never forced: what the remote has and this branch has not is somebody's work. Throws UserError
 * with git's own words.
 */
export async function pushBranch(git: Git, cwd: string, remote: string, branch: string, name: string): Promise<void> {
  // In full: a branch may be called "+x", which alone would mean a forced push of x.
  const refs = `refs/heads/${branch}:refs/heads/${name}`;
  // A branch follows a remote; an address would stand in the config, where nobody looks for it.
  const named = !/^[./]|:/.test(remote);
  const ran = await git.try(cwd, ["push", "--quiet", ...(named ? ["-u"] : []), "--", remote, refs]);
  if (ran.code === 0) return;
  const behind = /\((non-fast-forward|fetch first)\)/.test(ran.stderr);
  const short = branch === name ? branch : `${branch}:${name}`;
  const shown = oneLine(remote);
  throw new UserError(behind ? `${shown} has commits on ${oneLine(name)} that are not here; nothing was pushed` : `git could not push to: ${shown}`, {
    detail: ran.stderr.trim(),
    hint: `git -C ${shellWord(cwd)} ${behind ? `pull --rebase ${shellWord(shown)} ${shellWord(name)}` : `push ${shellWord(shown)} ${shellWord(short)}`}`,
  });
}
