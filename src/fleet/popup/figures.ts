// What takes long to ask for (CPU, memory, git's counts) is asked every few seconds; between, the last answer stands.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Agent } from "../../base/model";
import { writeFileAtomic } from "../../ports/store";
import { type AgentPorts, loadAgents } from "../agents";
import type { View } from "./view";

type Figures = Pick<Agent, "branch" | "cpu" | "memory" | "ahead" | "behind" | "changes">;

/** Everything, asked now. */
export async function lookClosely(ports: AgentPorts, view: View): Promise<Agent[]> {
  const agents = await loadAgents(ports, { usage: true, git: true });
  const figures = agents.map(({ record, branch, cpu, memory, ahead, behind, changes }): [string, Figures] => [record.id, { branch, cpu, memory, ahead, behind, changes }]);
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
