// From the names on a command line to agents, in the repo one stands in.
import { UsageError, UserError } from "../base/errors";
import type { Agent, Repo } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import { type AgentPorts, loadAgents } from "./agents";
import { findBatch } from "./batch/record";
import { findAgent, findAgents, type Here, ownAgent } from "./find";

export interface SelectPorts extends AgentPorts {
  env: Record<string, string | undefined>;
  findRepo(): Promise<Repo | null>;
}

/** The one agent named; without a name, the agent whose pane this is (only verbs that read may offer that). */
export async function selectAgent(ports: SelectPorts, name: string | undefined, verb: string): Promise<Agent> {
  if (name === undefined) return ownAgent(await loadAgents(ports), ports.env["FLEET_ID"], verb);
  return select(ports, false, (agents, here) => findAgent(agents, name, here));
}

export interface Selection {
  "all-repos": boolean;
  /** Label or id: every agent of that batch, of whatever repo. */
  batch: string | undefined;
}

/** Every agent that names, globs and a batch pick, each once. */
export async function selectAgents(ports: SelectPorts, names: readonly string[], by: Selection): Promise<Agent[]> {
  if (by.batch === undefined) {
    if (names.length === 0) throw new UsageError("no agent named: give names, or --batch");
    return select(ports, by["all-repos"], (agents, here) => findAgents(agents, names, here));
  }
  if (names.length > 0) throw new UsageError("give names or --batch, not both");
  const agents = await loadAgents(ports);
  const batch = findBatch(ports.store, by.batch, agents.map((agent) => agent.record.batch));
  const found = agents.filter((agent) => agent.record.batch === batch.id);
  if (found.length === 0) throw new UserError(`no agents are left of the batch: ${oneLine(batch.label)}`, { hint: `fleet fanout --resume ${batch.id}` });
  return found;
}

/** Branches switched since creation are asked of git only when the created names do not answer. */
async function select<T>(ports: SelectPorts, allRepos: boolean, find: (agents: Agent[], here: Here) => T): Promise<T> {
  const [agents, repo] = await Promise.all([loadAgents(ports), ports.findRepo().catch(() => null)]);
  const here = { repo, allRepos };
  try {
    return find(agents, here);
  } catch (error) {
    if (!(error instanceof UserError) || agents.length === 0) throw error;
    return find(await loadAgents(ports, { git: true }), here);
  }
}

/** The pane of an agent that has a session. Throws UserError naming what to do. */
export function requirePane(agent: Agent): { pane: string; session: string } {
  if (agent.pane && agent.session) return { pane: agent.pane, session: agent.session };
  throw new UserError(`${oneLine(agent.branch)} has no session: it is ${agent.status}`, { hint: `fleet start ${shellWord(agent.branch)}` });
}
