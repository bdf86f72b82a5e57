// Agents and records for tests of decisions: complete, with only what matters spelled out.
import type { Agent, AgentRecord, Repo } from "../../src/base/model";

export const COMMIT = "1".repeat(40);

export function aRecord(more: Partial<AgentRecord> = {}): AgentRecord {
  const branch = more.branch ?? "login-form";
  return {
    id: "abcdef",
    branch,
    branchCreated: true,
    kind: "demo",
    batch: null,
    repo: "/r/web/.git",
    main: "/r/web",
    worktree: `/w/web-123456/${branch.replaceAll("/", "-")}`,
    base: { branch: "main", commit: COMMIT },
    title: "",
    session: `web-${branch}`,
    socket: "/tmp/tmux-0/default",
    slot: 1,
    conversation: null,
    args: [],
    path: "/usr/bin:/bin",
    created: "2026-01-02T03:04:05.000Z",
    placed: [],
    ...more,
  };
}

export function anAgent(more: Partial<Agent> = {}, record: Partial<AgentRecord> = {}): Agent {
  const whole = aRecord({ ...(more.branch === undefined ? {} : { branch: more.branch }), ...record });
  return {
    record: whole,
    branch: whole.branch,
    status: "idle",
    reason: null,
    doing: "",
    since: null,
    exit: null,
    attached: false,
    seen: true,
    ask: "",
    snooze: "",
    session: "$1",
    sessionName: whole.session,
    sessionAdopted: false,
    pane: "%1",
    pid: 100,
    cpu: null,
    memory: null,
    ahead: null,
    behind: null,
    changes: null,
    standing: null,
    touched: null,
    overlaps: [],
    spent: null,
    ...more,
  };
}

export function aRepo(more: Partial<Repo> = {}): Repo {
  return { common: "/r/web/.git", gitDir: "/r/web/.git", top: "/r/web", main: "/r/web", name: "web", hooks: "/r/web/.git/hooks", branch: "main", head: COMMIT, ...more };
}
