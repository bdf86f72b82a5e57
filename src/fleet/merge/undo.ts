// Undoing a merge: the target to where it was, agents stacked on it back onto it, and the agent's own branch as it was.
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { limitGit } from "../../ports/git/limit";
import { branchAt } from "../../ports/git/worktrees";
import { claimOperation } from "../../ports/journal";
import { takeAgentBack, takeTargetBack } from "./back";
import { forgetMerge, type MergeEntry } from "./entry";
import { blockersIn } from "./facts";
import type { MovePorts } from "./move";

const GIT_MS = 120_000;

/** Each part is done where it can be; what could not is a UserError among what is returned, and was left as it was. */
export async function undoMerge(ports: MovePorts, entry: MergeEntry): Promise<UserError[]> {
  const { store } = ports;
  const within = { git: limitGit(ports.git, () => GIT_MS), store };
  const operation = claimOperation(store.home, entry.id, "undo merge", { merge: entry });
  const refused: UserError[] = [];
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refused.push(error);
    }
  };
  operation.step("target");
  await attempt(() => takeTargetBack(within, entry));
  if (refused.length === 0) await restack(within, entry);
  operation.step("agent");
  await attempt(() => takeAgentBack(within, entry));
  // A target that could not be moved for somebody's file in the way can be tried again.
  if (refused.length === 0) await forgetMerge(within.git, store.home, entry);
  operation.end();
  return refused;
}

/** Agents that started from its branch start from it again. */
async function restack({ store }: MovePorts, { restacked, into }: MergeEntry): Promise<void> {
  if (restacked.length === 0) return;
  await store.update((state) => {
    for (const { id, base } of restacked) {
      const record = state.agents[id];
      if (record?.base.branch === into.branch) record.base = base;
    }
  });
}

/** What an undo would do, for --dry-run. */
export async function undoMergeLine({ git }: MovePorts, { record, into, agent }: MergeEntry): Promise<string> {
  const now = await branchAt(git, record.repo, into.branch);
  const [name, base] = [oneLine(agent.branch), oneLine(into.branch)];
  if (now?.oid !== into.to) return `leaves ${base}, which has moved on since ${name} was merged`;
  const blocked = now.worktree ? await blockersIn(git, now.worktree, into.to, into.from) : [];
  return blocked.length > 0 ? `leaves ${base}: ${blocked.slice(0, 5).map(oneLine).join(", ")} in the way` : `moves ${base} back to ${into.from.slice(0, 10)}, where it was before ${name} was merged`;
}
