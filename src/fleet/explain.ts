// Why an agent has its status: every piece of evidence, its age, and the one that won.
import type { Agent, Source, Status } from "../base/model";
import { oneLine, truncate } from "../base/text";
import type { Tmux } from "../ports/tmux/call";
import { listFleetPanes } from "../ports/tmux/sessions";
import { ageText } from "../ui/columns";
import { type Piece } from "./evidence";
import { lookCloser } from "./look-closer";

export interface Explained {
  branch: string;
  kind: string;
  status: Status;
  reason: string | null;
  /** ISO 8601, or null. */
  since: string | null;
  why: string;
  evidence: { source: Source; status: Status; reason: string | null; since: string | null; what: string; won: boolean }[];
}

/** Look once more, at everything. Throws when tmux does not answer. */
export async function explain({ tmux, now }: { tmux: Tmux; now(): number }, agent: Agent): Promise<Explained> {
  const { status, reason, since, record } = agent;
  const base = { branch: agent.branch, kind: record.kind, status, reason, since: iso(since) };
  const pane = (await listFleetPanes(tmux))?.find((row) => row.options.id === record.id && row.options.pane === row.pane);
  if (!pane) return { ...base, why: agent.session === null ? "no session of it on this tmux server" : "its own pane is gone", evidence: [] };
  const [closer] = await lookCloser(tmux, [pane], { now: now() / 1000, all: true });
  if (!closer) {
    const told: Piece = { source: (pane.options.source || "hook") as Source, status, since, reason };
    return { ...base, why: status === "exited" ? "its program has ended" : "what it reported last", evidence: [row(told, true)] };
  }
  const { told, seen, verdict } = closer;
  const { piece } = verdict;
  // A process that is gone was seen after all of this.
  if (status === "exited" && piece.status !== "exited") {
    return { ...base, why: "no process of it is left", evidence: [row({ source: "process", status, since: null, reason }, true), row(told, false), ...seen.map((one) => row(one, false))] };
  }
  const winner = piece.source === told.source && piece.status === told.status ? told : (seen.find((one) => one.source === piece.source) ?? told);
  return {
    ...base,
    status: piece.status,
    reason: piece.reason ?? null,
    since: iso(piece.since ?? since),
    why: verdict.why,
    evidence: [told, ...seen].map((one) => row(one, one === winner)),
  };
}

function row(piece: Piece, won: boolean): Explained["evidence"][number] {
  const what = piece.ask ? piece.ask.text : (piece.said ?? "");
  return { source: piece.source, status: piece.status, reason: piece.reason, since: iso(piece.since), what: truncate(oneLine(what.slice(0, 800)), 100), won };
}

function iso(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString();
}

const SAYS: Record<Source, string> = {
  hook: "its hooks told",
  title: "its pane's title says",
  registry: "its own note says",
  process: "its processes say",
  screen: "its screen says",
  wrapper: "fleet's wrapper told",
};

/** `now` in epoch seconds. The winner has an arrow. */
export function explainLines({ branch, kind, status, reason, evidence, why }: Explained, now: number): string[] {
  const width = Math.max(0, ...evidence.map(({ source }) => SAYS[source].length));
  return [
    `${oneLine(branch)} (${oneLine(kind)}): ${status}${reason ? `, ${oneLine(reason)}` : ""}: ${why}`,
    ...evidence.map(({ source, status: said, reason: because, since, what, won }) => {
      const age = since === null ? "now" : `${ageText(Math.max(0, now - Date.parse(since) / 1000))} ago`;
      return `${won ? "→" : " "} ${SAYS[source].padEnd(width)}  ${said}${because ? `, ${oneLine(because)}` : ""}  ${age}${what ? `  ${what}` : ""}`;
    }),
  ];
}
