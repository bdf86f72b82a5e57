// The branch of a pull or merge request, brought here through the remote that the request is for: forks' too, without their address.
import { UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import type { Git } from "./call";
import { commitAt, removeRef } from "./ref";

export interface RequestPlace {
  remote: string;
  /** The forge's own ref of the request's branch: `refs/pull/7/head`. */
  ref: string;
  /** The branch that it is to go into. */
  base: string;
  /** Its branch, where the remote itself has that; null for a fork's. */
  branch: string | null;
}

/** Commit ids. */
export interface RequestCommits {
  head: string;
  base: string;
  /** The remote's own branch is at the request's commit, so that a branch here can follow it. */
  followed: boolean;
}

const TRIES = 5;

/**
 * Fetch it, through the ref `kept` of this call alone, which does not stay: git collects nothing that came in the last two weeks. Throws UserError with git's
 * own words.
 */
export async function fetchRequest(git: Git, cwd: string, common: string, { remote, ref, base, branch }: RequestPlace, kept: string): Promise<RequestCommits> {
  const tracked = (name: string) => `refs/remotes/${remote}/${name}`;
  const needed = [`+${ref}:${kept}`, `+refs/heads/${base}:${tracked(base)}`];
  const own = branch === null || branch === base ? [] : [`+refs/heads/${branch}:${tracked(branch)}`];
  const fetch = (refs: readonly string[]) => git.try(cwd, ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--", remote, ...refs]);
  let ran = await fetch([...needed, ...own]);
  // Another fetch has just moved the same branch, whose new place is found the next time.
  for (let tries = 0; ran.code !== 0 && tries < TRIES && /cannot lock ref/.test(ran.stderr); tries++) ran = await fetch([...needed, ...own]);
  // A branch that is merged or closed may be gone there, while the request's own ref stays.
  if (ran.code !== 0 && own.length > 0 && /couldn't find remote ref/.test(ran.stderr)) ran = await fetch(needed);
  if (ran.code !== 0) throw unreachable(cwd, remote, ref, ran.stderr);
  const [head, tip, followed] = await Promise.all([commitAt(git, common, kept), commitAt(git, common, tracked(base)), branch === null ? null : commitAt(git, common, tracked(branch))]);
  if (head !== null) await removeRef(git, common, kept);
  if (head === null || tip === null) throw unreachable(cwd, remote, ref, ran.stderr);
  return { head, base: tip, followed: followed === head };
}

/** The same by asking only: nothing is brought here. Throws UserError with git's own words. */
export async function askRequest(git: Git, cwd: string, { remote, ref, base, branch }: RequestPlace): Promise<RequestCommits> {
  const ran = await git.try(cwd, ["ls-remote", "--", remote, ref, `refs/heads/${base}`, ...(branch === null ? [] : [`refs/heads/${branch}`])]);
  const found = new Map(ran.stdout.split("\n").map((line): [string, string] => [line.slice(line.indexOf("\t") + 1), line.slice(0, line.indexOf("\t"))]));
  const [head, tip] = [found.get(ref), found.get(`refs/heads/${base}`)];
  if (ran.code !== 0 || head === undefined || tip === undefined) throw unreachable(cwd, remote, ref, ran.stderr);
  return { head, base: tip, followed: branch !== null && found.get(`refs/heads/${branch}`) === head };
}

function unreachable(cwd: string, remote: string, ref: string, words: string): UserError {
  return new UserError(`the remote does not give the request's branch: ${oneLine(remote)} ${ref}`, { detail: words.trim(), hint: `git -C ${shellWord(cwd)} ls-remote ${shellWord(remote)} ${shellWord(ref)}` });
}

export interface Remotes {
  /** As they are written in the config. */
  addresses: ReadonlyMap<string, string>;
  /** Those of which all branches are fetched: only theirs can be followed. */
  whole: ReadonlySet<string>;
  /** The one that `gh repo set-default` named. */
  resolved: string | null;
}

/** One process: `git remote get-url` would be one for each. */
export async function configuredRemotes(git: Git, cwd: string): Promise<Remotes> {
  const ran = await git.try(cwd, ["config", "--null", "--get-regexp", "^remote\\..*\\.(url|fetch|gh-resolved)$"]);
  const [addresses, whole] = [new Map<string, string>(), new Set<string>()];
  let resolved: string | null = null;
  for (const entry of ran.stdout.split("\0")) {
    const at = entry.indexOf("\n");
    const [key, value] = [entry.slice(0, at), entry.slice(at + 1)];
    const name = key.slice("remote.".length, key.lastIndexOf("."));
    if (key.endsWith(".url") && !addresses.has(name)) addresses.set(name, value);
    if (key.endsWith(".fetch") && value === `+refs/heads/*:refs/remotes/${name}/*`) whole.add(name);
    if (key.endsWith(".gh-resolved") && value === "base") resolved = name;
  }
  return { addresses, whole, resolved };
}
