// Candidates that only the machine knows, for a shell that completes: agents, kinds, branches, batches, keys of the config.
import { OPTION_KEYS } from "../base/options";
import { oneLine } from "../base/text";
import { kindNames } from "../kinds/index";
import { allBranchNames } from "../ports/git/branches";
import type { Git } from "../ports/git/call";
import type { Repo } from "../base/model";
import type { Store } from "../ports/store";
import { batches } from "./batch/record";
import { loadSettings } from "./settings";

export interface CompletionPorts {
  readonly git: Git;
  readonly store: Store;
  readonly env: Record<string, string | undefined>;
  findRepo(): Promise<Repo | null>;
}

/** One candidate a word, sorted, without doubles. What can't be found out is left out: a person is typing. */
export async function completionValues(ports: CompletionPorts, what: string): Promise<string[]> {
  try {
    const values = await valuesOf(ports, what);
    return [...new Set(values)].filter((value) => value && oneLine(value) === value).sort();
  } catch {
    return [];
  }
}

async function valuesOf(ports: CompletionPorts, what: string): Promise<readonly string[]> {
  switch (what) {
    case "agent":
      return await agentNames(ports);
    case "batch":
      return batchNames(ports.store);
    case "kind":
      return await kinds(ports);
    case "branch":
      return await branches(ports);
    case "key":
      return OPTION_KEYS;
    default:
      return [];
  }
}

/** Agents of this repo by branch; of other repos too where there is none, or none of this repo. */
async function agentNames({ store, findRepo }: CompletionPorts): Promise<string[]> {
  const agents = store.agents();
  if (!agents.length) return [];
  const common = (await findRepo())?.common;
  const here = agents.filter((agent) => agent.repo === common);
  return (here.length ? here : agents).map((agent) => agent.branch);
}

async function kinds({ store, env }: CompletionPorts): Promise<string[]> {
  const settings = await loadSettings({ home: store.home, main: null, common: null, userHome: env["HOME"] ?? "" }, () => {});
  return kindNames(settings.kinds);
}

async function branches({ git, findRepo }: CompletionPorts): Promise<string[]> {
  const repo = await findRepo();
  if (!repo) return [];
  return allBranchNames(git, repo.top, 2_000);
}

/** Labels; the id of a batch of which nothing else is remembered. */
function batchNames(store: Store): string[] {
  const known = batches(store);
  const ids = new Set(known.map(({ id }) => id));
  return [...known.map(({ label }) => label), ...store.agents().flatMap(({ batch }) => (batch === null || ids.has(batch) ? [] : [batch]))];
}
