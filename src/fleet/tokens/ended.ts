// What agents that are there no more have cost: money that is spent stays spent.
import { itemsOf, ledgerIds, readLedger, sumOf } from "./ledger";
import { readOverview } from "./overview";

/** Dollars of agents that are not among `living`, by the id of their batch, as long as there is a ledger of them. */
export function endedCosts(home: string, living: ReadonlySet<string>): Map<string, number> {
  const { agents } = readOverview(home);
  const costs = new Map<string, number>();
  for (const id of ledgerIds(home)) {
    if (living.has(id)) continue;
    const { batch, cost } = (Object.hasOwn(agents, id) && agents[id]!.batch !== undefined && { batch: agents[id]!.batch, cost: agents[id]!.spent.cost }) || fromLedger(home, id);
    if (batch && cost) costs.set(batch, (costs.get(batch) ?? 0) + cost);
  }
  return costs;
}

/** The overview is lost, or knows nothing of it. */
function fromLedger(home: string, id: string): { batch?: string | null | undefined; cost: number | null } {
  const ledger = readLedger(home, id);
  return ledger ? { batch: ledger.owner.batchId, cost: sumOf(itemsOf(ledger)).cost } : { cost: null };
}
