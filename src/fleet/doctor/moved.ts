// Agents whose repository was moved: git's own record of the worktree, with the agent's mark in it, says where it is now.
import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { oneLine } from "../../base/text";
import { pointedAt } from "../../ports/git/head";
import { registrationOf } from "../../ports/git/made";
import { findRepo } from "../../ports/git/repo";
import { readWorktree } from "../../ports/git/worktree-state";
import { madeFor, repairWorktree } from "../../ports/git/worktrees";
import { type FleetPane, pathOption, tellSessions } from "../../ports/tmux/sessions";
import { batches, saveBatch, withBatches } from "../batch/record";
import { agentDirectory } from "../launch";
import type { DoctorPorts, Finding } from "./check";

/** null where nobody can tell: the repo that the worktree points at, and the one that doctor is called in, have no record of it. */
export function movedFinding(ports: DoctorPorts, record: AgentRecord, panes: readonly FleetPane[]): Finding | null {
  const common = [pointedRepo(record.worktree), ports.repo?.common ?? null].find((common) => common !== null && isRecorded(common, record));
  if (!common) return null;
  const name = oneLine(record.branch);
  return {
    status: "warn",
    what: `the repository of ${name} was moved: from ${record.repo} to ${common}`,
    hint: "fleet doctor --fix",
    things: [record.worktree],
    fix: () => follow(ports, record, common, panes),
  };
}

function pointedRepo(worktree: string): string | null {
  try {
    const admin = pointedAt(worktree);
    return admin && existsSync(admin) ? dirname(dirname(admin)) : null;
  } catch {
    return null;
  }
}

/** A copy of the repository has the same record: one whose worktree points at a repository that is there stays with that. */
function isRecorded(common: string, record: AgentRecord): boolean {
  const pointed = pointedRepo(record.worktree);
  if (pointed !== null && pointed !== common) return false;
  const registration = registrationOf(common, record.worktree);
  return registration !== null && isOf(record, madeFor(registration.dir));
}

/** One that was there before its agent has no mark of it. */
function isOf(record: AgentRecord, mark: string | null): boolean {
  return record.adopted ? mark === null : mark === record.id;
}

async function follow({ git, store, tmux }: DoctorPorts, record: AgentRecord, common: string, panes: readonly FleetPane[]): Promise<string> {
  // The old place may have come back since: a disk that was mounted.
  if (existsSync(record.repo)) throw new UserError(`its repository is there again: ${record.repo}`);
  await repairWorktree(git, common, record.worktree);
  const state = await readWorktree(git, common, record.worktree);
  if ("refused" in state) throw new UserError(state.refused);
  if (!isOf(record, state.madeFor)) throw new UserError("another worktree is there");
  const main = (await findRepo(git, record.worktree))?.main ?? common;
  const place = { repo: common, main };
  await store.update((stored) => {
    const now = stored.agents[record.id];
    if (now) stored.agents[record.id] = { ...now, ...place };
  });
  writeFileSync(`${agentDirectory(store, record.id)}/record.json`, JSON.stringify({ ...record, ...place }), { mode: 0o600 });
  await tellSessions(tmux, panes.filter((pane) => pane.options.id === record.id && pane.pane === pane.options.pane).map(({ session }) => ({ session, options: { repo: pathOption(common) } })));
  await withBatches(store, () => batches(store).filter((batch) => batch.id === record.batch && batch.repo === record.repo).forEach((batch) => saveBatch(store, { ...batch, ...place })));
  return `followed: ${oneLine(record.branch)} belongs to ${main} now`;
}
