// Bringing a base into an agent's branch: the first half of a merge, for an agent that is to go on working with what is new.
import { UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { copyIndex } from "../../ports/git/commit-all";
import { isAncestor } from "../../ports/git/commit-object";
import { commitAt } from "../../ports/git/ref";
import { claimOperation } from "../../ports/journal";
import { agentTip, bringIn, keep } from "./apply";
import { StaysAsIs, takeAgentBack } from "./back";
import { forgetMerge, keptIndex, type MergeEntry, mergeKey } from "./entry";
import { forecast, gatherMergeFacts, type MergeFacts } from "./facts";
import type { MovePorts } from "./move";
import { readyWorktree, refuseAtWork, refuseForecast } from "./plan";

export interface Synced {
  id: string;
  branch: string;
  base: string;
  /** The agent's commits, before and after; the same where there was nothing to bring in. */
  from: string;
  to: string;
}

/** Throws UserError, and Conflicts, with nothing moved. A dry run says what would come, and moves nothing. */
export async function syncAgent(ports: MovePorts, agent: Agent, agents: readonly Agent[], from: string | undefined, dryRun: boolean): Promise<Synced> {
  const { git, store } = ports;
  const { record } = agent;
  refuseAtWork(agent, "sync");
  const facts = await gatherMergeFacts(git, agent, { into: undefined, commit: false }, agents);
  const { state, branch, tip } = readyWorktree(facts, "synced");
  const base = await baseOf(ports, facts, from);
  const synced = { id: record.id, branch, base: base.branch, from: tip, to: tip };
  const given = await forecast(git, record, base.oid, tip);
  if (given === "forward" || base.oid === tip) return synced;
  refuseForecast(agent, base, given);
  if (dryRun) return { ...synced, to: base.oid };
  const entry: MergeEntry = {
    id: record.id, key: mergeKey(record.id, Date.now()), record, way: "sync",
    agent: { branch, from: tip, committed: null, to: null },
    into: { branch: base.branch, from: base.oid, to: null, checkout: null },
    ref: null, restacked: [], at: new Date().toISOString(),
  };
  const operation = claimOperation(store.home, record.id, "sync", { merge: entry });
  try {
    copyIndex(state.admin, keptIndex(store.home, entry));
    entry.agent.to = (await isAncestor(git, record.worktree, tip, base.oid)) ? base.oid : await agentTip(ports, entry, tip, given);
    operation.step("keep", { merge: entry });
    await keep(ports, entry, tip);
    operation.step("bring in", { merge: entry });
    await bringIn(ports, entry, tip);
  } catch (error) {
    await takeAgentBack(ports, entry).catch((second: unknown) => {
      if (!(second instanceof StaysAsIs)) throw new UserError(`${oneLine(branch)} could not be synced, and is not as it was; nothing is lost`, { detail: (second as Error).message, hint: "fleet doctor --fix" });
    });
    await forgetMerge(git, store.home, entry);
    operation.end();
    throw error;
  }
  await forgetMerge(git, store.home, entry);
  operation.end();
  return { ...synced, to: entry.agent.to };
}

/** The agent's base, or another branch; a remote's one too. */
async function baseOf({ git }: MovePorts, { agent, target }: MergeFacts, named: string | undefined): Promise<{ branch: string; oid: string }> {
  const { repo, base } = agent.record;
  const word = shellWord(agent.branch);
  if (named === undefined && target !== null && !("missing" in target)) return target;
  const branch = named ?? base.branch;
  if (branch === null) throw new UserError(`${oneLine(agent.branch)} did not start from a branch`, { hint: `fleet sync ${word} --from BRANCH` });
  for (const ref of [`refs/heads/${branch}`, `refs/remotes/${branch}`]) {
    const oid = await commitAt(git, repo, ref);
    if (oid !== null) return { branch, oid };
  }
  throw new UserError(`the base of ${oneLine(agent.branch)} is gone: ${oneLine(branch)}`, { hint: `fleet sync ${word} --from BRANCH` });
}
