// One look at what all agents cost, for the status line. tmux starts it while a line that shows figures is drawn (segments/usage.ts);
// nothing stays between two looks, and none is taken when nobody looks.
import { EVERY } from "../segments/usage";
import { openTmux, type Tmux } from "../ports/tmux/call";
import { claimLook, type Shown, type ShownOfAll, showUsage, type UsageLook } from "../ports/tmux/usage";
import { openStore } from "../ports/store";
import { memoryText } from "../ui/columns";
import { costText } from "../ui/spent";
import { measureUsage, type Usage } from "./usage";

const TIMEOUT_MS = 4_000;

/** `client` is the terminal whose line asks; tmux draws it anew by itself when this ends. Nobody reads a failure: never throws. */
export async function runPoll(env: Record<string, string | undefined>, client: string, now: () => number): Promise<void> {
  const home = env["FLEET_HOME"] || `${env["HOME"]}/.ai_fleet`;
  await pollUsage(openTmux(env, undefined, TIMEOUT_MS), home, { env, client, now }).catch(() => {});
}

async function pollUsage(tmux: Tmux, home: string, { env, client, now }: { env: Record<string, string | undefined>; client: string; now: () => number }): Promise<void> {
  const look = await claimLook(tmux, client, Math.floor(now() / 1000) + EVERY);
  const [usage, cost] = await Promise.all([measureUsage(home, new Map([...look.agents].map(([session, { pids }]) => [session, pids])), now), costOf(home, env, now)]);
  const { agents, all } = newsOf(look, usage, cost);
  const others = agents.size > 0 || all !== null ? look.clients.filter((name) => name !== client) : [];
  await showUsage(tmux, agents, all, others);
}

const READ_MS = 60;

/** Of the agents that there are; nothing is loaded where no program keeps transcripts. */
async function costOf(home: string, env: Record<string, string | undefined>, now: () => number): Promise<string> {
  const store = openStore(home, () => {});
  const records = store.agents();
  if (records.every(({ kind }) => kind === "demo")) return "";
  const [{ loadTokens }, { addSpent }] = await Promise.all([import("./tokens/read"), import("./tokens/ledger")]);
  const spent = [...(await loadTokens({ store, env, now }, records, { deadlineMs: READ_MS })).values()];
  return costText(addSpent(spent));
}

/** What is to be shown and is not yet. Pure. */
export function newsOf(look: UsageLook, usage: ReadonlyMap<string, Usage>, cost = ""): { agents: Map<string, Shown>; all: ShownOfAll | null } {
  const agents = new Map<string, Shown>();
  for (const [session, old] of look.agents) {
    const shown = shownOf(usage.get(session) ?? { cpu: null, memory: null });
    if (shown.cpu !== old.cpu || shown.mem !== old.mem) agents.set(session, shown);
  }
  const running = [...usage.values()].filter(({ memory }) => memory !== null);
  const all = { cost, ...shownOf(running.length === 0 ? { cpu: null, memory: null } : { cpu: sum(running.map(({ cpu }) => cpu)), memory: sum(running.map(({ memory }) => memory)) }) };
  return { agents, all: all.cpu === look.all.cpu && all.mem === look.all.mem && cost === look.all.cost ? null : all };
}

function shownOf({ cpu, memory }: Pick<Usage, "cpu" | "memory">): Shown {
  return { cpu: cpu === null ? "" : `${Math.round(cpu)}%`, mem: memoryText(memory) };
}

function sum(numbers: readonly (number | null)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}
