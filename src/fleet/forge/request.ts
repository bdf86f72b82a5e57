// An agent's branch to its remote, and a pull request for it.
import { existsSync } from "node:fs";
import { ProcessError, UserError } from "../../base/errors";
import type { Agent, AgentRecord, RequestOf } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import type { Forge } from "../../ports/forge/call";
import { editRequest, makeDraft, openRequest, openRequests, type PullRequest, requestName } from "../../ports/forge/requests";
import type { Git } from "../../ports/git/call";
import { commitTexts, isOnRemote, namedPushRemote, pushBranch, remoteNames, remoteUrl } from "../../ports/git/push";
import { commitAt } from "../../ports/git/ref";
import { readWorktree } from "../../ports/git/worktree-state";
import { underWay } from "../../ports/git/move-checkout";
import type { Store } from "../../ports/store";
import { editText } from "../edit-text";
import { agentDirectory, writeRecord } from "../launch";
import { promptOf } from "../merge/message";
import { readyWorktree } from "../merge/plan";
import { forgetRequests } from "./board";
import { forgeAt, targetRemote } from "./place";
import { editedText, nameOnRemote, numberInUrl, placeOfUrl, refuseUnsent, requestOf, requestText } from "./plan";

export interface RequestPorts {
  git: Git;
  store: Store;
  env: Record<string, string | undefined>;
}

export interface RequestPlan {
  agent: Agent;
  branch: string;
  /** Its name where it is pushed to: that of before a rename, where a request of it is open. */
  head: string;
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
  /** The branch's name on the remote. */
  head: string;
  commit: string;
  remote: string;
  base: string;
  number: number | null;
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
  const place = placeOfUrl(await remoteUrl(git, cwd, target));
  const forge = forgeAt(place, cwd, env);
  const own = await ownRequest(forge, record, branch);
  if (own !== null) {
    const { there, remote } = own;
    return { agent, branch, head: own.head, commit: tip, remote, owner: null, base: there.base, forge, there, title: there.title, body: there.body };
  }
  const remote = (await namedPushRemote(git, cwd, branch)) ?? target;
  const pushed = remote === target ? null : placeOfUrl(await remoteUrl(git, cwd, remote));
  const owner = pushed === null || pushed.path === place?.path ? null : pushed.path.split("/")[0]!;
  if (owner !== null && forge.program === "glab") throw new UserError(`${oneLine(branch)} would be pushed to a fork, from where fleet opens no merge request: ${oneLine(remote)}`, { hint: `git -C ${shellWord(cwd)} push -u ${shellWord(remote)} ${shellWord(branch)}, then: glab mr create` });
  if (!(await isOnRemote(git, cwd, target, base))) throw new UserError(`${oneLine(target)} has no branch to merge into: ${oneLine(base)}`, { hint: `git -C ${shellWord(cwd)} push ${shellWord(target)} ${shellWord(base)}   ·   fleet pr ${word} --into BRANCH` });
  const there = requestOf(await openRequests(forge, branch), owner, base);
  const text = there ?? requestText(promptOf(store, record), commits, record.issue);
  return { agent, branch, head: branch, commit: tip, remote, owner, base: there?.base ?? base, forge, there, title: text.title, body: text.body };
}

/** The request that this agent is known to have, where it is open still: whatever its branch is called by now. Throws UserError. */
async function ownRequest(forge: Forge, { request }: AgentRecord, branch: string): Promise<{ there: PullRequest; head: string; remote: string } | null> {
  if (!request) return null;
  const there = (await openRequests(forge, request.head)).find(({ number }) => number === request.number);
  if (!there) return null;
  if (request.remote !== null) return { there, head: request.head, remote: request.remote };
  const name = requestName(forge.program, request.number);
  throw new UserError(`${name} comes from a fork that takes no pushes from here, so ${oneLine(branch)} stays here`, { hint: `${forge.program} ${forge.program === "gh" ? "pr" : "mr"} view ${request.number} --web` });
}

/** What it comes to, for --dry-run. */
export function describeRequest({ branch, head, remote, base, there, title }: RequestPlan, draft: boolean): string[] {
  const push = `pushes    ${oneLine(branch)} to ${oneLine(remote)}${head === branch ? "" : `, where it is ${oneLine(head)}`}`;
  if (there) return [push, `updates   ${oneLine(there.url)}`, ...(draft && !there.draft ? ["          which becomes a draft"] : [])];
  return [push, `opens     a ${draft ? "draft" : "request"} into ${oneLine(base)}: ${oneLine(title)}`];
}

/** The text is edited before anything is pushed: an editor that fails leaves all as it was. */
export async function sendRequest({ git, store, env }: RequestPorts, plan: RequestPlan, { draft, edit }: { draft: boolean; edit: boolean }): Promise<Requested> {
  const { agent, branch, head, commit, remote, owner, base, forge, there } = plan;
  const { record } = agent;
  const text = edit ? editedText(await editText({ cwd: forge.cwd, env }, `${plan.title}\n\n${plan.body}\n`, "REQUEST.md")) : { title: plan.title, body: plan.body };
  if (text.title === "") throw new UserError(`a request of ${oneLine(branch)} has no title`, { hint: `fleet pr ${shellWord(agent.branch)} --edit` });
  await pushBranch(git, forge.cwd, remote, branch, head);
  forgetRequests(store.home, record.repo);
  const sent = { id: record.id, branch, head, commit, remote: oneLine(remote), base };
  if (there === null) {
    const url = await openRequest(forge, { head, owner, base, draft, ...text });
    const number = numberInUrl(url);
    if (number !== null) await rememberRequest(store, record, { number, url, head, remote });
    return { ...sent, number, url, draft, opened: true };
  }
  const { number } = there;
  const url = oneLine(there.url);
  await rememberRequest(store, record, { number, url, head, remote });
  if (edit && (text.title !== there.title || text.body !== there.body.trim())) await editRequest(forge, number, text);
  if (draft && !there.draft) await makeDraft(forge, number);
  return { ...sent, number, url, draft: draft || there.draft, opened: false };
}

/** So that a later call finds it under whatever name the agent then has. */
async function rememberRequest(store: Store, { id, request }: AgentRecord, known: RequestOf): Promise<void> {
  if (request && Bun.deepEquals(request, known)) return;
  let record: AgentRecord | undefined;
  await store.update((state) => {
    record = state.agents[id];
    if (record) record.request = known;
  });
  if (record && existsSync(agentDirectory(store, id))) writeRecord(store, record);
}

/** The commits of those names that are there. */
async function known(git: Git, common: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => commitAt(git, common, name)));
  return [...new Set(found.filter((oid) => oid !== null))];
}
