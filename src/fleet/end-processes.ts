// The processes of an agent: the trees under its panes, and what left them.
import { scanProcesses, treeOf } from "../ports/metrics";
import { signalProcesses, type Target, waitForEnd, withEnvironment } from "../ports/processes";

// A coding agent writes its conversation on the way out.
const GRACE_MS = 1500;
const ROUNDS = 20;

/**
 * End the trees under `roots` (pids of panes) and what carries the agent's FLEET_ID elsewhere: first politely, then not.
 * This process is spared. Returns the number that could not be ended.
 */
export async function endAgentProcesses(roots: readonly number[], id: string): Promise<number> {
  const known = new Set(roots);
  const find = async (): Promise<Target[]> => {
    const table = await scanProcesses({ roots: known });
    const rows = [...treeOf(known, table), ...withEnvironment(table, `FLEET_ID=${id}`)];
    for (const row of rows) known.add(row.pid);
    return rows.filter((row) => !row.zombie && row.pid !== process.pid);
  };
  let targets = await find();
  // Stopped processes must go on to take a signal.
  signalProcesses(targets, ["SIGHUP", "SIGTERM", "SIGCONT"]);
  await waitForEnd(targets, GRACE_MS);
  // What forks while it is being ended is found in the next round.
  for (let round = 0; round < ROUNDS; round++) {
    targets = await find();
    if (targets.length === 0) return 0;
    signalProcesses(targets, ["SIGKILL"]);
    await waitForEnd(targets, 200);
  }
  return targets.length;
}
