// What `fleet cost` shows: what was used, summed by agent, kind, batch, repo or day. Pure.
import { basename } from "node:path";
import type { Spent } from "../../base/model";
import { type Item, itemsOf, type Ledger, type Owner, sumOf } from "./ledger";

export const COST_BY = ["agent", "kind", "batch", "repo", "day"] as const;
export type CostBy = (typeof COST_BY)[number];

export interface CostRow extends Spent {
  /** What it is the sum of: a branch, a kind, a batch's label, a repo's name, a day; null: without a batch. */
  name: string | null;
  /** Of an agent: its id, and whether it was killed. */
  agent: { id: string; kind: string; repo: string; killed: boolean } | null;
  /** How many agents it is the sum of. */
  agents: number;
}

/** Rows, the dearest first; days in their order. `since` in milliseconds. Agents that used nothing are left out. */
export function costRows(ledgers: readonly Ledger[], by: CostBy, since: number): CostRow[] {
  const groups = new Map<string, { name: string | null; agent: CostRow["agent"]; owners: Set<string>; items: Item[] }>();
  for (const ledger of ledgers) {
    for (const item of itemsOf(ledger)) {
      if (item.at < since) continue;
      const key = keyOf(ledger.owner, item, by);
      const group = groups.get(key.id) ?? { name: key.name, agent: key.agent, owners: new Set<string>(), items: [] };
      group.owners.add(ledger.owner.id);
      group.items.push(item);
      groups.set(key.id, group);
    }
  }
  const rows = [...groups.values()].map(({ name, agent, owners, items }): CostRow => ({ name, agent, agents: owners.size, ...sumOf(items) }));
  return by === "day" ? rows.sort((a, b) => String(a.name).localeCompare(String(b.name))) : rows.sort((a, b) => (b.cost ?? -1) - (a.cost ?? -1) || String(a.name).localeCompare(String(b.name)));
}

/** All of it in one row. */
export function costTotal(ledgers: readonly Ledger[], since: number): Spent {
  return sumOf(ledgers.flatMap((ledger) => itemsOf(ledger).filter(({ at }) => at >= since)));
}

function keyOf({ id, branch, kind, batch, repo, main, ended }: Owner, { at }: Item, by: CostBy): { id: string; name: string | null; agent: CostRow["agent"] } {
  switch (by) {
    case "agent":
      return { id, name: branch, agent: { id, kind, repo: basename(main), killed: ended !== null } };
    case "kind":
      return { id: kind, name: kind, agent: null };
    case "batch":
      return { id: batch ?? "", name: batch, agent: null };
    case "repo":
      return { id: repo, name: basename(main), agent: null };
    case "day":
      return { id: dayOf(at), name: dayOf(at), agent: null };
  }
}

/** The day where one is, 2026-11-22. */
function dayOf(at: number): string {
  const day = new Date(at);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}
