// Creates, and undoings of creates, whose process died: what of them is there, and how each is completed or taken back.
import { existsSync } from "node:fs";
import { UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { branchMadeBy, emptyRegistrations, registrationOf } from "../../ports/git/made";
import { brokenOperations, forgetOperation, type JournalEntry } from "../../ports/journal";
import { processesIn, processesNaming, type RunningProcess } from "../../ports/process-arguments";
import { openTmux, type Tmux } from "../../ports/tmux/call";
import { listFleetPanes } from "../../ports/tmux/sessions";
import { type Made, undoCreate } from "../create/undo";
import { agentDirectory } from "../launch";
import { requireRepo } from "../recovery";
import { operationName, recordOf } from "../unfinished";
import { type Check, type DoctorPorts, type Finding, ok } from "./check";
import { RECOVERIES } from "./recoveries";

// A git that outlived its fleet ends by itself: a large checkout takes seconds.
const GIT_MS = 20_000;
const OTHERS_MS = 2_000;

export const unfinishedCheck: Check = {
  title: "unfinished",
  async run(ports) {
    const broken = brokenOperations(ports.store.home);
    if (broken.length === 0) return [ok("nothing is half done")];
    // A batch after its agents: whether any is left of it is known then.
    const order = [...broken].sort((a, b) => Number(a.operation === "batch") - Number(b.operation === "batch"));
    return Promise.all(order.map((entry) => findingOf(ports, entry)));
  },
};

async function findingOf(ports: DoctorPorts, entry: JournalEntry): Promise<Finding> {
  const record = recordOf(entry);
  const journal = ports.store.path("journal", `${entry.id}.json`);
  const what = `${oneLine(entry.operation)} of ${operationName(entry)} was cut off at "${oneLine(entry.step)}" (${oneLine(entry.at)})`;
  const recovery = RECOVERIES[entry.operation];
  if (recovery) return { status: "warn", what, ...(await recovery(ports, entry, record)) };
  if (!record || !/^(undo )?create$/.test(entry.operation)) {
    return { status: "warn", what, things: [journal], hint: `cat ${shellWord(journal)}` };
  }
  const things = await thingsOf(ports, record, madeOf(entry)).catch(() => []);
  return { status: "warn", what, hint: "fleet doctor --fix", things: [...things, journal], fix: () => finishCreate(ports, entry, record) };
}

function madeOf({ facts }: JournalEntry): Made {
  const made = facts["made"] as Partial<Made> | undefined;
  return { worktree: made?.worktree === true, branch: made?.branch === true };
}

/** What is there of an agent that was being made. */
async function thingsOf({ git, tmux, store, env }: DoctorPorts, record: AgentRecord, made: Made): Promise<string[]> {
  const { id, repo, worktree, branch } = record;
  const things: string[] = [];
  if (made.worktree && existsSync(worktree)) things.push(worktree);
  if (made.worktree && existsSync(repo)) {
    const registration = registrationOf(repo, worktree);
    if (registration) things.push(registration.dir);
    things.push(...emptyRegistrations(repo, worktree, Date.parse(record.created)));
    if (record.branchCreated && (await branchMadeBy(git, repo, branch, id))) things.push(`refs/heads/${branch}`);
  }
  if (existsSync(agentDirectory(store, id))) things.push(agentDirectory(store, id));
  if (store.agents().some((agent) => agent.id === id)) things.push(`state.json: ${id}`);
  const panes = (await listFleetPanes(serverOf(tmux, env, record)).catch(() => null)) ?? [];
  for (const pane of panes) if (pane.options.id === id) things.push(`session ${oneLine(pane.sessionName)}`);
  return [...new Set(things)];
}

/** A create whose session is there is completed: its agent works. Everything else is taken back. */
export async function finishCreate(ports: Pick<DoctorPorts, "git" | "tmux" | "store" | "env">, entry: JournalEntry, record: AgentRecord): Promise<string> {
  const { store, env } = ports;
  requireRepo(record);
  const tmux = serverOf(ports.tmux, env, record);
  const name = operationName(entry);
  const panes = (await listFleetPanes(tmux)) ?? [];
  const running = panes.some((pane) => pane.options.id === record.id);
  if (entry.operation === "create" && running) {
    await store.update((state) => void (state.agents[record.id] ??= record));
    forgetOperation(store.home, entry.id);
    return `completed: ${name} has its session`;
  }
  if (madeOf(entry).worktree) await waitForOthers(record, running);
  const warnings: string[] = [];
  const undone = await undoCreate({ ...ports, tmux }, record, (message) => void warnings.push(message), madeOf(entry), "later");
  if (!undone.complete) throw new UserError(warnings.join("; ") || `could not be undone: ${name}`);
  return undone.kept === null ? `undone: ${name}` : `${name} is kept as a stopped agent, because ${undone.kept}`;
}

/**
 * A killed fleet leaves its git running. Whoever is at work in the worktree is waited for, and never has it taken away.
 * The processes of a session are the undo's to end.
 */
async function waitForOthers(record: AgentRecord, running: boolean): Promise<void> {
  const began = Date.now();
  for (;;) {
    const busy = await workersOf(record, running);
    if (busy.length === 0) return;
    const limit = busy.some(({ name }) => name === "git") ? GIT_MS : OTHERS_MS;
    if (Date.now() - began > limit) {
      const names = busy.map(({ pid, name }) => `${oneLine(name)} (${pid})`).join(", ");
      throw new UserError(`still at work in ${record.worktree}: ${names}`, { hint: "let them end, then: fleet doctor --fix" });
    }
    await Bun.sleep(25);
  }
}

async function workersOf(record: AgentRecord, running: boolean): Promise<RunningProcess[]> {
  const named = (await processesNaming(record.worktree)).filter(({ name }) => name === "git");
  // git's file watcher stays for ever, and ends with its directory.
  const standing = processesIn(record.worktree).filter(({ line }) => !line.includes("fsmonitor--daemon"));
  return running ? named : [...named, ...standing];
}

/** The server that the agent was made on, which need not be the caller's. */
function serverOf(tmux: Tmux, env: DoctorPorts["env"], record: AgentRecord): Tmux {
  if (!record.socket || record.socket === tmux.socket) return tmux;
  return openTmux({ ...env, TMUX: `${record.socket},0,0`, TMUX_PANE: undefined });
}
