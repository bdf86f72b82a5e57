// Names at the edge: what a person typed → agents. Pure.
import { UserError } from "../base/errors";
import type { Agent, Repo } from "../base/model";
import { globToRegExp, nearest, oneLine } from "../base/text";

export interface Here {
  /** The repo one stands in, or null. */
  repo: Pick<Repo, "common"> | null;
  allRepos: boolean;
}

const isGlob = (name: string) => /[*?]/.test(name);

/** One agent by name. Throws UserError with candidates, or a near miss. */
export function findAgent(agents: readonly Agent[], name: string, here: Here): Agent {
  const found = isGlob(name) ? matching(agents, name, here) : named(agents, name, here);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw unknownAgent(agents, name);
  throw new UserError(`several agents match: ${oneLine(name)}`, { detail: found.map((agent) => label(agent)).join("\n"), hint: "use repo:branch, or the id" });
}

/** Agents by names and globs, each once, in the order found. A glob that matches none is refused like a name. */
export function findAgents(agents: readonly Agent[], names: readonly string[], here: Here): Agent[] {
  const found = new Map<string, Agent>();
  for (const name of names) {
    const hits = isGlob(name) ? matching(agents, name, here) : [findAgent(agents, name, here)];
    if (hits.length === 0) throw unknownAgent(agents, name);
    for (const agent of hits) found.set(agent.record.id, agent);
  }
  return [...found.values()];
}

/** The agent whose session or worktree a command runs in: for verbs without a name that only read. */
export function ownAgent(agents: readonly Agent[], id: string | undefined, verb: string): Agent {
  const own = agents.find((agent) => agent.record.id === id);
  if (own) return own;
  throw new UserError("no agent named", { hint: `fleet ${verb} NAME   (fleet list shows the names)` });
}

/** By id; else by branch in this repo; else by a branch unique elsewhere; `repo:branch` names the repo. */
function named(agents: readonly Agent[], name: string, here: Here): Agent[] {
  const byId = agents.filter((agent) => agent.record.id === name);
  if (byId.length > 0) return byId;
  const inThisRepo = answering(agents.filter((agent) => agent.record.repo === here.repo?.common), name);
  if (inThisRepo.length > 0) return inThisRepo;
  const elsewhere = answering(agents, name);
  if (elsewhere.length > 0) return elsewhere;
  const { repo, branch } = splitRepo(name);
  return repo === null ? [] : answering(agents.filter((agent) => repoName(agent) === repo), branch);
}

/** The branch that a list shows comes first; the one it was made with only where no agent shows that name. */
function answering(agents: readonly Agent[], branch: string): Agent[] {
  const shown = agents.filter((agent) => agent.branch === branch);
  return shown.length > 0 ? shown : agents.filter((agent) => agent.record.branch === branch);
}

/** A glob matches in this repo (outside of any: everywhere); `repo:glob` and --all-repos widen. */
function matching(agents: readonly Agent[], glob: string, here: Here): Agent[] {
  const { repo, branch } = splitRepo(glob);
  if (repo !== null) {
    const [repoPattern, branchPattern] = [globToRegExp(repo), globToRegExp(branch)];
    return agents.filter((agent) => repoPattern.test(repoName(agent)) && branchPattern.test(agent.branch));
  }
  const pattern = globToRegExp(glob);
  const common = here.allRepos ? undefined : here.repo?.common;
  return agents.filter((agent) => (common === undefined || agent.record.repo === common) && pattern.test(agent.branch));
}

/** git allows no ":" in a branch, so the first one ends the repo's name. */
function splitRepo(name: string): { repo: string | null; branch: string } {
  const at = name.indexOf(":");
  return at < 0 ? { repo: null, branch: name } : { repo: name.slice(0, at), branch: name.slice(at + 1) };
}

/** The repo's short name: its main checkout's directory. */
export function repoName(agent: Agent): string {
  return agent.record.main.split("/").filter(Boolean).at(-1) ?? agent.record.repo;
}

function label(agent: Agent): string {
  return `${oneLine(repoName(agent))}:${oneLine(agent.branch)}  (${agent.record.id})`;
}

function unknownAgent(agents: readonly Agent[], name: string): UserError {
  const near = nearest(name, agents.flatMap((agent) => [agent.branch, agent.record.id]));
  return new UserError(`no such agent: ${oneLine(name)}`, { hint: near ? `did you mean ${oneLine(near)}?` : "fleet list" });
}
