// The processes of an agent: the trees under its panes.
import { scanProcesses, treeOf } from "../ports/metrics";
import { endProcesses } from "../ports/processes";

/** End the trees under `panes` (pids). Returns the number that could not be ended. */
export async function endAgentProcesses(panes: readonly number[]): Promise<number> {
  const tree = treeOf(panes, await scanProcesses());
  const left = await endProcesses(tree.filter((row) => !row.zombie).map(({ pid, start }) => ({ pid, start })), 1500);
  return left.length;
}
