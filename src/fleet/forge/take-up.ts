// An agent on the branch of a pull or merge request that is there: what create is to make of it.
import { UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { oneLine, shellWord, visible } from "../../base/text";
import { readRequest, type RequestDetails, requestName } from "../../ports/forge/requests";
import { isBranchName, mergeBase } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import { isAncestor } from "../../ports/git/commit-object";
import { commitAt, defaultBranch, moveRef } from "../../ports/git/ref";
import { branchAt } from "../../ports/git/worktrees";
import { askRequest, fetchRequest, type RequestPlace } from "../../ports/git/request-head";
import { branchOfRequest, type Numbered, pushPlaceOf, refuseOther } from "./name";
import { findForge } from "./place";
import type { Seed, Told } from "./seed";

interface Ports {
  git: Git;
  env: Record<string, string | undefined>;
  out: Told;
}

export interface RequestWanted extends Numbered {
  /** The branch's name here, where the person gave one. */
  branch: string | undefined;
  /** Nothing is fetched. */
  dryRun: boolean;
}

/** Reads the request, and fetches its branch. Throws UserError. */
export async function takeUpRequest({ git, env, out }: Ports, repo: Repo, wanted: RequestWanted): Promise<Seed> {
  const { number } = wanted;
  const { forge, remote, url, at, remotes } = await findForge({ git, env }, repo.top, repo.branch);
  refuseOther(wanted, at);
  const request = await readRequest(forge, number);
  const what = requestName(forge.program, number);
  tellRequest(out, request, what);
  await refuseUnusable(git, repo, request, what);
  const branch = wanted.branch ?? branchOfRequest(request, [repo.branch, await defaultBranch(git, repo.common, remote)]);
  const ref = forge.program === "gh" ? `refs/pull/${number}/head` : `refs/merge-requests/${number}/head`;
  const place: RequestPlace = { remote, ref, base: request.base, branch: request.fork === null && remotes.whole.has(remote) ? request.head : null };
  const commits = wanted.dryRun ? await askRequest(git, repo.top, place) : await fetchRequest(git, repo.top, repo.common, place, `refs/fleet/requests/${number}-${process.pid}`);
  const here = (await commitAt(git, repo.common, `refs/heads/${request.base}`)) !== null;
  const parted = await mergeBase(git, repo.top, commits.head, commits.base);
  const { fork } = request;
  const title = oneLine(request.title);
  const mark = what.slice(what.search(/[#!]\d/));
  const base = { branch: here ? request.base : `${remote}/${request.base}`, commit: parted ?? commits.base };
  return {
    branch,
    base,
    wish: (early) => ({
      early: { ...early, base: Promise.resolve(base) },
      head: { commit: commits.head, follows: commits.followed ? `${remote}/${request.head}` : null, flag: `--pr ${number}` },
      request: { number, url: oneLine(request.url), head: request.head, remote: fork === null ? remote : pushPlaceOf(fork, url, remotes.addresses) },
      title: `${mark} ${title}`.slice(0, 200).trim(),
    }),
    line: `request   ${mark} ${title}${fork === null ? "" : `, from the fork of ${oneLine(fork.owner) || "somebody"}`}`,
    ...forwarding(git, repo, commits.head, number),
  };
}

async function refuseUnusable(git: Git, repo: Repo, { head, base, url }: RequestDetails, what: string): Promise<void> {
  for (const name of [head, base]) {
    if (!(await isBranchName(git, repo.top, name))) throw new UserError(`git does not allow the branch name of ${what}: ${visible(name) || "(empty)"}`, { hint: oneLine(url) });
  }
}

function tellRequest(out: Told, { state, title, author, fork }: RequestDetails, what: string): void {
  out.note(`${what}${author === "" ? "" : ` by ${oneLine(author)}`}: ${oneLine(title)}`);
  if (state !== "open") out.warn(`${what} is ${state}`);
  if (fork) out.note("it comes from a fork: setup commands and the agent run its code, beside the copies of .env and the like; --no-setup leaves setup out");
}

/** A branch that was here may lag behind the request, or be ahead of it. */
function forwarding(git: Git, repo: Repo, head: string, number: number): Pick<Seed, "begin" | "takeBack"> {
  let moved: { branch: string; from: string } | null = null;
  const refOf = (branch: string) => `refs/heads/${branch}`;
  return {
    async begin({ record, worktree }) {
      if (worktree.how !== "existing") return;
      const own = await commitAt(git, repo.common, refOf(record.branch));
      if (own === null || (await isAncestor(git, repo.top, head, own))) return;
      if (!(await isAncestor(git, repo.top, own, head))) {
        throw new UserError(`the branch and the request have parted: ${oneLine(record.branch)}`, { hint: `git log --oneline --left-right ${shellWord(record.branch)}...${head.slice(0, 12)}   ·   fleet create OTHER-NAME --pr ${number}` });
      }
      if (await moveRef(git, repo.common, refOf(record.branch), head, own)) moved = { branch: record.branch, from: own };
      else throw new UserError(`another command has just moved the branch: ${oneLine(record.branch)}`, { hint: "run it again" });
    },
    async takeBack() {
      // Where it is checked out by now, an agent was left with it.
      if (moved && (await branchAt(git, repo.common, moved.branch))?.worktree === "") await moveRef(git, repo.common, refOf(moved.branch), moved.from, head);
    },
  };
}
