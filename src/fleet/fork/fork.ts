// One fork, from a name to a plan of create that has its worktree filled and its conversation begun with a copy.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../base/errors";
import type { Agent, AgentRecord } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { type ResolvedKind, resolveKind } from "../../kinds/index";
import { branchNames } from "../../ports/git/branches";
import { type Copied, copyState, countChanges, HeadMoved, type Stand } from "../../ports/git/copy-state";
import { registrationOf } from "../../ports/git/made";
import { headOf } from "../../ports/git/ref";
import { findRepo } from "../../ports/git/repo";
import { underWay } from "../../ports/git/worktree-state";
import { type CreateWish, prepareCreate } from "../create/create";
import { askEarly } from "../create/facts";
import { type GroundMeans, loadGround } from "../create/ground";
import type { CreatePorts } from "../create/apply";
import type { CreatePlan } from "../create/plan";
import { titleOf } from "../naming";
import { forkConversation, planFork } from "./plan";
import { forkedOf } from "./words";

export type ForkMeans = CreatePorts & GroundMeans & { now(): number };

export interface ForkWish {
  source: Agent;
  branch: string | undefined;
  prompt: string | null;
  kind: string | undefined;
  noSetup: boolean;
}

export interface Fork {
  plan: CreatePlan;
  wish: CreateWish;
  /** Why a new conversation begins; null: it is a copy. */
  anew: string | null;
  /** Paths that differ from the commit. */
  changed: number;
  /** What the copy came to, once it was made. */
  copied(): Copied | null;
}

/** Look, and decide. Throws UserError. */
export async function prepareFork(means: ForkMeans, { source, branch: wanted, prompt, kind: kindName, noSetup }: ForkWish): Promise<Fork> {
  const { git, store } = means;
  const { record } = source;
  const worktreeThere = existsSync(join(record.worktree, ".git")) && existsSync(record.repo);
  const admin = worktreeThere ? (registrationOf(record.repo, record.worktree)?.dir ?? null) : null;
  const from: Stand = { tree: record.worktree, admin: admin ?? "", common: record.repo };
  const head = admin === null ? null : await headOf(git, record.worktree);
  const early = wanted === undefined || admin === null ? null : askEarly(git, record.repo, wanted);
  const [names, found] = await Promise.all([admin === null ? [] : branchNames(git, record.repo, ""), early?.branch ?? null]);
  const taken = new Set([...names, ...store.agents().filter(({ repo }) => repo === record.repo).map(({ branch }) => branch)]);
  const branch = planFork(wanted, { source, worktreeThere: admin !== null, head, amid: admin === null ? null : underWay(admin), taken, clash: found?.clashes[0] ?? null });
  const repo = await findRepo(git, record.worktree);
  if (!repo) throw new UserError(`not a git worktree any more: ${record.worktree}`, { hint: "fleet doctor" });
  const { settings, setup } = await loadGround(means, repo, noSetup);
  const kind = resolveKind(kindName ?? record.kind, settings.kinds);
  const sourceKind = kindName === undefined ? kind : knownKind(record.kind, settings.kinds);
  const conversation = sourceKind === null ? { why: `its own kind is not in the config any more: ${oneLine(record.kind)}` } : forkConversation(sourceKind, kind, forkedOf(means, record, sourceKind));
  const [args, base] = [kind.name === record.kind ? record.args : [], { ...record.base }];
  let copied: Copied | null = null;
  const wish: CreateWish = {
    branch, prompt, existing: false, batch: null, args, repo, kind, settings, setup, base: undefined,
    extra: [...kind.flags, ...args],
    early: { ...(early ?? askEarly(git, record.repo, branch)), base: Promise.resolve(base) },
    head: { commit: head!, follows: null, flag: "" },
    title: prompt === null ? record.title : titleOf(prompt),
    issue: record.issue ?? undefined,
    forkOf: record.id,
    begin: "begin" in conversation ? conversation.begin : undefined,
    fill: async (made) => void (copied = await copyInto(means, from, made, head!, source)),
  };
  const [plan, changed] = await Promise.all([prepareCreate(means, wish), countChanges(git, from)]);
  if ("begin" in conversation && !conversation.picks) plan.record.conversation = null;
  return { plan, wish, anew: "why" in conversation ? conversation.why : null, changed, copied: () => copied };
}

/** Its own kind may have gone from the config. */
function knownKind(name: string, kinds: Parameters<typeof resolveKind>[1]): ResolvedKind | null {
  try {
    return resolveKind(name, kinds);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return null;
  }
}

async function copyInto({ git }: ForkMeans, from: Stand, made: AgentRecord, head: string, source: Agent): Promise<Copied> {
  const admin = registrationOf(made.repo, made.worktree)?.dir;
  if (!admin) throw new UserError(`git has no record of the new worktree: ${made.worktree}`, { hint: "fleet doctor" });
  try {
    return await copyState(git, from, { tree: made.worktree, admin, common: made.repo }, head);
  } catch (error) {
    if (!(error instanceof HeadMoved)) throw error;
    throw new UserError(`${oneLine(source.branch)} has committed while it was copied`, { hint: `fleet fork ${shellWord(source.branch)}   (again; or fleet interrupt it first)` });
  }
}
