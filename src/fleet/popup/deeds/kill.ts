// Ending what is marked: what each would lose stands first, and the safe answer is the one that Enter gives.
import { UserError } from "../../../base/errors";
import type { Agent } from "../../../base/model";
import { oneLine } from "../../../base/text";
import { agentOfCaller } from "../../../ports/tmux/caller";
import { listFleetPanes } from "../../../ports/tmux/sessions";
import { choose, text } from "../../../ui/ask";
import { gatherKillFacts } from "../../kill/facts";
import { type KillPlan, planKill } from "../../kill/plan";
import { leavePurge } from "../../leave-purge";
import { type Deed, type Doing, namesOf } from "../doing";

interface Planned {
  agent: Agent;
  /** What would be done; for one that has work to lose, once the word for it is given. */
  plan: KillPlan | null;
  /** Why it is not killed without more ado. */
  refusal: UserError | null;
}

/** What must be typed to discard work that is nowhere else. */
const WORD = "discard";

export const kill: Deed = async (doing) => {
  const { out, agents } = doing;
  const planned = await planEach(doing);
  for (const one of planned) tellPlan(doing, one);
  const safe = planned.filter((one) => one.plan && !one.refusal);
  const dirty = planned.filter((one) => one.plan && one.refusal);
  if (safe.length + dirty.length === 0) throw new UserError(`nothing was killed: ${oneLine(planned[0]!.refusal!.message)}`);
  out.progress("\n");
  const choices = [
    { value: "keep" as const, label: agents.length === 1 ? "keep it" : "keep all" },
    ...(safe.length > 0 ? [{ value: "safe" as const, label: `kill ${namesOf(safe.map(({ agent }) => agent))}`, hint: "undo brings back all" }] : []),
    ...(dirty.length > 0 ? [{ value: "all" as const, label: `kill ${namesOf([...safe, ...dirty].map(({ agent }) => agent))}, and discard uncommitted work of ${namesOf(dirty.map(({ agent }) => agent))}` }] : []),
  ];
  const answer = await choose(agents.length === 1 ? "Kill it?" : `Kill these ${agents.length}?`, choices);
  if (answer === "keep") return "";
  if (answer === "all") {
    const word = await text(`Type ${WORD} to discard it (Enter alone keeps all):`);
    if (word.trim() !== WORD) return "nothing was killed";
  }
  const doomed = answer === "all" ? [...safe, ...dirty] : safe;
  return killEach(doing, doomed.map(({ plan }) => plan!));
};

async function planEach(doing: Doing): Promise<Planned[]> {
  const { tmux, git, store, env, agents } = doing;
  const [panes, caller] = await Promise.all([listFleetPanes(tmux), agentOfCaller(tmux, env)]);
  const around = { panes: panes ?? [], records: store.agents(), cwd: "/", caller };
  return Promise.all(agents.map(async (agent): Promise<Planned> => {
    try {
      const facts = await gatherKillFacts({ tmux, git }, agent, around);
      try {
        return { agent, plan: planKill({ force: false, deleteBranch: false }, facts), refusal: null };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        // With the word for it; where that is not enough, it stays.
        return { agent, plan: planKill({ force: true, deleteBranch: false }, facts), refusal: error };
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { agent, plan: null, refusal: error };
    }
  }));
}

function tellPlan({ out }: Doing, { agent, plan, refusal }: Planned): void {
  out.progress(`\u001b[1m${oneLine(agent.branch)}\u001b[22m\n`);
  if (refusal) out.warn(refusal.message);
  for (const line of plan?.lines ?? []) out.progress(`  ${line}\n`);
}

async function killEach(doing: Doing, plans: readonly KillPlan[]): Promise<string> {
  const { out, tmux, git, store } = doing;
  const [{ applyKill }, { interruptSignalPastHangup }] = await Promise.all([import("../../kill/apply"), import("../../../ports/interrupt")]);
  const signal = interruptSignalPastHangup();
  // A directory that is moved is a bad place to start programs from.
  process.chdir("/");
  const sessions = new Set(plans.flatMap(({ facts }) => facts.agent.session ?? []));
  const failed: string[] = [];
  let done = 0;
  for (const plan of plans) {
    if (signal.aborted) break;
    const name = oneLine(plan.facts.agent.branch);
    out.progress(`killing ${name} …\n`);
    try {
      await applyKill({ tmux, git, store }, plan, { warn: out.warn, doomed: sessions, moved() {} });
      done++;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed.push(`${name}: ${oneLine(error.message)}`);
    }
  }
  if (done > 0) leavePurge(store.home, git.env, true);
  const agents = plans.map(({ facts }) => facts.agent);
  if (failed.length > 0) throw new UserError(`${done} of ${agents.length} killed; ${failed.join("; ")}`);
  return `✓ killed ${namesOf(agents)}; u brings ${agents.length === 1 ? "it" : "the last one"} back`;
}

export const undo: Deed = async (doing) => {
  const { git, store, tmux } = doing;
  const [{ allRemains }, { findRemains, refuseUndo }, { gatherUndoFacts }, { applyUndo }, { loadSettings }] = await Promise.all([
    import("../../undo/find"),
    import("../../undo/plan"),
    import("../../undo/facts"),
    import("../../undo/apply"),
    import("../../settings"),
  ]);
  const root = async () => (await loadSettings({ home: store.home, main: null, common: null, userHome: doing.env["HOME"] ?? "" }, () => {})).values["worktree.root"];
  const remains = await allRemains(doing, { common: null, root, passed() {} });
  const found = findRemains(remains, undefined, null);
  const { record } = found.entry;
  doing.out.progress(`bringing back ${oneLine(record.branch)} …\n`);
  refuseUndo(found, await gatherUndoFacts({ git, store }, found.entry));
  const { lacks } = await applyUndo({ git, store, tmux }, found);
  return `✓ ${oneLine(record.branch)} is back, stopped: r starts it${lacks.length > 0 ? `; without ${lacks.length} ignored files` : ""}`;
};
