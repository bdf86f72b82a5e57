// Bringing a stopped or exited agent back: its session again, its program with its conversation where it can.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import { claimOperation } from "../ports/journal";
import { findProgram } from "../ports/process";
import type { ForeignPane } from "../ports/tmux/restored";
import { releaseSession } from "../ports/tmux/adopted";
import { endSession } from "../ports/tmux/sessions";
import type { ResolvedKind } from "../kinds/index";
import { type AgentPorts, loadAgents, runningWrappers } from "./agents";
import { agentDirectory, type Launch, launchSession, writeLaunchFiles } from "./launch";
import { endAgentProcesses } from "./end-processes";
import { pathWithProgram } from "./programs";
import { paneOfWrapper, tagRestored, takeRestored } from "./restored";

/** Why this agent can't be started, or null. Pure but for the look at its worktree. */
export function refuseStart(agent: Agent, worktreeExists: boolean): UserError | null {
  const name = oneLine(agent.branch);
  if (agent.status === "unknown" && agent.session === null) return new UserError(`${name} is not stopped: ${agent.reason ?? "no evidence"}`, { hint: "fleet doctor" });
  if (agent.status !== "stopped" && agent.status !== "exited" && agent.status !== "queued") return new UserError(`already running: ${name} is ${agent.status}`, { hint: `fleet attach ${shellWord(agent.branch)}` });
  if (!worktreeExists) return new UserError(`the worktree of ${name} is gone: ${agent.record.worktree}`, { hint: "fleet doctor" });
  return null;
}

export interface StartPorts extends AgentPorts {
  env: Record<string, string | undefined>;
}

/** Start one agent again. Its ended session, which holds only the wrapper's menu, makes way. */
export async function startAgent(ports: StartPorts, agent: Agent, kind: ResolvedKind, size: Launch["size"]): Promise<void> {
  const operation = claimOperation(ports.store.home, agent.record.id, "start", { record: agent.record });
  try {
    // Looked at anew: another start, or a kill, may have been between.
    const now = (await loadAgents(ports)).find((one) => one.record.id === agent.record.id);
    if (!now) throw new UserError(`no such agent any more: ${oneLine(agent.branch)}`, { hint: "fleet undo --list" });
    await startClaimed(ports, now, kind, size);
  } finally {
    operation.end();
  }
}

async function startClaimed(ports: StartPorts, agent: Agent, kind: ResolvedKind, size: Launch["size"]): Promise<void> {
  const { tmux, store, env } = ports;
  const { record } = agent;
  const restored = agent.status === "unknown" && agent.session === null ? await runsInPane(ports, record.id) : null;
  const refusal = restored ? null : refuseStart(agent, existsSync(record.worktree));
  if (refusal) throw refusal;
  const path = findProgram(kind.program, record.path) ? record.path : await pathWithProgram(kind, env, store);
  const directory = agentDirectory(store, record.id);
  const setup = readList(`${directory}/setup.json`);
  const keeps = kind.picksConversation && kind.transcript?.is === "lines" && existsSync(`${directory}/started`);
  const anew = keeps ? (await import("./fork/words")).beginAgain(ports, record, kind) : null;
  if (anew && !restored) rmSync(`${directory}/started`, { force: true });
  const launch: Launch = {
    record: { ...record, path },
    kind,
    extra: [...kind.flags, ...record.args],
    prompt: readText(`${directory}/prompt`),
    setup: existsSync(`${directory}/ready`) ? [] : setup,
    // A program that never ran still has its first prompt before it.
    first: !existsSync(`${directory}/started`),
    begin: anew?.begin,
    fleet: process.execPath,
    tmuxBinary: findProgram("tmux", env["PATH"]) ?? "tmux",
    size,
  };
  if (restored) {
    await tagRestored(tmux, store, launch, restored);
    await store.update((state) => void (state.agents[record.id] = { ...record, socket: tmux.socket }));
    return;
  }
  // A session of somebody's own, in which the program has ended, stays theirs: the agent gets one of its own.
  if (agent.session && agent.sessionAdopted) await releaseSession(tmux, { session: agent.session, pane: agent.pane! }, record.id);
  else if (agent.session) await endSession(tmux, agent.session, record.id);
  // A tmux server that was killed may have left programs of it behind: beside a new one they would be a second agent.
  else await endAgentProcesses([], record);
  rmSync(`${directory}/screen`, { force: true });
  writeLaunchFiles(store, launch);
  // Before the session: on a full disk nothing has been started yet.
  await store.update((state) => void (state.agents[record.id] = { ...launch.record, socket: tmux.socket }));
  // In a worktree that was there before, an idle shell may be anybody's.
  if (record.adopted || !(await takeRestored(tmux, store, launch))) await launchSession(tmux, store, launch);
}

/** Its own script runs, in a session that was brought back by somebody else. */
async function runsInPane({ tmux, store }: StartPorts, id: string): Promise<ForeignPane | null> {
  const wrapper = (await runningWrappers(store)).get(id);
  return wrapper === undefined ? null : paneOfWrapper(tmux, wrapper);
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function readList(file: string): string[] {
  const text = readText(file);
  return text === null ? [] : (JSON.parse(text) as string[]);
}
