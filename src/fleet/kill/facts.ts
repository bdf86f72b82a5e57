// What must be known of an agent before it may be killed. A question without an answer is null, and null is not safe.
import { existsSync, lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { ProcessError, UserError } from "../../base/errors";
import type { Agent, AgentRecord } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { mergeBase } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import { placeOf, registrationOf } from "../../ports/git/made";
import { readWorktree, type WorktreeState } from "../../ports/git/worktree-state";
import { branchAt } from "../../ports/git/worktrees";
import { canRename, mountsBelow } from "../../ports/move";
import type { Tmux } from "../../ports/tmux/call";
import { paneCommands } from "../../ports/tmux/panes";
import type { FleetPane } from "../../ports/tmux/sessions";
import { trashFolder } from "../trash";

export interface OtherPane {
  pane: string;
  /** The program that runs in it. */
  command: string;
}

export interface KillFacts {
  agent: Agent;
  /** `orphan`: the repository is not there, so that nothing can be saved or removed. `gone`: neither the directory nor git's record of it is there, or only git's. `refused` says why fleet may not move it. `adopted`: it was there before the agent, and stays whatever it holds. */
  worktree: WorktreeState | { adopted: true } | { refused: string; hint?: string } | { gone: true; admin: string | null } | { orphan: true };
  /** The commit of the agent's branch, and another checkout that has it ("" when none); null when there is no such branch. */
  tip: { oid: string; elsewhere: string } | null;
  /** The branch holds nothing of its own: no commit since its base. null when git had no answer. */
  empty: boolean | null;
  /** Its base has all its commits. */
  merged: boolean | null;
  /** Other agents that start from its branch. */
  stacked: string[];
  /** Panes of the session besides the agent's own: a person's. */
  otherPanes: OtherPane[];
  /** One rename can take the worktree to the trash. */
  movable: boolean;
  /** The caller stands in the worktree, and not in a pane of the agent's own session. */
  callerInside: boolean;
}

export interface Around {
  panes: readonly FleetPane[];
  records: readonly AgentRecord[];
  cwd: string;
  /** The agent in whose session the caller stands; null outside. */
  caller: string | null;
}

/** Throws UserError where git can't tell. */
export async function gatherKillFacts(ports: { git: Git; tmux: Tmux }, agent: Agent, around: Around): Promise<KillFacts> {
  try {
    return await gather(ports, agent, around);
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    const what = error.timedOut ? "did not answer in time" : error.stderr.trim();
    throw new UserError(`nothing of ${oneLine(agent.branch)} is touched, because ${error.argv[0]} can't tell about it`, { detail: what || error.message, hint: "fleet doctor" });
  }
}

async function gather(ports: { git: Git; tmux: Tmux }, agent: Agent, around: Around): Promise<KillFacts> {
  const { git } = ports;
  const { record } = agent;
  const repoThere = existsSync(record.repo);
  const [worktree, tip, baseTip, otherPanes] = await Promise.all([
    worktreeOf(git, record, around.records),
    repoThere ? branchAt(git, record.repo, record.branch) : null,
    repoThere && record.base.branch !== null ? branchAt(git, record.repo, record.base.branch) : null,
    panesBeside(ports.tmux, agent, around.panes),
  ]);
  const base = baseTip?.oid ?? record.base.commit;
  return {
    agent,
    worktree,
    tip: tip && { oid: tip.oid, elsewhere: isSamePath(tip.worktree, record.worktree) ? "" : tip.worktree },
    empty: tip === null || !record.base.commit ? null : tip.oid === record.base.commit,
    merged: tip === null || !base ? null : (await mergeBase(git, record.repo, tip.oid, base)) === tip.oid,
    stacked: around.records.filter((other) => other.id !== record.id && other.repo === record.repo && other.base.branch === record.branch).map((other) => other.branch),
    otherPanes,
    movable: "admin" in worktree && worktree.admin !== null && existsSync(record.worktree) ? canRename(record.worktree, trashFolder({ id: record.id, record })) : true,
    callerInside: around.caller !== record.id && isInside(around.cwd, record.worktree),
  };
}

async function worktreeOf(git: Git, record: AgentRecord, records: readonly AgentRecord[]): Promise<KillFacts["worktree"]> {
  const { repo, worktree } = record;
  if (record.adopted) return { adopted: true };
  if (!existsSync(repo)) return { orphan: true };
  if (lstatSync(worktree, { throwIfNoEntry: false })) {
    const state = await readWorktree(git, repo, worktree);
    if (!("admin" in state)) return existsSync(join(worktree, ".git")) || !registrationOf(repo, worktree) ? state : { ...state, hint: `git -C ${shellWord(record.main)} worktree repair` };
    if (state.madeFor === record.id) return mounted(worktree) ?? othersWithin(record, records) ?? state;
    return { refused: state.madeFor === null ? "fleet did not make it: another worktree has taken its place" : `it is another agent's now: ${state.madeFor}` };
  }
  const registration = registrationOf(repo, worktree);
  const moved = registration ? null : placeOf(repo, record.id);
  if (moved !== null) return { refused: `it was moved: ${moved}`, hint: `git -C ${shellWord(record.main)} worktree move ${shellWord(moved)} ${shellWord(worktree)}` };
  // A disk that is not mounted looks like this, too.
  if (registration && !existsSync(dirname(worktree))) return { refused: `its disk may be missing: no ${dirname(worktree)}, but git still has it on record` };
  if (registration?.locked) return { refused: `it is locked (${registration.locked}), and not there` };
  return { gone: true, admin: registration?.dir ?? null };
}

/** An agent that works on in it would be moved to the trash with it. */
function othersWithin({ worktree }: AgentRecord, records: readonly AgentRecord[]): { refused: string; hint: string } | null {
  const other = records.find((one) => one.worktree.startsWith(`${worktree}/`) && existsSync(one.worktree));
  return other === undefined ? null : { refused: `that of another agent lies in it: ${oneLine(other.branch)}`, hint: `fleet kill ${shellWord(other.branch)}   (first)` };
}

/** What is mounted in it would go to the trash with it, and a purge would empty it. */
function mounted(worktree: string): { refused: string; hint: string } | null {
  const [mount] = mountsBelow(worktree);
  return mount === undefined ? null : { refused: `something is mounted in it: ${oneLine(mount)}`, hint: `umount ${shellWord(mount)}` };
}

async function panesBeside(tmux: Tmux, { record, session }: Agent, panes: readonly FleetPane[]): Promise<OtherPane[]> {
  const others = panes.filter((pane) => pane.options.id === record.id && pane.pane !== pane.options.pane);
  if (others.length === 0 || session === null) return [];
  const commands = await paneCommands(tmux, session);
  return others.map(({ pane }) => ({ pane, command: commands.get(pane) ?? "" }));
}

function isSamePath(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

function isInside(cwd: string, worktree: string): boolean {
  try {
    const [here, there] = [realpathSync(cwd), realpathSync(worktree)];
    return here === there || here.startsWith(`${there}/`);
  } catch {
    return false;
  }
}
