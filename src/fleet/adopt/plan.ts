// A worktree or a session that is there already becomes an agent: which one is meant, and why it can't be. Pure.
import { UserError } from "../../base/errors";
import type { AgentRecord, Base, Repo } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { freeSlot, sessionName } from "../naming";

/** A pane of a session, with what runs there. */
export interface PaneSeen {
  session: string;
  sessionName: string;
  /** The agent whose session it is; "" for none. */
  agent: string;
  pane: string;
  pid: number;
  /** The checkout in which it stands, as a real path; null for none. */
  checkout: string | null;
  /** The agent program that was recognised; `root`: it is what tmux started in the pane. */
  program: { kind: string; root: boolean; conversation: string | null } | null;
}

export interface AdoptRequest {
  /** The session that was named; null: whichever stands in the worktree. */
  session: string | null;
  /** `--agent`. */
  kind: string | null;
  /** `--base` was given. */
  baseGiven: boolean;
  /** `--own-session`. */
  ownSession: boolean;
  /** `--new`: no conversation is taken up. */
  fresh: boolean;
  /** Arguments for the program, at each start by fleet. */
  args: readonly string[];
}

export interface AdoptFacts {
  id: string;
  repo: Repo;
  base: Base;
  /** Where the branch parted from its base; null where they share nothing. */
  mergeBase: string | null;
  panes: readonly PaneSeen[];
  /** The session in which the caller stands; null outside of tmux. */
  callerSession: string | null;
  agents: readonly AgentRecord[];
  /** The kind of a new agent where nothing says otherwise. */
  defaultKind: string;
  /** A conversation of that kind's program was begun in this worktree. */
  hasConversation: boolean;
  socket: string;
  path: string;
  now: string;
}

export interface AdoptPlan {
  record: AgentRecord;
  /** The pane that becomes the agent's; null: a session is made. */
  pane: PaneSeen | null;
  /** How the session is tagged. */
  tag: "worktree" | "shell" | "program";
  /** A session that is made begins a new conversation. */
  first: boolean;
  lines: string[];
}

/** The directory or the session that a word of the command line means. `isDirectory`: as a path it is one. Throws UserError. */
export function meantBy(word: string, isDirectory: boolean, panes: readonly Pick<PaneSeen, "session" | "sessionName">[]): { session: string } | "path" {
  const name = word.replace(/^=/, "");
  const session = panes.find((pane) => pane.session === name)?.session ?? panes.find((pane) => pane.sessionName === name)?.session;
  if (session === undefined && !isDirectory) throw new UserError(`${word.includes("/") ? "no such directory" : "neither a directory nor a session"}: ${oneLine(word)}`, { hint: "git worktree list   ·   tmux list-sessions" });
  if (session === undefined) return "path";
  if (!isDirectory || word.startsWith("=")) return { session };
  throw new UserError(`both a directory and a session: ${oneLine(word)}`, { hint: `fleet adopt ${shellWord(`./${word}`)}   ·   fleet adopt ${shellWord(`=${word}`)}` });
}

/** The one checkout in which the panes of a session stand. Throws UserError. */
export function placeOfSession(panes: readonly PaneSeen[], session: string, agents: readonly Pick<AgentRecord, "id" | "branch">[]): string {
  const own = panes.filter((pane) => pane.session === session);
  const name = oneLine(own[0]?.sessionName ?? session);
  const agent = own.find((pane) => pane.agent !== "")?.agent;
  if (agent !== undefined) {
    const known = agents.find(({ id }) => id === agent);
    throw new UserError(`the session is an agent's already: ${name}${known ? ` (${oneLine(known.branch)})` : ""}`, { hint: known ? `fleet attach ${shellWord(known.branch)}` : "fleet doctor" });
  }
  const [place, ...more] = new Set(own.flatMap(({ checkout }) => checkout ?? []));
  if (place === undefined) throw new UserError(`no pane of the session stands in a worktree: ${name}`, { detail: paneLines(own), hint: "fleet adopt PATH" });
  if (more.length > 0) throw new UserError(`the session has panes in several checkouts: ${name}`, { detail: paneLines(own), hint: "fleet adopt PATH --own-session   (starts one of its own there)" });
  return place;
}

/** Throws UserError where it can't be done, or more than one could be meant. */
export function planAdopt(request: AdoptRequest, facts: AdoptFacts): AdoptPlan {
  const { repo } = facts;
  refuseWorktree(facts);
  refuseBase(request, facts);
  const pane = request.ownSession ? null : choosePane(request, facts);
  const kind = request.kind ?? pane?.program?.kind ?? facts.defaultKind;
  const first = pane === null && (request.fresh || !facts.hasConversation);
  const record: AgentRecord = {
    id: facts.id,
    branch: repo.branch!,
    branchCreated: false,
    adopted: true,
    kind,
    batch: null,
    repo: repo.common,
    main: repo.main,
    worktree: repo.top,
    base: { branch: facts.base.branch, commit: facts.mergeBase ?? repo.head! },
    title: "",
    session: sessionName(repo.name, repo.branch!),
    socket: facts.socket,
    slot: freeSlot(facts.agents.map(({ slot }) => slot)),
    conversation: pane?.program?.conversation ?? null,
    args: [...request.args],
    path: facts.path,
    parent: null,
    created: facts.now,
    placed: [],
  };
  const tag = pane === null ? "worktree" : pane.program?.root ? "program" : "shell";
  return { record, pane, tag, first, lines: describe(record, pane, first) };
}

