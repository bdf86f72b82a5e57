// What is done with attempts: keeping one, merging one, running a command in each. What goes is shown first, and the safe answer is Enter's.
import { UserError } from "../../../base/errors";
import { parseDuration } from "../../../base/duration";
import type { Agent } from "../../../base/model";
import { oneLine, stripControl, truncate } from "../../../base/text";
import { interruptSignal } from "../../../ports/interrupt";
import { choose } from "../../../ui/ask";
import { askForm } from "../../../ui/form/ask";
import { hold } from "../../../ui/hold";
import { isRunning, lastCheck, readCheck } from "../../compare/checks";
import { comparedOf, pickAttempt, pickerFor } from "../../compare/pick";
import { readCompared } from "../../compare/rows";
import type { MergeWish } from "../../merge/flow";
import { leaveWork } from "../background";
import type { Deed, Doing } from "../doing";

/** Opened from elsewhere than the list, which has it in its own place. */
export const compare: Deed = async (doing) => {
  const { agents, all, store, act } = doing;
  const compared = comparedOf(agents[0]!, all, store);
  const { said } = await pickAttempt(doing, await pickerFor(doing, act.binary), compared, { client: act.client, pane: act.pane, binary: act.binary });
  return stripControl(said);
};

/** What a person may choose before a merge: as it is, after a check, with what is not committed. */
interface Way {
  label: string;
  wish: MergeWish;
}

export const keep: Deed = async (doing) => {
  const { out, agents } = doing;
  const agent = agents[0]!;
  const name = oneLine(agent.branch);
  out.progress(`looking at what would go …\n`);
  const [{ applyKeep, planKeep }, ways] = await Promise.all([import("../../keep-flow"), waysToMerge(doing, agent)]);
  const plan = await planKeep(doing, agent, { merge: null, deleteBranch: false });
  for (const line of plan.lines) out.progress(`  ${line}\n`);
  out.progress("\n");
  const others = plan.siblings.length === 1 ? "the other one" : `the other ${plan.siblings.length}`;
  const wish = await choose<MergeWish | "none" | null>("Keep it, and end the others?", [
    { value: "none", label: "keep all" },
    { value: null, label: `keep ${name}, end ${others}`, hint: "undo brings each back" },
    ...ways.map((way) => ({ value: way.wish, label: `${way.label}, then end ${others}` })),
  ]);
  if (wish === "none") return "";
  const chosen = wish === null ? plan : await planKeep(doing, agent, { merge: wish, deleteBranch: false });
  const { merged, failed } = await applyKeep(doing, chosen, { signal: interruptSignal(), note: out.note });
  if (failed + chosen.refused > 0) throw new UserError(`${merged ? "merged" : "kept"} ${name}, but ${failed + chosen.refused} could not be ended: fleet list`);
  doing.closeView();
  return `✓ ${merged ? `merged ${name} into ${oneLine(merged.into)}` : `kept ${name}`}, ended ${others}; fleet undo NAME brings each back`;
};

export const merge: Deed = async (doing) => {
  const { out, agents, all } = doing;
  const agent = agents[0]!;
  const name = oneLine(agent.branch);
  out.progress(`looking at what a merge would meet …\n`);
  const { mergeAgent, planFor } = await import("../../merge/flow");
  const ways = await waysToMerge(doing, agent, true);
  if (ways.length === 0) return "";
  const first = await planFor(doing, agent.record.id, ways[0]!.wish);
  for (const line of first.lines) out.progress(`  ${line}\n`);
  out.progress("\n");
  const wish = await choose<MergeWish | null>("Merge it?", [{ value: null, label: "leave all as it is" }, ...ways.map((way) => ({ value: way.wish, label: way.label }))]);
  if (wish === null) return "";
  const merged = await mergeAgent(doing, await planFor(doing, agent.record.id, wish), { signal: interruptSignal(), note: out.note });
  if (!merged.killed) throw new UserError(`merged ${name} into ${oneLine(merged.into)}; it could not be ended: fleet list`);
  const left = all.filter(({ record }) => record.id !== agent.record.id && record.batch === agent.record.batch).length;
  if (left < 2) doing.closeView();
  return `✓ merged ${name} into ${oneLine(merged.into)}; fleet undo takes it back`;
};

