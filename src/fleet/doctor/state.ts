// state.json against what is there: agents that it lost, agents whose worktree is gone, copies kept aside.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import { namesIn } from "../../ports/directory";
import { mergeBase } from "../../ports/git/branches";
import type { Git } from "../../ports/git/call";
import { registrationOf } from "../../ports/git/made";
import { headOf } from "../../ports/git/ref";
import { readWorktree } from "../../ports/git/worktree-state";
import { operations } from "../../ports/journal";
import type { Store } from "../../ports/store";
import { type FleetPane, isAdoptedSession, listFleetPanes } from "../../ports/tmux/sessions";
import { agentDirectory } from "../launch";
import { freeSlot, worktreeRoot } from "../naming";
import { recordFromPane } from "../status";
import { type Check, type DoctorPorts, type Finding, ok } from "./check";
import { movedFinding } from "./moved";

export const stateCheck: Check = {
  title: "state",
  async run(ports) {
    const { store } = ports;
    const remembered = store.agents();
    const panes = (await listFleetPanes(ports.tmux)) ?? [];
    const busy = new Set(operations(store.home).map((entry) => entry.id));
    const known = new Set([...remembered.map((record) => record.id), ...busy]);
    const lost = [...new Set([...panes.map((pane) => pane.options.id), ...namesIn(store.path("agents"))])].filter((id) => !known.has(id));
    const findings = [
      ...remembered.filter((record) => !busy.has(record.id)).flatMap((record) => goneFindings(ports, record, panes)),
      ...(await Promise.all(lost.map((id) => lostFinding(ports, id, panes.find((pane) => pane.options.id === id) ?? null)))),
      ...brokenCopies(store),
    ];
    const bad = findings.some(({ status }) => status !== "info");
    return bad ? findings : [ok(`${remembered.length} ${remembered.length === 1 ? "agent" : "agents"} in ${store.path("state.json")}`), ...findings];
  },
};

function goneFindings(ports: DoctorPorts, record: AgentRecord, panes: readonly FleetPane[]): Finding[] {
  const { store } = ports;
  if (existsSync(record.worktree)) return existsSync(record.repo) ? [] : [movedFinding(ports, record, panes) ?? orphanFinding(record)];
  const what = `the worktree of ${oneLine(record.branch)} is gone: ${record.worktree}`;
  // A disk that is not mounted looks the same; only where git, too, knows nothing of it any more, it was removed.
  const surely = existsSync(record.repo) && existsSync(worktreeRoot(record.worktree)) && registrationOf(record.repo, record.worktree) === null;
  const running = panes.some((pane) => pane.options.id === record.id);
  if (!surely || running) {
    const hint = running ? `fleet ${record.adopted ? "kill" : "stop"} ${shellWord(record.branch)}` : `mount its disk, or put it back; else: git -C ${shellWord(record.main)} worktree remove --force ${shellWord(record.worktree)}`;
    return [{ status: "warn", what, hint, things: [record.worktree] }];
  }
  const fix = async () => {
    await store.update((state) => void delete state.agents[record.id]);
    rmSync(agentDirectory(store, record.id), { recursive: true, force: true });
    return `forgotten: ${oneLine(record.branch)}; its branch stays`;
  };
  return [{ status: "warn", what, hint: "fleet doctor --fix", things: [`state.json: ${record.id}`], fix }];
}

/** Moved, deleted, or on a disk that is not mounted: nobody can tell, so it is only named. */
function orphanFinding(record: AgentRecord): Finding {
  const hint = `put it back, or mount its disk; moved: fleet -C NEW-PLACE doctor --fix; gone for good: fleet kill ${shellWord(record.id)} --force   (forgets the agent, leaves its worktree)`;
  return { status: "warn", what: `the repository of ${oneLine(record.branch)} is not there: ${record.repo}`, hint, things: [record.worktree] };
}

