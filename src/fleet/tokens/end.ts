// An agent goes: what it has used stays known.
import type { AgentRecord } from "../../base/model";
import { builtInKind } from "../../kinds/index";
import type { Store } from "../../ports/store";
import { realPath } from "./files";
import { emptyLedger, hasLedger, ownerOf, readLedger, writeLedger } from "./ledger";
import { keepNone } from "./overview";

const READ_MS = 300;

/** Read what is new of its transcripts, and note the end: what comes in its place later is another agent's. Never throws. */
export async function endTokens({ store, env }: { store: Store; env: Record<string, string | undefined> }, record: AgentRecord, batch: string | null): Promise<void> {
  // A kind of the config may be like one that has transcripts; a built-in one is known to have none.
  const kind = builtInKind(record.kind);
  if (kind && !kind.transcript) return;
  if (keepNone(store.home, [record.kind])) return;
  try {
    const { loadTokens } = await import("./read");
    await loadTokens({ store, env, now: Date.now }, [record], { deadlineMs: READ_MS });
    if (!kind && !hasLedger(store.home, record.id)) return;
    const ledger = readLedger(store.home, record.id) ?? emptyLedger(ownerOf(record, realPath(record.worktree), batch));
    writeLedger(store.home, { ...ledger, owner: { ...ledger.owner, batch: ledger.owner.batch ?? batch, ended: Date.now() } });
  } catch {
    // Its sums are a comfort; the kill goes on.
  }
}
