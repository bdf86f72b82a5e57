// One event of an agent's program becomes its live status. Runs inside the agent's turn: one tmux call, and never a failure.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { oneLine, truncate } from "../base/text";
import { builtInKind } from "../kinds/index";
import type { Report } from "../kinds/kind";
import { openTmux } from "../ports/tmux/call";
import { ownBinary, startDetached } from "../ports/detached";
import { reportCommand } from "../ports/tmux/report";
import { tickLine } from "../ports/tmux/tick";
import { askOption } from "./ask";
import type { Need } from "./needs";
import { askTickAgain, isBudgetSet, isTickAtWork, isTickDue } from "./tick-due";

const DOING_COLUMNS = 200;
const REASON_COLUMNS = 60;
/** The program waits for its hook: neither a tmux server that hangs nor a terminal for stdin must hang the agent. */
const TIMEOUT_MS = 3_000;

export interface HookInput {
  event: string;
  /** The built-in kind in whose words the event is; else $FLEET_KIND, which for a variant is a name of the config. */
  kind: string | undefined;
  env: Record<string, string | undefined>;
  /** The agent's own directory, where fleet keeps what outlives the tmux server. */
  directory?: string | undefined;
  /** Reads the payload; called only where it is needed. */
  payload: () => Promise<string>;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * Report `event` for the agent and the pane that the environment names; without both, or without a server, nothing
 * happens. Never throws.
 *
 * What the agent runs inherits both names. A pane of its own is told apart by tmux (reportCommand); another agent program
 * in the same pane, started by the first, can't be: its reports count as the agent's, and are its work.
 */
export async function runHook(input: HookInput): Promise<void> {
  const { FLEET_ID: agent, FLEET_KIND, TMUX_PANE: pane, TMUX } = input.env;
  if (!agent || !pane || !TMUX) return;
  try {
    const report = builtInKind(input.kind ?? FLEET_KIND ?? "")?.report?.(input.event, parse(await payload(input)));
    if (!report) return;
    if (input.directory && !keep(input.directory, report)) return;
    const { status, reason, doing, ask, conversation } = report;
    const home = input.env["FLEET_HOME"] || `${input.env["HOME"]}/.ai_fleet`;
    const binary = ownBinary();
    const due = binary !== null && (status === "idle" || status === "waiting" ? isTickDue(home, needIn(report)) : status === "working" && isBudgetSet(home));
    // Many reports at once cost one tick, and that is no second process of this event.
    const running = due && isTickAtWork(home);
    const command = reportCommand({
      pane,
      agent,
      at: Math.floor(input.now / 1000),
      then: due && !running ? tickLine(binary, home) : undefined,
      answered: report.answered,
      options: {
        ...(status === undefined ? {} : { status, source: "hook", ask: status === "waiting" && ask ? askOption(ask) : "", asked: report.asks ?? "" }),
        ...(status === "working" ? { prompted: "" } : {}),
        ...(reason === undefined ? {} : { reason: short(reason ?? "", REASON_COLUMNS) }),
        ...(doing === undefined ? {} : { doing: short(doing, DOING_COLUMNS) }),
        // At the beginning of a turn it is at its prompt.
        ...(doing === undefined || status !== "working" ? {} : { sent: short(doing, DOING_COLUMNS) }),
        ...(conversation === undefined ? {} : { conversation: short(conversation, REASON_COLUMNS) }),
      },
    });
    await Promise.race([openTmux(input.env).call([command]), Bun.sleep(TIMEOUT_MS)]);
    if (running && !askTickAgain(home)) startDetached([binary, "tick"], { ...input.env, FLEET_HOME: home });
  } catch {
    // No server, a closed pane, a broken payload: the agent must not notice.
  }
}

/** Which of a person's needs the report may be the news of. */
function needIn({ status, ask, reason }: Report): Need {
  if (status === "waiting") return ask?.what === "question" ? "question" : "permission";
  return reason ? "error" : "done";
}

/**
 * `conversation` for a later start; `asked` while a question is open, for the hooks that only its answer needs.
 * false: the report is about another question than the open one.
 */
function keep(directory: string, { conversation, status, asks, answered }: Report): boolean {
  const asked = `${directory}/asked`;
  if (answered !== undefined && existsSync(asked) && readFileSync(asked, "utf8") !== answered) return false;
  // Whoever removed the directory has no use for what lies there.
  if (!existsSync(directory)) return true;
  if (conversation && /^[\w-]{1,100}$/.test(conversation)) writeFileSync(`${directory}/conversation`, conversation, { mode: 0o600 });
  if (asks !== undefined) writeFileSync(asked, asks, { mode: 0o600 });
  else if (status !== undefined && status !== "waiting") rmSync(asked, { force: true });
  return true;
}

async function payload(input: HookInput): Promise<string> {
  return Promise.race([input.payload(), Bun.sleep(TIMEOUT_MS).then(() => "")]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Cut before it is cleaned: a last answer may be long. Escape sequences count, so some room is left for them. */
function short(text: string, columns: number): string {
  return truncate(oneLine(text.slice(0, columns * 8)), columns);
}
