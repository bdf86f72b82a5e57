// Which request of a repository is an agent's, if any. Pure.
import type { Agent, RequestState } from "../../base/model";
import { oneLine } from "../../base/text";
import type { RequestRow, RequestRows } from "../../ports/forge/states";

/** null: it can't be told. */
export function requestStateOf({ record, branch }: Pick<Agent, "record" | "branch">, { rows, whole }: RequestRows, stale: boolean): RequestState | null {
  const known = record.request;
  if (known) {
    const row = rows.find(({ number }) => number === known.number);
    return row ? stateOfRow(row, stale) : null;
  }
  const named = rows.filter(({ head }) => head === branch);
  // A branch that fleet made had no request before; one of that name may have had.
  const began = record.branchCreated ? Date.parse(record.created) : NaN;
  const own = named.filter((row) => !row.fork && !(row.state !== "open" && row.created < began));
  const row = own.find(({ state }) => state === "open") ?? own[0];
  if (row) return stateOfRow(row, stale);
  // A stranger's branch may be called the same, and may as well be this one, pushed to a fork by hand.
  if (named.some(({ fork, state }) => fork && state === "open")) return null;
  return whole || rows.some(({ created }) => created <= began) ? { ...NONE, stale } : null;
}

const NONE: RequestState = { state: "none", number: null, draft: false, checks: null, failing: [], review: null, conflicts: null, url: null, stale: false };

function stateOfRow({ number, state, draft, checks, failing, review, conflicts, url }: RequestRow, stale: boolean): RequestState {
  return { state, number, draft, checks, failing: failing.map(oneLine), review, conflicts, url: oneLine(url), stale };
}
