// From evidence to the one-word status. Precedence: process gone > report > nothing. Pure.
import { STATUSES, type AgentRecord, type Status } from "../base/model";
import { readPathOption, type FleetPane } from "../ports/tmux/sessions";

export interface Evidence {
  record: AgentRecord;
  /** The agent's own pane; null when its session is not on the server asked. */
  pane: FleetPane | null;
  /** The server asked: its socket. */
  socket: string;
  /** The session's process tree has more than the wrapper; null when not looked at. */
  programRuns: boolean | null;
  worktreeGone: boolean;
  /** The step of the create that is making it now. */
  making?: string | null;
  /** The pid of its wrapper, where that runs though no session was seen. */
  wrapper?: number | null;
}

export interface Conclusion {
  status: Status;
  reason: string | null;
  /** Epoch seconds. */
  since: number | null;
  exit: number | null;
}

export function conclude({ record, pane, socket, programRuns, worktreeGone, making, wrapper }: Evidence): Conclusion {
  if (!pane) {
    const none = { since: null, exit: null };
    if (making) return { status: "starting", reason: making, ...none };
    // A server whose socket was deleted, or another server: it runs, and can't be reached from here.
    if (wrapper) return { status: "unknown", reason: record.socket === socket ? `it runs (pid ${wrapper}), but its tmux server can't be reached` : `on another tmux server: ${record.socket}`, ...none };
    return { status: "stopped", reason: worktreeGone ? "its worktree is gone" : null, ...none };
  }
  const { status, reason, since, exit, shell } = pane.options;
  const told: Conclusion = {
    status: isStatus(status) ? status : "unknown",
    reason: reason || null,
    since: since ? Number(since) : null,
    exit: exit ? Number(exit) : null,
  };
  if (told.status === "exited") return shell ? { ...told, reason: "a shell is open" } : told;
  if (pane.dead) return { ...told, status: "exited" };
  // Setup and the first moments of the wrapper have no program yet.
  if (programRuns === false && told.status !== "starting") return { ...told, status: "exited", reason: "its program is gone" };
  return told;
}

function isStatus(word: string): word is Status {
  return (STATUSES as readonly string[]).includes(word);
}

/** What fleet knows of an agent whose state was lost, from its session's own options. */
export function recordFromPane(pane: FleetPane, socket: string): AgentRecord {
  const { id, branch, kind, batch, base } = pane.options;
  const [repo, worktree] = [readPathOption(pane.options.repo), readPathOption(pane.options.worktree)];
  const isCommit = /^[0-9a-f]{40,}$/.test(base);
  return {
    id,
    branch,
    // Unknown is not safe: a branch that may be the user's is never deleted.
    branchCreated: false,
    ...(pane.options.adopted === "" ? {} : { adopted: true }),
    kind,
    batch: batch || null,
    repo,
    main: repo.replace(/\/\.git$/, ""),
    worktree,
    base: { branch: isCommit ? null : base, commit: isCommit ? base : "" },
    title: "",
    session: pane.sessionName,
    socket,
    slot: 0,
    conversation: null,
    args: [],
    path: "",
    created: "",
    placed: [],
  };
}
