// Ending several agents with one command: all are looked at and planned first, then ended one after the other.
import { Cancelled, UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine } from "../../base/text";
import type { Git } from "../../ports/git/call";
import { limitGit } from "../../ports/git/limit";
import { interruptSignalPastHangup } from "../../ports/interrupt";
import type { Store } from "../../ports/store";
import type { Tmux } from "../../ports/tmux/call";
import { agentOfCaller } from "../../ports/tmux/caller";
import { tellClients } from "../../ports/tmux/clients";
import { listFleetPanes } from "../../ports/tmux/sessions";
import type { Out } from "../../ui/out";
import { refuseForeign } from "../driven";
import { leavePurge } from "../leave-purge";
import { applyKill } from "./apply";
import { gatherKillFacts } from "./facts";
import { type KillPlan, type KillRequest, otherBranch, planKill } from "./plan";
import { type Left, leftText, undoCommand } from "./tell";

export interface KillMeans {
  git: Git;
  tmux: Tmux;
  store: Store;
  env: Record<string, string | undefined>;
  cwd: string;
  out: Out;
}

/** No question to git may take longer. */
const GIT_MS = 60_000;

/** Refusals are shown under their names; the rest goes on. One agent alone throws its own, unless `several` says else. */
export async function planKills(ctx: KillMeans, agents: readonly Agent[], request: KillRequest, several = agents.length > 1): Promise<{ plans: KillPlan[]; refused: number }> {
  const ports = { tmux: ctx.tmux, git: limitGit(ctx.git, () => GIT_MS) };
  const [panes, caller] = await Promise.all([listFleetPanes(ctx.tmux), agentOfCaller(ctx.tmux, ctx.env)]);
  refuseForeign(ctx.env, agents, "kill", (id) => panes?.find((pane) => pane.options.id === id)?.options.pane);
  const around = { panes: panes ?? [], records: ctx.store.agents(), cwd: ctx.cwd, caller };
  const plans: KillPlan[] = [];
  let refused = 0;
  for (const agent of agents) {
    try {
      plans.push(planKill(request, await gatherKillFacts(ports, agent, around)));
    } catch (error) {
      if (!several || !(error instanceof UserError)) throw error;
      refused++;
      ctx.out.error(error.message, error.hint, error.detail);
    }
  }
  return { plans, refused };
}

export interface Asked {
  /** How many were named, those that were refused with them. */
  asked: number;
  /** The batch whose agents these are, if they are. */
  batch: string | undefined;
}

/** Returns how many were not killed. One agent alone throws its own refusal. */
export async function killAll(ctx: KillMeans, plans: readonly KillPlan[], { asked, batch }: Asked = { asked: plans.length, batch: undefined }): Promise<number> {
  const signal = interruptSignalPastHangup();
  // A directory that is moved or removed is a bad place to start programs from.
  process.chdir("/");
  const doomed = new Set(plans.flatMap(({ facts }) => facts.agent.session ?? []));
  const clients = new Set<string>();
  const left: Left = { branches: [], worktrees: [], refs: [] };
  let done = 0;
  const back: string[] = [];
  let error: unknown;
  for (const plan of plans) {
    const { agent } = plan.facts;
    const name = oneLine(agent.branch);
    if (signal.aborted) break;
    try {
      const killed = await applyKill(ctx, plan, { warn: ctx.out.warn, doomed, moved: (names) => names.forEach((client) => clients.add(client)) });
      done++;
      if (killed.ignoredLost) ctx.out.warn(`${name}: its directory could not be moved, so ignored files are gone; all else is saved`);
      if (!killed.branchDeleted && plan.facts.tip !== null) left.branches.push(oneLine(agent.record.branch));
      const other = otherBranch(plan.facts);
      if (other !== null) left.branches.push(oneLine(other));
      if (killed.ref !== null) left.refs.push(killed.ref);
      if ("adopted" in plan.facts.worktree) left.worktrees.push(oneLine(agent.record.worktree));
      if (killed.undoable) back.push(agent.record.id);
    } catch (thrown) {
      error = thrown;
      if (plans.length === 1 || !(thrown instanceof UserError)) break;
      ctx.out.error(`${name}: ${thrown.message}`, thrown.hint, thrown.detail);
    }
  }
  const only = asked === 1 ? oneLine(plans[0]!.facts.agent.branch) : `${done} of ${asked} agents`;
  const undo = undoCommand(back, batch);
  if (done > 0) {
    ctx.out.done(`killed: ${only}${leftText(left)}`);
    // Without anything saved there is nothing to come back to.
    if (back.length > 0) ctx.out.hint(undo);
    leavePurge(ctx.store.home, ctx.git.env, true);
  }
  // Whoever looked at a session that is gone reads it where they are now: the pane this was typed in may be gone too.
  if (error instanceof UserError) await tellClients(ctx.tmux, [...clients], error.message);
  else if (done > 0) await tellClients(ctx.tmux, [...clients], `killed: ${only}${back.length > 0 ? `; ${undo} brings ${done === 1 ? "it" : "them"} back` : ""}`);
  if (error !== undefined && (plans.length === 1 || !(error instanceof UserError))) throw error;
  if (signal.aborted && done < plans.length) throw new Cancelled();
  return plans.length - done;
}
