// The processes of an agent: the trees under its panes, and what left them.
import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { type ProcessRow, type ProcessTable, scanProcesses, treeOf } from "../ports/metrics";
import { signalProcesses, waitForEnd, withEnvironment } from "../ports/processes";

// A coding agent writes its conversation on the way out.
const GRACE_MS = 1500;
const ROUNDS = 20;

/**
 * Started by whoever needs them first, and shared by all of a person's programs from then on: they stand in / as the agent's own
 * daemons do.
 */
const SHARED = new Set(["gpg-agent", "ssh-agent", "scdaemon", "keyboxd", "dirmngr", "dbus-daemon", "gnome-keyring-d", "pulseaudio", "pipewire"]);

/**
 * End the trees under `roots` (pids of panes), and what left them: with the agent's FLEET_ID, in its worktree or, as daemons do, in /.
 * First politely, then not. What has the id and stands elsewhere is a person's by now: a browser that was opened for a login, an editor.
 * This process is spared, and a tmux server started from within, with all under it. Returns the pids that could not be ended.
 */
export async function endAgentProcesses(roots: readonly number[], { id, worktree }: { id: string; worktree: string }): Promise<number[]> {
  return endProcesses(roots, (table) => withEnvironment(table, `FLEET_ID=${id}`).filter(({ pid }) => isItsOwn(pid, worktree)));
}

/** The same for the trees under `roots`, and all of `others`, which is asked anew in each round. */
export async function endProcesses(roots: readonly number[], others: (table: ProcessTable) => ProcessRow[]): Promise<number[]> {
  const found = new Map<number, string | null>(roots.map((pid) => [pid, null]));
  const find = async (): Promise<ProcessRow[]> => {
    const table = await scanProcesses({ roots: found.keys() });
    const rows = [...treeOf(stillTheSame(found, table), table), ...others(table)];
    for (const row of rows) found.set(row.pid, row.start);
    return [...new Map(rows.map((row) => [row.pid, row])).values()].filter((row) => !row.zombie && row.pid !== process.pid);
  };
  let targets = await find();
  // Stopped processes must go on to take a signal.
  signalProcesses(targets, ["SIGHUP", "SIGTERM", "SIGCONT"]);
  await waitForEnd(targets, GRACE_MS);
  // What forks while it is being ended is found in the next round.
  for (let round = 0; round < ROUNDS; round++) {
    targets = await find();
    if (targets.length === 0) return [];
    signalProcesses(targets, ["SIGKILL"]);
    await waitForEnd(targets, 200);
  }
  return targets.map((row) => row.pid);
}

function isItsOwn(pid: number, worktree: string): boolean {
  try {
    if (SHARED.has(readFileSync(`/proc/${pid}/comm`, "latin1").trim())) return false;
    const [cwd, place] = [readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, ""), existsSync(worktree) ? realpathSync(worktree) : worktree];
    return cwd === "/" || cwd === place || cwd.startsWith(`${place}/`);
  } catch {
    // Gone, or another user's.
    return false;
  }
}

/** A pid comes round again: what was found under one is looked for only while it is the same process, or gone. */
function stillTheSame(found: ReadonlyMap<number, string | null>, table: ProcessTable): number[] {
  return [...found].filter(([pid, start]) => start === null || (table.get(pid)?.start ?? start) === start).map(([pid]) => pid);
}