function refuseWorktree({ repo, agents }: AdoptFacts): void {
  const place = oneLine(repo.top);
  if (repo.gitDir === repo.common) {
    throw new UserError(`the main checkout of a repository is no agent's: ${place}`, { hint: `git -C ${shellWord(repo.top)} worktree add ../NAME, then: fleet adopt ../NAME   ·   fleet create NAME` });
  }
  const inPlace = agents.find(({ worktree }) => worktree === repo.top);
  if (inPlace) throw new UserError(`an agent has this worktree already: ${oneLine(inPlace.branch)}`, { hint: `fleet attach ${shellWord(inPlace.branch)}` });
  if (repo.branch === null) {
    throw new UserError(`no branch is checked out there, and an agent goes by its branch: ${place}`, { hint: `git -C ${shellWord(repo.top)} switch -c NEW-BRANCH   (in the middle of a rebase: end it first)` });
  }
  if (repo.head === null) throw new UserError(`the branch has no commits to count from: ${oneLine(repo.branch)}`, { hint: `git -C ${shellWord(repo.top)} commit --allow-empty -m 'first commit'` });
  const named = agents.find((one) => one.repo === repo.common && one.branch === repo.branch);
  if (named) throw new UserError(`an agent has this branch already: ${oneLine(named.branch)}`, { hint: `fleet attach ${shellWord(named.branch)}` });
}

function refuseBase({ baseGiven }: AdoptRequest, { base, repo }: AdoptFacts): void {
  if (baseGiven && base.branch === repo.branch) throw new UserError(`a branch can't be its own base: ${oneLine(repo.branch!)}`, { hint: `fleet adopt ${shellWord(repo.top)} --base OTHER-BRANCH` });
}

/** null: none runs an agent program there, and a session is made. */
function choosePane(request: AdoptRequest, facts: AdoptFacts): PaneSeen | null {
  const here = facts.panes.filter(({ checkout, agent }) => checkout === facts.repo.top && agent === "");
  if (request.session !== null) return choosePaneOf(request, facts, here);
  const running = here.filter(({ program }) => program !== null && (request.kind === null || program.kind === request.kind));
  const sessions = [...new Set(running.map(({ session }) => session))];
  const own = facts.callerSession !== null && sessions.includes(facts.callerSession) ? facts.callerSession : sessions[0];
  if (own === undefined) return null;
  if (sessions.length > 1 && own !== facts.callerSession) {
    throw new UserError(`agent programs run in several sessions there: ${[...new Set(running.map(({ sessionName }) => oneLine(sessionName)))].join(", ")}`, { detail: paneLines(running), hint: sessions.map((id) => `fleet adopt '${id}'`).join("   ·   ") });
  }
  return onlyPane(facts, running.filter(({ session }) => session === own));
}

function choosePaneOf(request: AdoptRequest, facts: AdoptFacts, here: readonly PaneSeen[]): PaneSeen {
  const panes = here.filter(({ session }) => session === request.session);
  const running = panes.filter(({ program }) => program !== null && (request.kind === null || program.kind === request.kind));
  if (running.length > 0) return onlyPane(facts, running);
  const [pane, more] = panes;
  const name = oneLine(pane?.sessionName ?? "");
  // What it is, only the person can say then.
  if (request.kind !== null && pane && !more) return onlyPane(facts, [pane]);
  const hint = `fleet adopt '${request.session}' -a KIND says what it is   ·   fleet adopt ${shellWord(facts.repo.top)} --own-session starts one there`;
  if (request.kind === null) throw new UserError(`no agent program that fleet knows runs in the session: ${name}`, { detail: paneLines(panes), hint });
  throw new UserError(`several panes of the session could be meant: ${name}`, { detail: paneLines(panes), hint: `fleet adopt ${shellWord(facts.repo.top)} --own-session` });
}

function onlyPane({ panes, repo }: AdoptFacts, running: readonly PaneSeen[]): PaneSeen {
  const [pane, more] = running;
  const { session, sessionName } = pane!;
  const own = `fleet adopt ${shellWord(repo.top)} --own-session   (starts one of its own beside it)`;
  const kinds = new Set(running.map(({ program }) => program?.kind));
  if (more) throw new UserError(`several agent programs run in the session: ${oneLine(sessionName)}`, { detail: paneLines(running), hint: kinds.size === running.length ? `fleet adopt '${session}' -a KIND` : own });
  const others = [...new Set(panes.filter((one) => one.session === session && one.checkout !== null && one.checkout !== repo.top).map(({ checkout }) => oneLine(checkout!)))];
  if (others.length > 0) {
    throw new UserError(`its session has panes in other checkouts too: ${oneLine(sessionName)}`, { detail: paneLines(panes.filter((one) => one.session === session)), hint: own });
  }
  return pane!;
}

function paneLines(panes: readonly PaneSeen[]): string {
  return panes.map(({ sessionName, pane, checkout, program }) => `${oneLine(sessionName)}  ${pane}  ${program?.kind ?? "-"}  ${oneLine(checkout ?? "in no checkout")}`).join("\n");
}

function describe(record: AgentRecord, pane: PaneSeen | null, first: boolean): string[] {
  const { branch, base, worktree, kind } = record;
  return [
    `branch    ${oneLine(branch)}, as it is; its base is ${oneLine(base.branch ?? "no branch")} at ${base.commit.slice(0, 12)}`,
    `worktree  ${oneLine(worktree)}, as it is`,
    pane === null ? `session   ${oneLine(record.session)} is made` : `session   ${oneLine(pane.sessionName)}, as it is`,
    pane === null ? `program   ${oneLine(kind)}, ${first ? "with a new conversation" : "with its last conversation there"}` : `program   ${oneLine(kind)} in ${pane.pane}${pane.program ? ", which runs on" : ""}`,
  ];
}
