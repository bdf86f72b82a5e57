// One look at what all agents cost, for the status line. tmux starts it while a line that shows figures is drawn (segments/usage.ts);
// nothing stays between two looks, and none is taken when nobody looks.
import { EVERY } from "../segments/usage";
import { openTmux, type Tmux } from "../ports/tmux/call";
import { claimLook, type Shown, showUsage, type UsageLook } from "../ports/tmux/usage";
import { memoryText } from "../ui/columns";
import { measureUsage, type Usage } from "./usage";

const TIMEOUT_MS = 4_000;

/** `client` is the terminal whose line asks; tmux draws it anew by itself when this ends. Nobody reads a failure: never throws. */
export async function runPoll(env: Record<string, string | undefined>, client: string, now: () => number): Promise<void> {
  const home = env["FLEET_HOME"] || `${env["HOME"]}/.ai_fleet`;
  await pollUsage(openTmux(env, undefined, TIMEOUT_MS), home, client, now).catch(() => {});
}

async function pollUsage(tmux: Tmux, home: string, client: string, now: () => number): Promise<void> {
  const look = await claimLook(tmux, client, Math.floor(now() / 1000) + EVERY);
  const usage = await measureUsage(home, new Map([...look.agents].map(([session, { pids }]) => [session, pids])), now);
  const { agents, all } = newsOf(look, usage);
  const others = agents.size > 0 || all !== null ? look.clients.filter((name) => name !== client) : [];
  await showUsage(tmux, agents, all, others);
}

/** What is to be shown and is not yet. Pure. */
export function newsOf(look: UsageLook, usage: ReadonlyMap<string, Usage>): { agents: Map<string, Shown>; all: Shown | null } {
  const agents = new Map<string, Shown>();
  for (const [session, old] of look.agents) {
    const shown = shownOf(usage.get(session) ?? { cpu: null, memory: null });
    if (shown.cpu !== old.cpu || shown.mem !== old.mem) agents.set(session, shown);
  }
  const running = [...usage.values()].filter(({ memory }) => memory !== null);
  const all = shownOf(running.length === 0 ? { cpu: null, memory: null } : { cpu: sum(running.map(({ cpu }) => cpu)), memory: sum(running.map(({ memory }) => memory)) });
  return { agents, all: all.cpu === look.all.cpu && all.mem === look.all.mem ? null : all };
}

function shownOf({ cpu, memory }: Pick<Usage, "cpu" | "memory">): Shown {
  return { cpu: cpu === null ? "" : `${Math.round(cpu)}%`, mem: memoryText(memory) };
}

function sum(numbers: readonly (number | null)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}
