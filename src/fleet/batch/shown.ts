// What the status line knows of batches: told by every command that may have changed it.
import { oneLine } from "../../base/text";
import type { Tmux } from "../../ports/tmux/call";
import { setHidden } from "../../ports/tmux/status-line";
import type { Store } from "../../ports/store";
import { batchVariables, type ShownBatch } from "../../segments/batch";
import { readQueue } from "../queue";
import { batches } from "./record";

/** A line is not endless. */
const MOST = 6;

/** Those of which there are agents, the newest first. */
function shownBatches(store: Store): ShownBatch[] {
  const used = new Set(store.agents().map((agent) => agent.batch));
  const waiting = readQueue(store).flatMap((entry) => (entry.is === "start" ? [entry.batch] : []));
  return batches(store)
    .filter(({ id }) => used.has(id))
    .sort((a, b) => b.created.localeCompare(a.created))
    .slice(0, MOST)
    .map(({ id, label }) => ({ id, label: oneLine(label), queued: waiting.filter((one) => one === id).length }));
}

/** Never fails: what a command has done does not depend on who looks. */
export async function showBatches(tmux: Tmux, store: Store): Promise<void> {
  await tmux.call(setHidden(batchVariables(shownBatches(store)))).catch(() => {});
}
