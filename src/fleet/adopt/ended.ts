// Programs that ran under a shell of somebody's own, and have ended: nothing of fleet's stands between, so nobody tells of it.
import { builtInKind } from "../../kinds/index";
import { scanProcesses, treeOf } from "../../ports/metrics";
import type { FleetPane } from "../../ports/tmux/sessions";
import { programsUnder } from "./recognise";

type Shell = Pick<FleetPane, "panePid"> & { options: Pick<FleetPane["options"], "id" | "kind" | "like" | "adopted"> };

/** The ids of agents whose program is gone, so that only the shell would read what is typed. */
export async function endedUnderShell(panes: readonly Shell[]): Promise<Set<string>> {
  const ended = new Set<string>();
  const shells = panes.filter(({ options }) => options.adopted === "shell");
  const kindOf = ({ options }: Shell) => builtInKind(options.like || options.kind);
  for (const kind of new Set(shells.flatMap((pane) => kindOf(pane) ?? []))) {
    const own = shells.filter((pane) => kindOf(pane) === kind);
    const running = await programsUnder(own.map(({ panePid }) => panePid), [kind]);
    for (const { panePid, options } of own) if (!running.has(panePid)) ended.add(options.id);
  }
  const others = shells.filter((pane) => !kindOf(pane));
  if (others.length === 0) return ended;
  // A command of the person's own may run as anything.
  const table = await scanProcesses({ roots: others.map(({ panePid }) => panePid) });
  for (const { panePid, options } of others) if (treeOf([panePid], table).filter(({ zombie }) => !zombie).length < 2) ended.add(options.id);
  return ended;
}
