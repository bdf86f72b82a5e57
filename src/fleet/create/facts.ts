// What a create must know, asked for at once: git, tmux and the state each answer while the others do.
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { UserError } from "../../base/errors";
import type { AgentRecord, Base, Repo } from "../../base/model";
import { shellWord, visible } from "../../base/text";
import type { Kind } from "../../kinds/kind";
import { type BranchFacts, branchFacts, isBranchName, mergeBase, resolveBase } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import type { Store } from "../../ports/store";
import type { Tmux } from "../../ports/tmux/call";
import { prepareLock } from "../../ports/lock";
import { callingAgent } from "../driven";
import { newId } from "../naming";
import { pathWithProgram } from "../programs";
import type { CreateFacts } from "./plan";

/** What needs no more than a directory and a name to be asked: git answers it while fleet reads its config. */
export interface Early {
  branch: Promise<BranchFacts>;
  /** Where many agents share the answer. */
  base?: Promise<Base>;
  path?: Promise<string>;
}

export function askEarly(git: Git, cwd: string, branch: string): Early {
  prepareLock();
  const early = { branch: branchFacts(git, cwd, branch) };
  // Outside of a repository it fails, and is not asked for.
  early.branch.catch(() => {});
  return early;
}

export interface FactsWanted {
  branch: string;
  /** `--base`, else the config's; "" means the checkout one stands in. */
  baseRef: string;
  kind: Kind;
  worktreeRoot: string;
  early: Early;
}

export async function gatherFacts(ports: { git: Git; tmux: Tmux; store: Store; env: Record<string, string | undefined> }, repo: Repo, wanted: FactsWanted): Promise<CreateFacts> {
  const { git, tmux, store, env } = ports;
  const { branch, kind } = wanted;
  if (repo.head === null && !wanted.baseRef) {
    throw new UserError(`the repository has no commits to start from: ${repo.top}`, { hint: "git commit --allow-empty -m 'first commit'" });
  }
  // Names that git is sure to take are not asked about.
  if (!/^(?!HEAD$)[A-Za-z0-9]+([/_-][A-Za-z0-9]+)*$/.test(branch) && !(await isBranchName(git, repo.top, branch))) {
    throw new UserError(`git does not allow this branch name: ${visible(branch) || "(empty)"}`, { hint: "man git-check-ref-format" });
  }
  const agents = store.agents();
  const [found, base, path] = await Promise.all([
    wanted.early.branch,
    wanted.early.base ?? findBase(git, repo, wanted.baseRef, agents),
    wanted.early.path ?? pathWithProgram(kind, env, store),
  ]);
  return {
    id: newId(new Set(agents.map((agent) => agent.id))),
    conversation: kind.picksConversation ? crypto.randomUUID() : null,
    repo,
    kind,
    path,
    branch: found,
    base,
    mergeBase: await partedFrom(git, repo, found.local?.oid ?? found.remotes[0], base),
    agents,
    worktreeRoot: realRoot(wanted.worktreeRoot),
    socket: tmux.socket,
    parent: callingAgent(env),
    exists: existsSync,
    now: new Date().toISOString(),
  };
}

/** In an agent's worktree the base is that agent's base; `-b .` stacks on what is checked out. Throws UserError. */
export async function findBase(git: Git, repo: Repo, ref: string, agents: readonly AgentRecord[]): Promise<Base> {
  const here = { branch: repo.branch, commit: repo.head ?? "" };
  if (ref === ".") return here;
  if (ref) return resolveBase(git, repo.top, ref);
  const inside = agents.find((agent) => agent.worktree === repo.top);
  if (!inside) return here;
  if (inside.base.branch === null) return inside.base;
  return resolveBase(git, repo.top, inside.base.branch).catch(() => {
    throw new UserError(`the base of ${inside.branch} is gone: ${inside.base.branch}`, { hint: `fleet create NAME --base ${shellWord(inside.base.commit.slice(0, 12))}` });
  });
}

async function partedFrom(git: Git, repo: Repo, tip: string | undefined, base: Base): Promise<string | null> {
  return tip === undefined ? null : ((await mergeBase(git, repo.top, tip, base.commit)) ?? tip);
}

/** The root as git will report it, so that a worktree's path is equal to itself later. */
function realRoot(root: string): string {
  mkdirSync(root, { recursive: true });
  return realpathSync(root);
}
