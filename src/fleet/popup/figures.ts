// What takes long to ask for (CPU, memory, git's counts) is asked every few seconds; between, the last answer stands.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent } from "../../base/model";
import { writeFileAtomic } from "../../ports/store";
import { type AgentPorts, loadAgents } from "../agents";
import type { View } from "./view";

const FIGURES = ["branch", "cpu", "memory", "ahead", "behind", "changes"] as const;
/** Paths may be many: only where they are shown. */
const OF_ATTEMPTS = [...FIGURES, "standing", "touched"] as const;

type Figures = Pick<Agent, (typeof FIGURES)[number]> & Partial<Pick<Agent, (typeof OF_ATTEMPTS)[number]>>;

/** Everything, asked now; git within the time that a list gives it, or `gitDeadline` milliseconds. */
export async function lookClosely(ports: AgentPorts, view: View, gitDeadline?: number): Promise<Agent[]> {
  const agents = await loadAgents(ports, { usage: true, git: true, ...(gitDeadline === undefined ? {} : { gitDeadline }) });
  const names = view.of === "attempts" ? OF_ATTEMPTS : FIGURES;
  const figures = agents.map((agent) => [agent.record.id, Object.fromEntries(names.map((name) => [name, agent[name]]))]);
  try {
    writeFileAtomic(file(view), JSON.stringify(Object.fromEntries(figures)));
  } catch {
    // The popup is closed.
  }
  return agents;
}

/** Status and words now, figures as they were last. */
export async function lookQuickly(ports: AgentPorts, view: View): Promise<Agent[]> {
  const known = read(view);
  return (await loadAgents(ports)).map((agent) => ({ ...agent, ...known[agent.record.id] }));
}

function file(view: View): string {
  return join(view.folder, "figures.json");
}

function read(view: View): Record<string, Figures> {
  try {
    return JSON.parse(readFileSync(file(view), "utf8"));
  } catch {
    return {};
  }
}
