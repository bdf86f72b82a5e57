// One report of an agent's program, as one tmux command that checks for itself whose report it is.
import { ProcessError } from "../../base/errors";
import { NoServer, sourceLine, type Tmux, type TmuxCommand } from "./call";
import { type SessionOption, setOptions } from "./sessions";
import { tickNow } from "./tick";

export interface PaneReport {
  /** The reporter's pane, `%3`. */
  pane: string;
  /** The agent that the reporter takes itself for. */
  agent: string;
  /** Epoch seconds; kept when the status is the one that is there. */
  at: number;
  /** A line of sh that tmux runs in the background where the report has news: what waited for it goes on. */
  then?: string | undefined;
  /** Single lines; what is absent stays as it is. */
  options: Partial<Record<Extract<SessionOption, "status" | "reason" | "doing" | "sent" | "source" | "ask" | "asked" | "conversation" | "prompted">, string>>;
  /** Only while the agent waits for the answer to this question (`asked`). */
  answered?: string | undefined;
  /** Only while the status is this one, since then: what was looked at may have moved on. */
  stillAt?: { status: string; since: string } | undefined;
}

/**
 * The command that writes a report and wakes who waits for `fleet-ID`, where the pane is that agent's own and its program
 * has not been seen to end; otherwise it does nothing. A report that changes nothing writes nothing: every set-option repaints
 * all clients. Throws for what is no pane id or agent id.
 */
export function reportCommand({ pane, agent, at, options, then, answered, stillAt }: PaneReport): TmuxCommand {
  // Both stand in a format: nothing else may.
  if (!/^%\d+$/.test(pane)) throw new Error(`not a pane id: ${pane}`);
  if (!/^[A-Za-z0-9_-]+$/.test(agent)) throw new Error(`not an agent id: ${agent}`);
  const { status } = options;
  const conditions = [
    `#{==:#{@fleet_id},${agent}}`,
    // Panes that the person splits off inherit FLEET_ID; only the agent's own pane may report.
    `#{==:#{@fleet_pane},${pane}}`,
    // A hook may outlive its program by a moment. The wrapper sets `starting` before it starts one again.
    "#{!=:#{@fleet_status},exited}",
  ];
  for (const word of [answered, stillAt?.status, stillAt?.since]) {
    if (word !== undefined && !/^[A-Za-z0-9_-]*$/.test(word)) throw new Error(`not a word: ${word}`);
  }
  // Another question is another wait.
  const sameAsked = status === "waiting" && options.asked && /^[A-Za-z0-9_-]+$/.test(options.asked) ? [`#{==:#{@fleet_asked},${options.asked}}`] : [];
  if (answered !== undefined) conditions.push("#{==:#{@fleet_status},waiting}", `#{==:#{@fleet_asked},${answered}}`);
  if (stillAt) conditions.push(`#{==:#{@fleet_status},${stillAt.status}}`, `#{==:#{@fleet_since},${stillAt.since}}`);
  if (options.doing === undefined && !options.reason && options.conversation === undefined && !stillAt) {
    const news = [
      ...(status === undefined ? [] : [`#{!=:#{@fleet_status},${status}}`]),
      ...(options.reason === undefined ? [] : ["#{!=:#{@fleet_reason},}"]),
    ];
    conditions.push(news.length ? news.reduce((a, b) => `#{||:${a},${b}}`) : "0");
  }
  const commands: TmuxCommand[] = [
    // Before the status, which it compares with.
    ...(status === undefined
      ? []
      : [["set-option", "-F", "-t", pane, "@fleet_since", `#{?${[`#{==:#{@fleet_status},${status}}`, "#{@fleet_since}", ...sameAsked].reduce((a, b) => `#{&&:${a},${b}}`)},#{@fleet_since},${at}}`] as const]),
    ...setOptions(pane, options),
    ["wait-for", "-S", `fleet-${agent}`],
    ...(then === undefined ? [] : [tickNow(then)]),
  ];
  return ["if-shell", "-F", "-t", pane, conditions.reduce((a, b) => `#{&&:${a},${b}}`), commands.map(sourceLine).join(" ; ")];
}

/**
 * An interrupted prompt came back into the input box: its program is idle, and the words on its screen are no result of that
 * turn. `@fleet_over` has the time of this status; with the next turn the times differ, and it counts no more.
 */
export async function noteReturned(tmux: Tmux, { pane, agent, at }: { pane: string; agent: string; at: number }): Promise<void> {
  await tmux.call([
    reportCommand({ pane, agent, at, options: { status: "idle", source: "screen", reason: "", doing: "", ask: "" } }),
    ["set-option", "-F", "-t", pane, "@fleet_over", "#{@fleet_since}"],
  ]);
}

/** A next prompt is on its way: with a fast answer its turn can end in the same second, which `@fleet_over` can't tell apart. */
export async function forgetReturned(tmux: Tmux, pane: string): Promise<void> {
  await tmux.call([["if-shell", "-F", "-t", pane, "#{@fleet_over}", sourceLine(["set-option", "-u", "-t", pane, "@fleet_over"])]]);
}

/** The prompt that an agent was given; where it has been idle since `idleSince`, it works from then on. */
export async function noteSent(tmux: Tmux, { pane, agent, at, sent, idleSince }: { pane: string; agent: string; at: number; sent: string; idleSince: number | null }): Promise<void> {
  const begins = reportCommand({ pane, agent, at, options: { status: "working", source: "screen", reason: "", doing: "" }, stillAt: { status: "idle", since: String(idleSince) } });
  try {
    await tmux.call([...setOptions(pane, { sent }), ...(idleSince === null ? [] : [begins])]);
  } catch (error) {
    // The prompt has ended its session: it was taken all the same.
    if (!(error instanceof ProcessError) && !(error instanceof NoServer)) throw error;
  }
}

/** An agent that asked since `askedSince` was answered, and its screen says what it does now; nothing where a report has come since. */
export async function noteAnswered(tmux: Tmux, { pane, agent, at, status, reason, askedSince }: { pane: string; agent: string; at: number; status: string; reason: string; askedSince: string }): Promise<void> {
  await tmux.call([reportCommand({ pane, agent, at, options: { status, source: "screen", reason, doing: "", ask: "", asked: "" }, stillAt: { status: "waiting", since: askedSince } })]);
}
