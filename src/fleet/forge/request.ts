// An agent's branch to its remote, and a pull request for it.
import { existsSync } from "node:fs";
import { ProcessError, UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { editRequest, type Forge, makeDraft, openRequest, openRequests, type PullRequest } from "../../ports/forge";
import type { Git } from "../../ports/git/call";
import { commitTexts, isOnRemote, namedPushRemote, pushBranch, remoteNames, remoteUrl } from "../../ports/git/push";
import { commitAt } from "../../ports/git/ref";
import { remoteOf } from "../../ports/git/remote";
import { readWorktree } from "../../ports/git/worktree-state";
import { underWay } from "../../ports/git/move-checkout";
import { findProgram } from "../../ports/process";
import type { Store } from "../../ports/store";
import { editText } from "../edit-text";
import { promptOf } from "../merge/message";
import { readyWorktree } from "../merge/plan";
import { chooseProgram, editedText, nameOnRemote, placeOfUrl, refuseUnsent, repoWord, requestOf, requestText } from "./plan";

export interface RequestPorts {
  git: Git;
  store: Store;
  env: Record<string, string | undefined>;
}

export interface RequestPlan {
  agent: Agent;
  branch: string;
  commit: string;
  /** Where it is pushed to. */
  remote: string;
  /** Whose fork that is; null: the repository that the request is for. */
  owner: string | null;
  base: string;
  forge: Forge;
  /** The open request of this branch. */
  there: PullRequest | null;
  title: string;
  body: string;
}

export interface Requested {
  id: string;
  branch: string;
  commit: string;
  remote: string;
  base: string;
  url: string;
  draft: boolean;
  /** false: it was open, and has the new commits now. */
  opened: boolean;
}

/** Looks only, at the remote and the forge too. Throws UserError where no request can be opened so. */
export async function planRequest(ports: RequestPorts, agent: Agent, into: string | undefined): Promise<RequestPlan> {
  try {
    return await plan(ports, agent, into);
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    throw new UserError(`git can't tell about ${oneLine(agent.branch)}, so nothing was pushed`, { detail: error.stderr.trim() || error.message, hint: "fleet doctor" });
  }
}

async function plan({ git, store, env }: RequestPorts, agent: Agent, into: string | undefined): Promise<RequestPlan> {
  const { record } = agent;
  const word = shellWord(agent.branch);
  if (!existsSync(record.repo)) throw new UserError(`its repository is not there: ${record.repo}`, { hint: "put it back, or mount its disk" });
  const worktree = existsSync(record.worktree) ? await readWorktree(git, record.repo, record.worktree) : { refused: "it is gone" };
  const { state, branch, tip } = readyWorktree({ agent, worktree, underWay: "admin" in worktree ? underWay(worktree.admin) : null }, "pushed");
  const started = into ?? record.base.branch;
  if (started === null) throw new UserError(`${oneLine(branch)} did not start from a branch`, { hint: `fleet pr ${word} --into BRANCH` });
  const cwd = record.worktree;
  const remotes = await remoteNames(git, cwd);
  const base = nameOnRemote(started, remotes);
  if (base === branch) throw new UserError(`a branch can't be merged into itself: ${oneLine(branch)}`, { hint: `fleet pr ${word} --into BRANCH` });
  const target = await targetRemote(git, cwd, started, remotes);
  const commits = await commitTexts(git, cwd, tip, await known(git, record.repo, [`refs/heads/${base}`, `refs/remotes/${target}/${base}`, record.base.commit]));
  refuseUnsent(agent, state.dirty!, commits.length, base);
  const remote = (await namedPushRemote(git, cwd, branch)) ?? target;
  const [place, pushed] = [placeOfUrl(await remoteUrl(git, cwd, target)), remote === target ? null : placeOfUrl(await remoteUrl(git, cwd, remote))];
  const program = chooseProgram(place?.host ?? null, (["gh", "glab"] as const).filter((name) => findProgram(name, env["PATH"]) !== null));
  const owner = pushed === null || pushed.path === place?.path ? null : pushed.path.split("/")[0]!;
  if (owner !== null && program === "glab") throw new UserError(`${oneLine(branch)} would be pushed to a fork, from where fleet opens no merge request: ${oneLine(remote)}`, { hint: `git -C ${shellWord(cwd)} push -u ${shellWord(remote)} ${shellWord(branch)}, then: glab mr create` });
  if (!(await isOnRemote(git, cwd, target, base))) throw new UserError(`${oneLine(target)} has no branch to merge into: ${oneLine(base)}`, { hint: `git -C ${shellWord(cwd)} push ${shellWord(target)} ${shellWord(base)}   ·   fleet pr ${word} --into BRANCH` });
  const forge: Forge = { program, repo: repoWord(program, place), cwd, env };
  const there = requestOf(await openRequests(forge, branch), owner, base);
  const text = there ?? requestText(promptOf(store, record), commits);
  return { agent, branch, commit: tip, remote, owner, base: there?.base ?? base, forge, there, title: text.title, body: text.body };
}

/** What it comes to, for --dry-run. */
export function describeRequest({ branch, remote, base, there, title }: RequestPlan, draft: boolean): string[] {
  const name = oneLine(branch);
  const push = `pushes    ${name} to ${oneLine(remote)}`;
  if (there) return [push, `updates   ${oneLine(there.url)}`, ...(draft && !there.draft ? ["          which becomes a draft"] : [])];
  return [push, `opens     a ${draft ? "draft" : "request"} into ${oneLine(base)}: ${oneLine(title)}`];
}

/** The text is edited before anything is pushed: an editor that fails leaves all as it was. */
export async function sendRequest({ git, env }: RequestPorts, plan: RequestPlan, { draft, edit }: { draft: boolean; edit: boolean }): Promise<Requested> {
  const { agent, branch, commit, remote, owner, base, forge, there } = plan;
  const text = edit ? editedText(await editText({ cwd: forge.cwd, env }, `${plan.title}\n\n${plan.body}\n`, "REQUEST.md")) : { title: plan.title, body: plan.body };
  if (text.title === "") throw new UserError(`a request of ${oneLine(branch)} has no title`, { hint: `fleet pr ${shellWord(agent.branch)} --edit` });
  await pushBranch(git, forge.cwd, remote, branch);
  const sent = { id: agent.record.id, branch, commit, remote, base };
  if (there === null) return { ...sent, url: await openRequest(forge, { head: branch, owner, base, draft, ...text }), draft, opened: true };
  if (edit && (text.title !== there.title || text.body !== there.body.trim())) await editRequest(forge, there.number, text);
  if (draft && !there.draft) await makeDraft(forge, there.number);
  return { ...sent, url: oneLine(there.url), draft: draft || there.draft, opened: false };
}

/** The remote of the base; else origin, or the only one there is. */
async function targetRemote(git: Git, cwd: string, base: string, remotes: readonly string[]): Promise<string> {
  const own = await remoteOf(git, cwd, base);
  const found = (own !== null && remotes.includes(own) ? own : null) ?? (remotes.includes("origin") ? "origin" : remotes.length === 1 ? remotes[0]! : null);
  if (found !== null) return found;
  if (remotes.length === 0) throw new UserError(`the repository has no remote to push to: ${cwd}`, { hint: `git -C ${shellWord(cwd)} remote add origin URL` });
  throw new UserError(`several remotes, and ${oneLine(base)} follows none: ${remotes.map(oneLine).join(", ")}`, { hint: `git -C ${shellWord(cwd)} branch --set-upstream-to=REMOTE/${shellWord(base)} ${shellWord(base)}` });
}

/** The commits of those names that are there. */
async function known(git: Git, common: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => commitAt(git, common, name)));
  return [...new Set(found.filter((oid) => oid !== null))];
}
