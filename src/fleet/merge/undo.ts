// Undoing a merge: the target to where it was, agents stacked on it back onto it, and the agent's own branch as it was.
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { limitGit } from "../../ports/git/limit";
import { branchAt } from "../../ports/git/worktrees";
import { claimOperation, type Operation } from "../../ports/journal";
import { StaysAsIs, takeAgentBack, takeTargetBack } from "./back";
import { forgetMerge, type MergeEntry } from "./entry";
import { blockersIn } from "./facts";
import type { MovePorts } from "./move";

const GIT_MS = 120_000;

export interface MergeUndone {
  /** The target is where it was. */
  target: boolean;
  /** What could not be done, and was left as it was. */
  refused: UserError[];
}

/** Each part is done where it can be. */
export async function undoMerge(ports: MovePorts, entry: MergeEntry): Promise<MergeUndone> {
  const operation = claimOperation(ports.store.home, entry.id, "undo merge", { merge: entry });
  return carryOut({ git: limitGit(ports.git, () => GIT_MS), store: ports.store }, entry, operation);
}

/** The steps; `cutOffAt` is the one at which an earlier call died. What fails half-way throws, and leaves the operation on record. */
export async function carryOut(ports: MovePorts, entry: MergeEntry, operation: Pick<Operation, "step" | "end">, cutOffAt?: string): Promise<MergeUndone> {
  const refused: UserError[] = [];
  const forget = async () => {
    operation.step("forget");
    await forgetMerge(ports.git, ports.store.home, entry);
    operation.end();
  };
  // What was kept to go back by may be gone already.
  if (cutOffAt === "forget") return await forget(), { target: true, refused };
  // It stays known how far an earlier call came.
  if (cutOffAt !== "agent") operation.step("target");
  await takeTargetBack(ports, entry, cutOffAt === "target").catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    refused.push(error);
  });
  const target = refused.length === 0;
  if (target) await restack(ports, entry);
  operation.step("agent");
  await takeAgentBack(ports, entry, cutOffAt === "agent").catch((error: unknown) => {
    if (!(error instanceof StaysAsIs)) throw error;
    refused.push(error);
  });
  // A target that could not be moved for somebody's file in the way can be tried again.
  if (target) await forget();
  else operation.end();
  return { target, refused };
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
