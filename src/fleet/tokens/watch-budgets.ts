// Budgets are looked at when a turn ends, at the end of commands, and while agents work by a timer inside tmux: never by a daemon.
import { readFileSync } from "node:fs";
import { UserError } from "../../base/errors";
import type { ResolvedKind } from "../../kinds/index";
import { ownBinary } from "../../ports/detached";
import { writeFileAtomic } from "../../ports/store";
import { armTimer, tickLine } from "../../ports/tmux/tick";
import { type AgentPorts, loadAgents } from "../agents";
import { labelOf } from "../batch/record";
import { deliver } from "../notify";
import { isQuiet } from "../notices";
import { interruptAgent } from "../send";
import { loadSettings } from "../settings";
import { type BudgetTold, overBudgets } from "./budget";
import { endedCosts } from "./ended";

const TIMER_SECONDS = 30;
// Nobody waits for it.
const READ_MS = 5_000;

interface Stored {
  told: BudgetTold;
  /** Epoch milliseconds at which tmux's timer is to tick. */
  timer: number;
}

type Ports = AgentPorts & { env: Record<string, string | undefined>; kinds(name: string): ResolvedKind };

/** Warn of budgets that are used up, and interrupt where the config says so. Does nothing where none is set. */
export async function watchBudgets(ports: Ports): Promise<void> {
  const { store, tmux, env, now } = ports;
  const { values } = await loadSettings({ home: store.home, main: null, common: null, userHome: env["HOME"] ?? "" }, () => {});
  if (values["budget.agent"] <= 0 && values["budget.batch"] <= 0) return;
  const file = store.path("cache", "budget.json");
  const stored = read(file);
  const agents = await loadAgents(ports, { usage: true, tokens: env, tokensDeadline: READ_MS });
  const { over, told } = overBudgets(agents, { agent: values["budget.agent"], batch: values["budget.batch"] }, stored.told, {
    label: (batch) => labelOf(store, batch) ?? batch,
    ended: values["budget.batch"] > 0 ? endedCosts(store.home, new Set(agents.map(({ record }) => record.id))) : new Map(),
  });
  const works = agents.some(({ status }) => status === "working");
  const arm = works && stored.timer <= now();
  // Before anything is done: a tick that dies half-way warns once too little, never for ever.
  if (arm || JSON.stringify(told) !== JSON.stringify(stored.told)) writeFileAtomic(file, JSON.stringify({ told, timer: arm ? now() + TIMER_SECONDS * 1000 : stored.timer }));
  const binary = ownBinary();
  if (arm && binary !== null) await armTimer(tmux, TIMER_SECONDS, tickLine(binary, store.home)).catch(() => {});
  if (over.length === 0) return;
  if (values["budget.then"].includes("interrupt")) {
    for (const agent of new Set(over.flatMap((one) => one.agents))) if (agent.status === "working") await interrupt(ports, agent);
  }
  if (values["budget.then"].includes("warn") && !isQuiet(values["notify.quiet"], new Date(now()))) {
    await deliver(ports, over.map(({ agent, text }) => ({ need: "budget", agent, text })), values);
  }
}

/** Its program may have ended just now. */
async function interrupt(ports: Ports, agent: Parameters<typeof interruptAgent>[1]): Promise<void> {
  try {
    await interruptAgent(ports, agent, ports.kinds(agent.record.kind));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function read(file: string): Stored {
  try {
    const { told, timer } = JSON.parse(readFileSync(file, "utf8")) as Partial<Stored>;
    return { told: typeof told === "object" && told !== null ? told : {}, timer: typeof timer === "number" ? timer : 0 };
  } catch {
    return { told: {}, timer: 0 };
  }
}
