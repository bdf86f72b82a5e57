// Rows of a list: which agents, in which order, and the JSON of one.
import { readFileSync } from "node:fs";
import { type Agent, STATUSES } from "../base/model";
import { isSnoozed } from "../base/snooze";
import type { Store } from "../ports/store";
import { askOf, askRow } from "./ask";

/** Needs a person first (longest first), then working, idle, exited, stopped; within a status the longest first. */
export function sortAgents(agents: readonly Agent[]): Agent[] {
  const rank = (agent: Agent) => STATUSES.indexOf(agent.status);
  return [...agents].sort((a, b) => rank(a) - rank(b) || (a.since ?? 0) - (b.since ?? 0) || a.record.created.localeCompare(b.record.created));
}

export interface Filter {
  repo?: string | undefined;
  status?: string | undefined;
  kind?: string | undefined;
  batch?: string | undefined;
}

export function filterAgents(agents: readonly Agent[], filter: Filter): Agent[] {
  return agents.filter(
    (agent) =>
      (filter.repo === undefined || agent.record.repo === filter.repo) &&
      (filter.status === undefined || agent.status === filter.status) &&
      (filter.kind === undefined || agent.record.kind === filter.kind) &&
      (filter.batch === undefined || agent.record.batch === filter.batch),
  );
}

/** The JSON of one agent. An interface: fields are added, never renamed. Unknown is null. */
export function agentJson(agent: Agent, store: Store): Record<string, unknown> {
  const { record } = agent;
  return {
    id: record.id,
    branch: agent.branch,
    kind: record.kind,
    status: agent.status,
    reason: agent.reason,
    doing: agent.doing || null,
    since: agent.since === null ? null : new Date(agent.since * 1000).toISOString(),
    seen: agent.seen,
    ask: askRow(askOf(agent)),
    snoozed: isSnoozed(agent, Date.now() / 1000),
    batch: record.batch,
    repo: record.repo,
    worktree: record.worktree,
    base: record.base,
    session: agent.sessionName,
    pane: agent.pane,
    pid: agent.pid,
    cpu: agent.cpu,
    memory: agent.memory,
    created: record.created || null,
    ahead: agent.ahead,
    behind: agent.behind,
    merge: agent.standing?.is ?? null,
    conflicts: agent.standing?.conflicts ?? [],
    overlaps: agent.overlaps,
    parent: record.parent ?? null,
    adopted: record.adopted === true,
    forkOf: record.forkOf ?? null,
    issue: record.issue ?? null,
    pr: agent.request ?? null,
    dirty: agent.changes?.dirty ?? null,
    added: agent.changes?.added ?? null,
    removed: agent.changes?.removed ?? null,
    stale: agent.changes?.stale ?? null,
    exit: agent.exit,
    tokens: agent.spent && { input: agent.spent.input, output: agent.spent.output, cacheRead: agent.spent.cacheRead, cacheWrite: agent.spent.cacheWrite },
    cost: agent.spent?.cost ?? null,
    costPartial: agent.spent?.partial ?? null,
    prompt: promptOf(store, record.id),
  };
}

function promptOf(store: Store, id: string): string | null {
  try {
    return readFileSync(store.path("agents", id, "prompt"), "utf8");
  } catch {
    return null;
  }
}