/** Where it can't be merged there is none; why is said, or thrown. A conflict may be handed to the agent. */
async function waysToMerge(doing: Doing, agent: Agent, throws = false): Promise<Way[]> {
  const [{ planFor }, { Conflicts }] = await Promise.all([import("../../merge/flow"), import("../../merge/plan")]);
  const name = oneLine(agent.branch);
  const wish = (more: Partial<MergeWish>): MergeWish => ({ into: undefined, way: "merge", commit: false, run: null, keep: false, message: null, ...more });
  const tried = (commit: boolean) => planFor(doing, agent.record.id, wish({ commit }));
  let commit = false;
  try {
    await tried(false).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      // Work that is not committed is no obstacle where it is committed first.
      commit = true;
      return tried(true);
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (throws && error instanceof Conflicts) {
      const { settleConflict } = await import("../../merge/hand-over");
      if (await settleConflict(doing, error, { handOver: false, ask: true })) return [];
    }
    if (throws) throw error;
    doing.out.note(`${name} can't be merged now: ${oneLine(error.message)}`);
    return [];
  }
  const check = lastCheck(doing.store, [agent.record.id]);
  const verb = commit ? `merge ${name}, with what is not committed yet` : `merge ${name}`;
  return [
    { label: verb, wish: wish({ commit }) },
    ...(check ? [{ label: `${verb}, once this ends well in it: ${truncate(oneLine(check.run), 40)}`, wish: wish({ commit, run: check.run }) }] : []),
  ];
}

const HIGHEST = "the highest number is the best";
const LOWEST = "the lowest number is the best";

/** It is begun as `fleet compare --run`, and goes on when the comparison is closed. */
export const check: Deed = async (doing) => {
  const { openView, agents, all, act, store, out } = doing;
  if (!openView && agents.length === 0) throw new UserError("no agent named", { hint: "fleet compare --run CMD" });
  const { ids } = openView ? readCompared(openView) : comparedOf(agents[0]!, all, store);
  const there = all.filter(({ record }) => ids.includes(record.id)).map(({ record }) => record.id);
  if (!(await mayBegin(doing, there))) return "";
  const last = lastCheck(store, there) ?? lastCheck(store, all.map(({ record }) => record.id));
  const values = await askForm({ out, edit: async (text) => text, keepTypeahead: true }, `run a command in each of ${there.length} attempts`, [
    { name: "run", label: "command", value: last?.run ?? "", placeholder: "a line for sh: tests, lint, a benchmark", stop: true, check: (value) => (value.trim() === "" ? { text: "a command is needed", wrong: true } : null) },
    { name: "best", label: "if it prints one", value: last?.lowest ? LOWEST : HIGHEST, options: [HIGHEST, LOWEST] },
    { name: "limit", label: "end it after", value: "", placeholder: "no limit, or a time such as 90s or 10m", check: (value) => (value.trim() === "" || isTime(value) ? null : { text: "no time: 90s, 10m", wrong: true }) },
  ]);
  const run = values["run"]!.trim();
  const limit = values["limit"]!.trim();
  const words = ["compare", ...there, "--run", run, ...(values["best"] === LOWEST ? ["--lowest"] : []), ...(limit ? ["--timeout", String(parseDuration(limit, "end it after", { bare: true }))] : [])];
  leaveWork(doing, act.binary, act.client, { words, input: "", name: `compare --run ${truncate(oneLine(run), 40)}`, view: act.view ?? null });
  return "✓ it runs in each, also when this is closed";
};

/** One that runs goes on, unless the person says else. */
async function mayBegin({ store }: Doing, ids: readonly string[]): Promise<boolean> {
  const running = ids.flatMap((id) => readCheck(store, id) ?? []).filter(isRunning);
  const [first] = running;
  if (!first) return true;
  const answer = await choose(`${truncate(oneLine(first.run), 60)} runs in ${running.length} of ${ids.length}.`, [
    { value: "on" as const, label: "let it run" },
    { value: "end" as const, label: "end it" },
    { value: "again" as const, label: "end it, and run another one" },
  ]);
  if (answer === "on") return false;
  for (const pid of new Set(running.filter(isRunning).map(({ runner }) => runner.pid))) process.kill(pid, "SIGINT");
  return answer === "again";
}

function isTime(text: string): boolean {
  try {
    return parseDuration(text.trim(), "", { bare: true }) > 0;
  } catch {
    return false;
  }
}

export const output: Deed = async (doing) => {
  const text = outputOf(doing, doing.agents[0]!);
  if (text === null) return "nothing was run in it yet: t runs a command in each";
  const { showText } = await import("../../../ports/pager");
  if (!(await showText(doing.env, text, doing.env["PAGER"] || "less"))) await hold(doing.out, "no more than this; any key goes back");
};

/** What the last command printed in it; null where none was run to its end. */
export function outputOf({ store }: Pick<Doing, "store">, agent: Agent): string | null {
  const known = readCheck(store, agent.record.id);
  if (!known?.result) return null;
  const { readFileSync } = require("node:fs") as typeof import("node:fs");
  try {
    return stripControl(readFileSync(known.result.log, "utf8")) || "it printed nothing";
  } catch {
    return null;
  }
}
