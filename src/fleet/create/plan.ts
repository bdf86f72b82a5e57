// What a create is going to do, decided before it does any of it. Pure: facts in, plan or refusal out.
import { UserError } from "../../base/errors";
import type { AgentRecord, Base, Repo, RequestOf } from "../../base/model";
import { shellWord } from "../../base/text";
import type { Kind } from "../../kinds/kind";
import type { BranchFacts, Standing } from "../../ports/git/branches";
import type { NewWorktree } from "../../ports/git/worktrees";
import { firstFree, freeSlot, sessionName, titleOf, worktreeFolder, worktreeName } from "../naming";

export interface CreateRequest {
  branch: string;
  prompt: string | null;
  /** Use a branch that exists. */
  existing: boolean;
  batch: string | null;
  args: readonly string[];
  /** What a list says of it, where that is more than the prompt's first words. */
  title?: string | undefined;
  /** The branch begins at somebody else's. */
  head?: Head | undefined;
  request?: RequestOf | undefined;
  issue?: number | undefined;
  /** The agent whose state it begins with. */
  forkOf?: string | undefined;
}

/** A pull request's branch, fetched. */
export interface Head {
  commit: string;
  /** The remote branch that the new one follows: `origin/feature`; null for none. */
  follows: string | null;
  /** The flag that asked for it, for hints: `--pr 7`. */
  flag: string;
}

export interface CreateFacts {
  id: string;
  conversation: string | null;
  repo: Repo;
  kind: Kind;
  /** PATH on which the program was found. */
  path: string;
  branch: BranchFacts;
  base: Base;
  /** Where an existing branch parted from the base. */
  mergeBase: string | null;
  /** Every agent remembered, of all repos. */
  agents: readonly AgentRecord[];
  /** Expanded. */
  worktreeRoot: string;
  socket: string;
  /** The agent whose program asks for it; null for a person. */
  parent: string | null;
  exists(path: string): boolean;
  now: string;
}

export interface CreatePlan {
  repo: Repo;
  record: AgentRecord;
  worktree: NewWorktree;
  prompt: string | null;
}

/** Throws UserError where the request can't be done. */
export function planCreate(request: CreateRequest, facts: CreateFacts): CreatePlan {
  const { repo, branch: found } = facts;
  const { branch, head } = request;
  refuseTaken(branch, facts, head);
  const how = head ? howAt(head, branch, request.existing, found) : howToBegin(branch, request.existing, found);
  const own = how === "new" || (head && how !== "existing") ? facts.base.commit : (facts.mergeBase ?? facts.base.commit);
  const folder = worktreeFolder(facts.worktreeRoot, repo.name, repo.common);
  const name = firstFree(worktreeName(branch), (candidate) => facts.exists(`${folder}/${candidate}`));
  const path = `${folder}/${name}`;
  if (isWithin(path, repo.top) || isWithin(path, repo.main)) {
    throw new UserError(`worktrees would lie inside the checkout: ${path}`, { hint: "fleet config edit   (worktree.root must be outside)" });
  }
  const record: AgentRecord = {
    id: facts.id,
    branch,
    branchCreated: how !== "existing",
    kind: facts.kind.name,
    batch: request.batch,
    repo: repo.common,
    main: repo.main,
    worktree: path,
    base: { branch: facts.base.branch, commit: own },
    title: request.title ?? titleOf(request.prompt),
    session: sessionName(repo.name, branch),
    socket: facts.socket,
    slot: freeSlot(facts.agents.map((agent) => agent.slot)),
    conversation: facts.conversation,
    args: [...request.args],
    path: facts.path,
    parent: facts.parent,
    ...(request.request ? { request: request.request } : {}),
    ...(request.issue === undefined ? {} : { issue: request.issue }),
    ...(request.forkOf === undefined ? {} : { forkOf: request.forkOf }),
    created: facts.now,
    placed: [],
  };
  const start = how === "existing" ? branch : how === "track" ? (head?.follows ?? found.remotes[0]!) : (head?.commit ?? facts.base.commit);
  return { repo, record, worktree: { path, branch, how, start }, prompt: request.prompt };
}

function refuseTaken(branch: string, { agents, repo, branch: found }: CreateFacts, head: Head | undefined): void {
  if (agents.some((agent) => agent.repo === repo.common && agent.branch === branch)) {
    throw new UserError(`an agent has this branch already: ${branch}`, { hint: `fleet attach ${shellWord(branch)}` });
  }
  if (found.local?.worktree) {
    throw new UserError(`the branch is checked out elsewhere: ${branch} in ${found.local.worktree}`, {
      hint: `fleet create ${shellWord(`${branch}-2`)} ${head ? head.flag : `--base ${shellWord(branch)}`}`,
    });
  }
  const clash = found.clashes[0];
  if (clash !== undefined && !found.local) {
    throw new UserError(`git can't have both branches: ${branch} and ${clash}`, { hint: `fleet create ${shellWord(branch.replaceAll("/", "-"))}${head ? ` ${head.flag}` : ""}` });
  }
}

function howToBegin(branch: string, existing: boolean, found: BranchFacts): NewWorktree["how"] {
  const there = found.local !== null || found.remotes.length > 0;
  if (existing && !there) throw new UserError(`no such branch: ${branch}`, { hint: `fleet create ${shellWord(branch)}` });
  if (!there) return "new";
  if (!existing) {
    const where = found.local ? "" : ` (${found.remotes.join(", ")})`;
    throw new UserError(`the branch exists: ${branch}${where}`, { hint: `fleet create ${shellWord(branch)} --existing` });
  }
  if (found.local) return "existing";
  if (found.remotes.length > 1) {
    throw new UserError(`several remotes have the branch: ${found.remotes.join(", ")}`, { hint: `git branch ${shellWord(branch)} ${shellWord(found.remotes[0]!)}` });
  }
  return "track";
}

/** Only a branch of this name that is here stands in its way. */
function howAt({ follows, flag }: Head, branch: string, existing: boolean, { local }: BranchFacts): NewWorktree["how"] {
  if (local === null) return follows === null ? "at" : "track";
  if (existing) return "existing";
  throw new UserError(`the branch exists: ${branch}`, { hint: `fleet create ${flag} --existing   ·   fleet create OTHER-NAME ${flag}` });
}

/** What a person may take for granted and is not so: the branch begins at a commit that is old, or without what is uncommitted. */
export function notesOn({ record: { base }, worktree }: CreatePlan, standing: Standing | null): string[] {
  if (!standing || worktree.how !== "new") return [];
  const notes: string[] = [];
  if (standing.behind > 0 && standing.upstream) {
    notes.push(`${base.branch ?? "the base"} is ${standing.behind} behind ${standing.upstream}: git pull first, or --base ${standing.upstream}`);
  }
  if (standing.dirty > 0) {
    notes.push(`${standing.dirty} uncommitted ${standing.dirty === 1 ? "change does" : "changes do"} not go along: the agent starts from the last commit`);
  }
  return notes;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
