// All agents as they are now: what is remembered, what tmux says, what the processes cost, what git counts.
import { existsSync } from "node:fs";
import type { Agent, AgentRecord, Spent, Status } from "../base/model";
import type { Git } from "../ports/git/call";
import { checkedOutBranch } from "../ports/git/head";
import { runningOperations } from "../ports/journal";
import { shellsRunning } from "../ports/process-arguments";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { type FleetPane, isAdoptedSession, listFleetPanes, UNKNOWN_PROMPT } from "../ports/tmux/sessions";
import type { GitFacts } from "./git-facts";
import { conclude, recordFromPane } from "./status";
import { rivalBatches } from "./batch/record";
import { readQueue } from "./queue";
import { isNewlySeen, markSeen, wasSeen } from "./seen";
import type { Usage } from "./usage";

export interface AgentPorts {
  git: Git;
  tmux: Tmux;
  store: Store;
  now(): number;
}

export interface Looks {
  /** CPU and memory: one scan of the process table. */
  usage?: boolean;
  /** Branch, ahead, behind and changes: one git process a repo while the cache is warm. */
  git?: boolean;
  /** What tmux says, where it was asked before. */
  panes?: Promise<FleetPane[] | null>;
  /** Branches as they were made: what is checked out now is read later. */
  asMade?: boolean;
  /** Milliseconds that git may take. */
  gitDeadline?: number;
  /** Tokens and cost, of transcripts that grew: with the environment that programs are started in. */
  tokens?: Record<string, string | undefined>;
  /** Milliseconds that reading transcripts may take. */
  tokensDeadline?: number;
}

/** Look once. Throws when tmux does not answer: "no sessions" and "no answer" are different. */
export async function loadAgents(ports: AgentPorts, looks: Looks = {}): Promise<Agent[]> {
  const { git, tmux, store, now } = ports;
  const remembered = store.agents();
  const gitPort = { git, home: store.home, deadlineMs: looks.gitDeadline ?? 150, now };
  const changes = looks.git ? import("./changes") : null;
  const [panes, facts, spent] = await Promise.all([
    looks.panes ?? listFleetPanes(tmux),
    changes?.then(({ loadGitFacts }) => loadGitFacts(gitPort, remembered)) ?? new Map<string, GitFacts>(),
    looks.tokens ? spentOf(ports, looks.tokens, remembered, looks.tokensDeadline ?? TOKENS_MS) : new Map<string, Spent>(),
  ]);
  const byId = groupPanes(panes ?? []);
  const own = [...byId.values()].map(ownPane);
  const ended = own.some((pane) => pane.options.adopted === "shell") ? await (await import("./adopt/ended")).endedUnderShell(own) : new Set<string>();
  // What stands in other panes of somebody's session is theirs.
  for (const { pane, options } of own) if (isAdoptedSession(options.adopted) && options.pane !== pane) ended.add(options.id);
  const running = own.filter(({ options }) => !ended.has(options.id));
  if (running.some((pane) => pane.options.kind !== "demo")) await (await import("./look-closer")).lookCloser(tmux, running, { now: now() / 1000 });
  const known = new Set(remembered.map((record) => record.id));
  const found = [...byId.values()].filter((rows) => !known.has(rows[0]!.options.id)).map((rows) => recordFromPane(rows[0]!, tmux.socket));
  if (changes && found.length > 0) {
    for (const [id, fact] of await (await changes).loadGitFacts(gitPort, found)) facts.set(id, fact);
  }
  const usage = looks.usage ? await measure(store.home, byId, now) : new Map<string, Usage>();
  const wrappers = remembered.some((record) => !byId.has(record.id)) ? await runningWrappers(store) : new Map<string, number>();
  const steps = remembered.some((record) => !byId.has(record.id)) ? createSteps(store) : new Map<string, string>();
  const queued = remembered.some((record) => !byId.has(record.id)) ? new Set(readQueue(store).flatMap((entry) => (entry.is === "start" ? entry.agent : []))) : new Set<string>();
  const agents = [...remembered, ...found].map((record) => {
    const panes = byId.get(record.id) ?? [];
    return agentOf(record, panes, { facts: facts.get(record.id), usage: usage.get(record.id), spent: spent.get(record.id), socket: tmux.socket, making: steps.get(record.id) ?? null, queued: queued.has(record.id), ended: ended.has(record.id), wrapper: wrappers.get(record.id) ?? null, asMade: looks.asMade === true, now: now() / 1000 });
  });
  if (changes) await noteOverlaps(store, agents);
  await markSeen(tmux, agents.filter((agent) => agent.seen && byId.get(agent.record.id)?.some((pane) => isNewlySeen(pane, agent.since))));
  return agents;
}

/** Batches are read only where agents of one batch share files. */
async function noteOverlaps(store: Store, agents: Agent[]): Promise<void> {
  const { overlapsOf } = await import("./overlap");
  let rivals: Set<string> | undefined;
  const found = overlapsOf(agents, (one, other) => {
    // They began with the same changes.
    if (one.record.forkOf === other.record.id || other.record.forkOf === one.record.id || (one.record.forkOf !== undefined && one.record.forkOf === other.record.forkOf)) return true;
    const { batch } = one.record;
    if (batch === null || batch !== other.record.batch) return false;
    return (rivals ??= rivalBatches(store)).has(batch);
  });
  for (const agent of agents) agent.overlaps = found.get(agent.record.id) ?? [];
}

