// A batch, planned whole: every branch, base and program is checked before the first worktree is made.
import { UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { oneLine } from "../../base/text";
import { resolveKind } from "../../kinds/index";
import { branchFacts } from "../../ports/git/branches";
import type { CreatePorts } from "../create/apply";
import { type CreateWish, prepareCreate } from "../create/create";
import type { CreatePlan } from "../create/plan";
import { inPool } from "../pool";
import type { Settings } from "../settings";
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

/** Plans in the order of `tasks`. All refusals are gathered into one UserError. */
export async function planBatch(ports: CreatePorts, ground: BatchGround, tasks: readonly Task[]): Promise<Planned[]> {
  const planned: Planned[] = [];
  const refusals: string[] = [];
  let hint: string | undefined;
  const jobs = tasks.map((task, i) => async () => {
    try {
      const wish = wishOf(ports, ground, task);
      planned[i] = { wish, plan: await prepareCreate(ports, wish) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refusals.push(`${oneLine(task.branch)}: ${error.message}`);
      hint ??= error.hint;
    }
  });
  await inPool(navigator.hardwareConcurrency, jobs);
  if (refusals.length === 0) return planned;
  throw new UserError(`nothing was started: ${refusals.length} of ${tasks.length} can't be`, { detail: refusals.join("\n"), hint });
}

function wishOf({ git }: CreatePorts, ground: BatchGround, task: Task): CreateWish {
  const { repo, settings, setup, batch, args } = ground;
  const kind = resolveKind(task.kind ?? settings.values["agent.default"], settings.kinds);
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
    early: { branch: branchFacts(git, repo.top, task.branch) },
  };
}
