// An adoption, carried out: the record first, then the session is tagged or made. A failure takes back exactly that.
import { rmSync, writeFileSync, mkdirSync } from "node:fs";
import { Cancelled, ProcessError, UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { beginOperation, forgetOperation, type JournalEntry, type Operation } from "../../ports/journal";
import { findProgram } from "../../ports/process";
import type { Store } from "../../ports/store";
import { releaseSession, tagSession } from "../../ports/tmux/adopted";
import { NoServer, type Tmux } from "../../ports/tmux/call";
import { endSession, listFleetPanes, type SessionOption } from "../../ports/tmux/sessions";
import { tail } from "../create/apply";
import { followStart, StartFailure } from "../create/follow";
import { endAgentProcesses } from "../end-processes";
import { agentDirectory, type Launch, launchSession, sessionOptions, titleCommands, writeLaunchFiles, writeRecord } from "../launch";
import { freeSlot } from "../naming";
import { unreadableEntry } from "../recovery";
import { setupLogPath } from "../setup";
import type { Adoption } from "./facts";
import type { AdoptPlan } from "./plan";

export interface AdoptMeans {
  tmux: Tmux;
  store: Store;
  env: Record<string, string | undefined>;
}

/** Returns the name of its session. Throws UserError with nothing of the agent left, and nothing else touched. */
export async function applyAdopt(means: AdoptMeans, { plan, kind }: Adoption, size: Launch["size"], signal: AbortSignal): Promise<string> {
  const { store } = means;
  const { record } = plan;
  const launch: Launch = {
    record, kind, size, setup: [], prompt: null, first: plan.first,
    extra: [...kind.flags, ...record.args],
    fleet: process.execPath,
    tmuxBinary: findProgram("tmux", means.env["PATH"]) ?? "tmux",
  };
  const operation = beginOperation(store.home, record.id, "adopt", { record });
  try {
    await remember(store, record);
    mkdirSync(agentDirectory(store, record.id), { recursive: true, mode: 0o700 });
    const name = plan.pane === null ? await makeSession(means, launch, operation, signal) : await takeSession(means, plan, launch, operation);
    operation.end();
    return name;
  } catch (error) {
    await takeBack(means, plan);
    operation.end();
    if (!(error instanceof StartFailure)) throw error;
    throw new UserError(error.message, { detail: error.detail, hint: plan.first ? `fleet adopt ${shellWord(record.worktree)} -a KIND` : `fleet adopt ${shellWord(record.worktree)} --new   (without its last conversation)` });
  }
}

/** Two adoptions of one place at once: the second is refused within the update. */
async function remember(store: Store, record: AgentRecord): Promise<void> {
  let taken = false;
  await store.update((state) => {
    const others = Object.values(state.agents);
    taken = others.some((other) => other.worktree === record.worktree || (other.repo === record.repo && other.branch === record.branch));
    if (taken) return;
    record.slot = freeSlot(others.map(({ slot }) => slot));
    state.agents[record.id] = record;
  });
  if (taken) throw new UserError(`another command has just made it an agent: ${oneLine(record.branch)}`, { hint: `fleet attach ${shellWord(record.branch)}` });
}

async function makeSession({ tmux, store }: AdoptMeans, launch: Launch, operation: Operation, signal: AbortSignal): Promise<string> {
  const { id } = launch.record;
  operation.step("session");
  writeLaunchFiles(store, launch);
  const { name } = await launchSession(tmux, store, launch);
  const log = setupLogPath(store, id);
  if ((await followStart(tmux, id, { onStep() {}, signal, setupLog: log, lastLines: () => tail(log, 20) })) === "aborted") throw new Cancelled();
  return name;
}

async function takeSession({ tmux, store }: AdoptMeans, { pane, tag, record }: AdoptPlan, launch: Launch, operation: Operation): Promise<string> {
  operation.step("tag");
  writeRecord(store, record);
  // Whatever starts it again takes its conversation up.
  writeFileSync(`${agentDirectory(store, record.id)}/started`, "", { mode: 0o600 });
  if (!(await tagAdopted(tmux, store, launch, pane!, tag))) throw new UserError(`its session is another one by now: ${oneLine(pane!.sessionName)}`, { hint: "fleet adopt …   (again)" });
  return pane!.sessionName;
}

/** Make the session the agent's: its program was not started by fleet, so what it is at is looked up. */
async function tagAdopted(tmux: Tmux, store: Store, launch: Launch, pane: { session: string; pane: string; pid: number }, tag: AdoptPlan["tag"]): Promise<boolean> {
  const options: Partial<Record<SessionOption, string>> = { ...sessionOptions(launch), status: "unknown", step: "", source: "process", adopted: tag };
  return tagSession(tmux, pane, options, titleCommands(pane.pane, { ...launch, prompt: null }, store.home));
}

/** What of it is there goes. Its session is ended only where this call made it. */
async function takeBack({ tmux, store }: AdoptMeans, { record, pane }: AdoptPlan): Promise<void> {
  try {
    const panes = ((await listFleetPanes(tmux)) ?? []).filter(({ options }) => options.id === record.id);
    if (pane !== null) await releaseSession(tmux, pane, record.id);
    else if (panes[0]) {
      await endAgentProcesses(panes.map(({ panePid }) => panePid), record);
      await endSession(tmux, panes[0].session, record.id);
    }
  } catch (error) {
    if (!(error instanceof ProcessError) && !(error instanceof NoServer) && !(error instanceof UserError)) throw error;
  }
  await forget(store, record);
}

async function forget(store: Store, { id }: AgentRecord): Promise<void> {
  await store.update((state) => void delete state.agents[id]);
  rmSync(agentDirectory(store, id), { recursive: true, force: true });
}

/** Of an adoption whose process died: with a session it is whole, without one it is taken back. May be called again at any point. */
export async function recoverAdopt({ tmux, store }: Pick<AdoptMeans, "tmux" | "store">, { id, facts }: JournalEntry): Promise<string> {
  const record = facts["record"] as AgentRecord | undefined;
  if (record?.id !== id || typeof record.branch !== "string") throw unreadableEntry(store, id);
  const there = ((await listFleetPanes(tmux)) ?? []).some(({ options }) => options.id === id);
  if (!there) await forget(store, record);
  forgetOperation(store.home, id);
  return there ? `completed: ${oneLine(record.branch)} is an agent` : `undone: ${oneLine(record.branch)} is no agent, and its worktree is as it was`;
}