/** Agents that a create is making now, and what it is at: their session comes last. */
function createSteps(store: Store): Map<string, string> {
  return new Map(runningOperations(store.home).filter(({ operation }) => operation === "create").map(({ id, step }) => [id, step]));
}

/** Agents whose wrapper is in the process table, by id: what tells a stopped agent from one that only can't be seen. */
export async function runningWrappers(store: Pick<Store, "path">): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const shape = new RegExp(`^${RegExp.escape(store.path("agents"))}/([a-z0-9]+)/run$`);
  for (const { pid, script } of await shellsRunning(shape)) found.set(shape.exec(script)![1]!, pid);
  return found;
}

interface Seen {
  facts: GitFacts | undefined;
  usage: Usage | undefined;
  spent: Spent | undefined;
  socket: string;
  making: string | null;
  /** Its start waits for a free slot. */
  queued: boolean;
  asMade: boolean;
  /** Its program ran in a session of somebody's own, and is gone. */
  ended: boolean;
  /** Epoch seconds. */
  now: number;
  wrapper: number | null;
}

function groupPanes(panes: readonly FleetPane[]): Map<string, FleetPane[]> {
  const groups = new Map<string, FleetPane[]>();
  for (const pane of panes) {
    const group = groups.get(pane.options.id);
    if (group) group.push(pane);
    else groups.set(pane.options.id, [pane]);
  }
  return groups;
}

/** A person may have split the window: the agent's own pane is the one that its session names. */
function ownPane(panes: readonly FleetPane[]): FleetPane {
  return panes.find((row) => row.options.pane === row.pane) ?? panes[0]!;
}

async function measure(home: string, groups: Map<string, FleetPane[]>, now: () => number): Promise<Map<string, Usage>> {
  const { measureUsage } = await import("./usage");
  return measureUsage(home, new Map([...groups].map(([id, rows]) => [id, rows.map((row) => row.panePid)])), now);
}

const TOKENS_MS = 60;

/** Nothing is loaded where no program keeps transcripts. */
async function spentOf({ git, store, now }: AgentPorts, env: Record<string, string | undefined>, records: readonly AgentRecord[], deadlineMs: number): Promise<Map<string, Spent>> {
  const kinds = new Set(records.map(({ kind }) => kind).filter((kind) => kind !== "demo"));
  if (kinds.size === 0 || (await import("./tokens/overview")).keepNone(store.home, kinds)) return new Map();
  const [{ loadTokens }, { leaveRefresh }] = await Promise.all([import("./tokens/read"), import("./leave-refresh")]);
  return loadTokens({ store, env, now }, records, { deadlineMs, leaveBehind: () => leaveRefresh(store.home, git.env) });
}

function agentOf(record: AgentRecord, panes: readonly FleetPane[], { facts, usage, spent, socket, making, queued, asMade, ended, wrapper, now }: Seen): Agent {
  const pane = panes.length > 0 ? ownPane(panes) : null;
  const adopted = pane !== null && isAdoptedSession(pane.options.adopted);
  const programRuns = adopted ? !ended : usage && panes.length === 1 ? usage.processes > 1 : null;
  const concluded = conclude({ record, pane, socket, programRuns, making, wrapper, worktreeGone: pane === null && !existsSync(record.worktree) });
  return {
    record,
    branch: facts?.branch ?? (asMade ? null : checkedOutBranch(record.worktree)) ?? record.branch,
    ...concluded,
    ...(queued && concluded.status === "stopped" ? { status: "queued" as const, reason: "waits for a free slot" } : {}),
    doing: doingOf(concluded.status, pane?.options.doing ?? "", concluded.reason, promptOf(pane?.options.sent ?? "", record.title)),
    attached: panes.some((row) => row.attached > 0),
    seen: pane === null ? null : wasSeen(pane, concluded.since, now),
    // A program that ended asks nothing any more.
    ask: concluded.status === "waiting" ? (pane?.options.ask ?? "") : "",
    snooze: pane?.options.snooze ?? "",
    session: pane?.session ?? null,
    sessionName: pane?.sessionName ?? null,
    sessionAdopted: adopted,
    pane: pane?.pane ?? null,
    pid: pane?.panePid ?? null,
    cpu: usage?.cpu ?? null,
    memory: usage?.memory ?? null,
    ahead: facts?.ahead ?? null,
    behind: facts?.behind ?? null,
    changes: facts?.changes ?? null,
    standing: facts?.standing ?? null,
    touched: facts?.touched ?? null,
    overlaps: [],
    spent: spent ?? null,
  };
}

/** What it asks, its last words, or the prompt that it was given last. */
function doingOf(status: Status, said: string, reason: string | null, prompt: string): string {
  if (said) return said;
  // A bare exit code is in the status already.
  if (reason && status !== "idle" && status !== "working" && !/^\d+$/.test(reason)) return reason;
  return prompt;
}

/** Until one is sent it is the one that it was made with. */
function promptOf(sent: string, title: string): string {
  return sent === UNKNOWN_PROMPT ? "" : sent || title;
}
