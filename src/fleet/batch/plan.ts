// A batch, planned whole: every branch, base and program is checked before the first worktree is made.
import { UserError } from "../../base/errors";
import type { Base, Repo } from "../../base/model";
import { oneLine } from "../../base/text";
import { type ResolvedKind, resolveKind } from "../../kinds/index";
import { branchFactsOf } from "../../ports/git/branches";
import type { CreatePorts } from "../create/apply";
import { type CreateWish, prepareCreate } from "../create/create";
import { findBase } from "../create/facts";
import { titleOfIssue } from "../naming";
import type { CreatePlan } from "../create/plan";
import { inPool } from "../pool";
import { pathWithProgram } from "../programs";
import type { Settings } from "../settings";
import { listed } from "./names";
import type { Task } from "./tasks";

export interface Planned {
  wish: CreateWish;
  plan: CreatePlan;
}

export interface BatchGround {
  repo: Repo;
  settings: Settings;
  setup: readonly string[];
  batch: string;
  args: readonly string[];
}

const SHOWN = 20;

/** Plans in the order of `tasks`. All refusals are gathered into one UserError. */
export async function planBatch(ports: CreatePorts, ground: BatchGround, tasks: readonly Task[]): Promise<Planned[]> {
  const { git, store, env } = ports;
  const { repo, settings } = ground;
  // git is asked once for all branches, and once for each base and program that tasks share.
  const branches = branchFactsOf(git, repo.top, tasks.map((task) => task.branch));
  const agents = store.agents();
  const base = once((ref): Promise<Base> => findBase(git, repo, ref, agents));
  const path = once((kind) => pathWithProgram(resolveKind(kind, settings.kinds), env, store));
  const planned: Planned[] = [];
  const refusals = new Map<number, UserError>();
  const jobs = tasks.map((task, i) => async () => {
    try {
      const kind = resolveKind(task.kind ?? settings.values["agent.default"], settings.kinds);
      const wish = wishOf(ground, task, kind, {
        branch: branches.then((all) => all.get(task.branch)!),
        base: base(task.base ?? settings.values["create.base"]),
        path: path(kind.name),
      });
      planned[i] = { wish, plan: await prepareCreate(ports, wish) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refusals.set(i, error);
    }
  });
  await inPool(navigator.hardwareConcurrency, jobs);
  if (refusals.size === 0) return planned;
  throw refusal(tasks, refusals);
}

/** What is refused for one reason is said once, under all names. */
function refusal(tasks: readonly Task[], refusals: ReadonlyMap<number, UserError>): UserError {
  const sorted = [...refusals].sort(([a], [b]) => a - b);
  const reasons = new Map<string, string[]>();
  for (const [i, { message }] of sorted) reasons.set(message, [...(reasons.get(message) ?? []), oneLine(tasks[i]!.branch)]);
  const lines = [...reasons].map(([message, names]) => `${listed(names)}: ${message}`);
  const more = lines.length > SHOWN ? [`and ${lines.length - SHOWN} more`] : [];
  return new UserError(`nothing was started: ${sorted.length} of ${tasks.length} can't be`, { detail: [...lines.slice(0, SHOWN), ...more].join("\n"), hint: sorted[0]![1].hint });
}

/** `ask`, once for each word; a refusal is the answer of all who ask. */
function once<T>(ask: (word: string) => Promise<T>): (word: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (word) => {
    let answer = answers.get(word);
    if (!answer) {
      answers.set(word, (answer = ask(word)));
      // Whoever asked may be refused for another reason first.
      answer.catch(() => {});
    }
    return answer;
  };
}

function wishOf({ repo, settings, setup, batch, args }: BatchGround, task: Task, kind: ResolvedKind, early: CreateWish["early"]): CreateWish {
  return {
    branch: task.branch,
    prompt: task.prompt,
    existing: false,
    batch,
    args,
    repo,
    kind,
    extra: [...kind.flags, ...args],
    settings,
    base: task.base ?? undefined,
    setup,
    early,
    ...(task.issue ? { issue: task.issue.number, title: titleOfIssue(task.issue) } : {}),
  };
}
