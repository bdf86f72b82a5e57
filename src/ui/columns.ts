// The columns of a list of agents, once: table and picker show the same.
import type { Agent } from "../base/model";
import { isSnoozed } from "../base/snooze";
import { oneLine } from "../base/text";
import { type Look, LOOKS } from "./looks";
import { costText, tokensText } from "./spent";
import type { Colour } from "./paint";
import type { Column } from "./table";

/** What nobody has looked at yet stands out: a turn that is over, well or badly. */
function look(agent: Agent): Look {
  if (agent.status !== "idle" || agent.seen !== false) return LOOKS[agent.status];
  return agent.reason === null ? LOOKS.done : LOOKS.failed;
}

/** `now` in epoch seconds; `repoOf` gives the prefix where agents of several repos are shown, or "". */
export function agentColumns(now: number, repoOf: (agent: Agent) => string, labelOf = (batch: string): string => batch): Column<Agent>[] {
  return [
    { title: "branch", cell: (agent) => `${repoOf(agent)}${oneLine(agent.branch)}`, shrinkTo: 16 },
    { title: "kind", cell: (agent) => oneLine(agent.record.kind), drop: 5 },
    { title: "status", cell: (agent) => statusText(agent, now), colour: (agent) => look(agent).colour },
    { title: "cpu", cell: (agent) => (agent.cpu === null ? "" : `${Math.round(agent.cpu)}%`), right: true, drop: 7 },
    { title: "mem", cell: (agent) => memoryText(agent.memory), right: true, drop: 8 },
    { title: "tokens", cell: (agent) => tokensText(agent.spent), right: true, drop: 1, hideEmpty: true },
    { title: "cost", cell: (agent) => costText(agent.spent), right: true, drop: 3, hideEmpty: true },
    { title: "changes", cell: changesText, right: true, drop: 9 },
    { title: "ahead", cell: (agent) => (agent.ahead ? `↑${agent.ahead}` : ""), right: true, drop: 6 },
    { title: "merge", cell: mergeText, colour: (agent) => (agent.standing?.is === "conflicts" || agent.standing?.is === "base gone" ? "red" : "dim"), drop: 6, hideEmpty: true },
    { title: "pr", cell: requestText, colour: requestColour, drop: 10, hideEmpty: true },
    { title: "ci", cell: checksText, colour: checksColour, drop: 10, hideEmpty: true },
    { title: "shared", cell: overlapText, colour: () => "yellow", drop: 5, hideEmpty: true },
    { title: "batch", cell: (agent) => (agent.record.batch === null ? "" : oneLine(labelOf(agent.record.batch))), drop: 2, hideEmpty: true },
    { title: "doing", cell: (agent) => oneLine(agent.status === "working" && agent.reason !== null ? agent.reason : agent.doing), shrinkTo: 10, drop: 4, last: true },
  ];
}

/** What stands out about its commits and its base: `conflicts`, `↓2` where the base has moved on, `merged`. */
export function mergeText({ standing, behind }: Agent): string {
  if (standing === null || standing.is === "empty" || standing.is === "clean") return behind ? `↓${behind}` : "";
  return standing.is === "conflicts" ? `conflicts ${standing.conflicts.length}` : standing.is;
}

/** `#7 open`, `~` in front when it was asked a while ago, `·` where it can't be told. */
function requestText({ request }: Agent): string {
  if (!request) return request === null ? "·" : "";
  if (request.state === "none") return "";
  const { state, draft, conflicts, review } = request;
  const word = state !== "open" ? state : draft ? "draft" : conflicts ? "conflicts" : review === "approved" || review === "changes requested" ? review : "open";
  return `${request.stale ? "~" : ""}${request.url?.includes("/merge_requests/") ? "!" : "#"}${request.number} ${word}`;
}

function requestColour({ request }: Agent): Colour {
  if (!request || request.state !== "open" || request.draft) return "dim";
  return request.conflicts ? "red" : request.review === "changes requested" ? "yellow" : request.review === "approved" ? "green" : "dim";
}

/** Of a request that is open: `✓ passed`, `✗ 2 failed`, `● running`. */
function checksText({ request }: Agent): string {
  if (!request || request.state !== "open" || request.checks === "none") return "";
  if (request.checks === null) return "·";
  const { checks, failing } = request;
  return checks === "passed" ? "✓ passed" : checks === "running" ? "● running" : `✗ ${failing.length > 1 ? `${failing.length} ` : ""}failed`;
}

function checksColour({ request }: Agent): Colour {
  return request?.checks === "failed" ? "red" : request?.checks === "passed" ? "green" : request?.checks === "running" ? "yellow" : "dim";
}

/** Files that other live agents have touched too, and whose those are: `2 with login-form`. */
export function overlapText({ overlaps }: Agent): string {
  const [first, ...more] = overlaps;
  if (!first) return "";
  const files = new Set(overlaps.flatMap((overlap) => overlap.files)).size;
  return `${files} with ${oneLine(first.branch)}${more.length > 0 ? ` +${more.length}` : ""}`;
}

/** `● working 3m`; an exited agent adds how. */
export function statusText(agent: Agent, now: number): string {
  const age = agent.since === null ? "" : ` ${ageText(now - agent.since)}`;
  const code = agent.status === "exited" && agent.exit ? `(${agent.exit})` : "";
  return `${look(agent).symbol} ${agent.status}${code}${age}${isSnoozed(agent, now) ? ", snoozed" : ""}`;
}

/** Seconds as 12s, 3m, 2h, 4d. */
export function ageText(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m`;
  return s < 86_400 ? `${Math.floor(s / 3600)}h` : `${Math.floor(s / 86_400)}d`;
}

/** Bytes as 512K, 34M, 1.2G. */
export function memoryText(bytes: number | null): string {
  if (bytes === null) return "";
  const mega = bytes / 1_048_576;
  if (mega < 1) return `${Math.round(bytes / 1024)}K`;
  return mega < 1000 ? `${Math.round(mega)}M` : `${(mega / 1024).toFixed(1)}G`;
}

/** `+12 −3`, `~` in front when it may be older than the last edit, `·` when git had no time. */
export function changesText(agent: Agent): string {
  const { changes } = agent;
  if (!changes) return agent.status === "stopped" && agent.ahead === null ? "" : "·";
  if (!changes.added && !changes.removed && !changes.dirty) return changes.stale ? "~" : "";
  const dirty = changes.dirty ? "*" : "";
  return `${changes.stale ? "~" : ""}+${changes.added} −${changes.removed}${dirty}`;
}
