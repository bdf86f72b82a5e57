// Which ledgers a `fleet cost` is about.
import { UsageError, UserError } from "../../base/errors";
import type { Repo } from "../../base/model";
import { oneLine } from "../../base/text";
import type { Store } from "../../ports/store";
import { findBatch } from "../batch/record";
import type { Ledger } from "./ledger";

/** Batches are known by their label: the record of one goes with its last agent. */
export async function chosenLedgers(ctx: { store: Store; repo(): Promise<Repo> }, ledgers: readonly Ledger[], flags: { repo: boolean; batch: string | undefined }): Promise<Ledger[]> {
  const repo = flags.repo ? (await ctx.repo()).common : null;
  const label = flags.batch === undefined ? null : batchLabel(ctx.store, flags.batch, ledgers);
  return ledgers.filter(({ owner }) => (repo === null || owner.repo === repo) && (label === null || owner.batch === label));
}

function batchLabel(store: Store, name: string, ledgers: readonly Ledger[]): string {
  if (ledgers.some(({ owner }) => owner.batch === name)) return name;
  try {
    return findBatch(store, name).label;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`no such batch: ${oneLine(name)}`, { hint: "fleet cost --by batch" });
  }
}

/** Midnight at the start of the last `days` days; 0 for all. */
export function sinceDays(days: number | undefined, now: number): number {
  if (days === undefined) return 0;
  if (days < 1) throw new UsageError(`--days takes at least 1: ${days}`);
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - (days - 1));
  return day.getTime();
}