/** A session that fleet did not make stays, and is no agent's any more. */
function hintToClear({ session, options }: FleetPane): string {
  if (isAdoptedSession(options.adopted)) return `tmux set-option -u -t ${shellWord(session)} @fleet_id   (the session stays as it is)`;
  return `tmux kill-session -t ${shellWord(session)}   (it ends what runs there)`;
}

/** An agent with a session or with files of its own, that state.json does not have. */
async function lostFinding(ports: DoctorPorts, id: string, pane: FleetPane | null): Promise<Finding> {
  const { store, git, tmux } = ports;
  const directory = agentDirectory(store, id);
  const session = pane ? `session ${oneLine(pane.sessionName)}` : "";
  if (pane && !existsSync(directory)) {
    return { status: "info", what: `${session} is an agent of another FLEET_HOME, or of files that are gone`, hint: hintToClear(pane), things: [session] };
  }
  const record = readRecord(directory, id) ?? (pane ? recordFromPane(pane, tmux.socket) : null);
  const things = [directory, ...(session ? [session] : [])];
  if (record && (await isWorktreeOf(git, record))) {
    const what = `${oneLine(record.branch)} is not in state.json: ${record.worktree}`;
    return { status: "warn", what, hint: "fleet doctor --fix", things, fix: () => remember(git, store, record) };
  }
  const gone = record && !pane && existsSync(record.repo) && existsSync(worktreeRoot(record.worktree)) && !existsSync(record.worktree) && registrationOf(record.repo, record.worktree) === null;
  if (gone) {
    const fix = async () => {
      rmSync(directory, { recursive: true, force: true });
      return `removed: ${directory}`;
    };
    return { status: "warn", what: `files of an agent that is gone: ${directory}`, hint: "fleet doctor --fix", things, fix };
  }
  if (pane) return { status: "warn", what: `${session} is of an agent without a worktree: ${pane.options.worktree}`, hint: hintToClear(pane), things };
  return { status: "warn", what: `files that no agent has: ${directory}`, hint: `rm -r ${shellWord(directory)}`, things };
}

async function remember(git: Git, store: Store, found: AgentRecord): Promise<string> {
  const record = { ...found, base: { ...found.base, commit: found.base.commit || (await beginning(git, found)) } };
  await store.update((state) => {
    const slots = Object.values(state.agents).map((agent) => agent.slot);
    if (record.slot < 1 || slots.includes(record.slot)) record.slot = freeSlot(slots);
    state.agents[record.id] ??= record;
  });
  return `remembered again: ${oneLine(record.branch)}`;
}

/** Where its branch left the base; without one, where it is now. */
async function beginning(git: Git, { worktree, base }: AgentRecord): Promise<string> {
  const parted = base.branch === null ? null : await mergeBase(git, worktree, "HEAD", base.branch);
  const commit = parted ?? (await headOf(git, worktree));
  if (commit === null) throw new UserError(`git does not say what is checked out: ${worktree}`);
  return commit;
}

async function isWorktreeOf(git: Git, record: AgentRecord): Promise<boolean> {
  return existsSync(record.worktree) && existsSync(record.repo) && "admin" in (await readWorktree(git, record.repo, record.worktree));
}

/** The record that was written beside the agent's script when it was last started. */
export function readRecord(directory: string, id: string): AgentRecord | null {
  try {
    const record = JSON.parse(readFileSync(join(directory, "record.json"), "utf8")) as AgentRecord | null;
    const texts = [record?.branch, record?.repo, record?.main, record?.worktree, record?.kind, record?.base?.commit];
    return record?.id === id && texts.every((text) => typeof text === "string") ? record : null;
  } catch {
    return null;
  }
}

function brokenCopies(store: Store): Finding[] {
  const copies = namesIn(store.home).filter((name) => name.startsWith("state.json.broken-"));
  if (copies.length === 0) return [];
  const things = copies.map((name) => store.path(name));
  return [{ status: "info", what: `kept aside because it could not be read: ${things.join(", ")}`, hint: `rm ${things.map(shellWord).join(" ")}   (when nothing in it is missed)`, things }];
}
