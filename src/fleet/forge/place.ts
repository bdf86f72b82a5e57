// Which remote a repository's requests and issues lie behind, and the program that is asked about it.
import { UserError } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import type { Forge } from "../../ports/forge/call";
import type { Git } from "../../ports/git/call";
import { remoteUrl } from "../../ports/git/push";
import { remoteOf } from "../../ports/git/remote";
import { configuredRemotes, type Remotes } from "../../ports/git/request-head";
import { findProgram } from "../../ports/process";
import { chooseProgram, placeOfUrl, type RemotePlace, repoWord } from "./plan";

type Env = Record<string, string | undefined>;

export interface ForgePlace {
  forge: Forge;
  remote: string;
  url: string;
  /** What the address says; null for a path of this machine. */
  at: RemotePlace | null;
  remotes: Remotes;
}

/** Where requests and issues are read: the remote that `gh repo set-default` names, else that of `branch`, origin, or the only one. Throws UserError. */
export async function findForge({ git, env }: { git: Git; env: Env }, cwd: string, branch: string | null): Promise<ForgePlace> {
  const remotes = await configuredRemotes(git, cwd);
  const remote = remotes.resolved ?? (await targetRemote(git, cwd, branch ?? "", [...remotes.addresses.keys()], "on a forge"));
  const url = await remoteUrl(git, cwd, remote);
  const at = placeOfUrl(url);
  return { forge: forgeAt(at, cwd, env), remote, url, at, remotes };
}

/** Throws UserError where its program is missing. */
export function forgeAt(place: RemotePlace | null, cwd: string, env: Env): Forge {
  const program = chooseProgram(place?.host ?? null, (["gh", "glab"] as const).filter((name) => findProgram(name, env["PATH"]) !== null));
  return { program, repo: repoWord(program, place), cwd, env };
}

/** The remote of a branch; else origin, or the only one there is. Throws UserError; `why` ends "the repository has no remote". */
export async function targetRemote(git: Git, cwd: string, branch: string, remotes: readonly string[], why = "to push to"): Promise<string> {
  const own = await remoteOf(git, cwd, branch);
  const found = (own !== null && remotes.includes(own) ? own : null) ?? (remotes.includes("origin") ? "origin" : remotes.length === 1 ? remotes[0]! : null);
  if (found !== null) return found;
  if (remotes.length === 0) throw new UserError(`the repository has no remote ${why}: ${cwd}`, { hint: `git -C ${shellWord(cwd)} remote add origin URL` });
  throw new UserError(`several remotes, and ${oneLine(branch) || "the checkout"} follows none: ${remotes.map(oneLine).join(", ")}`, { hint: `git -C ${shellWord(cwd)} branch --set-upstream-to=REMOTE/${shellWord(branch || "BRANCH")} ${shellWord(branch)}`.trim() });
}
