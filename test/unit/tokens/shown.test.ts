// Tokens and dollars as people read them, and the sums of `fleet cost`.
import { expect, test } from "bun:test";
import { costRows, costTotal } from "../../../src/fleet/tokens/cost";
import { emptyLedger, type Ledger, takeReading } from "../../../src/fleet/tokens/ledger";
import { agentColumns } from "../../../src/ui/columns";
import { costLines } from "../../../src/ui/cost";
import { groupHeading } from "../../../src/ui/groups";
import { costText, tokensText } from "../../../src/ui/spent";
import { renderTable } from "../../../src/ui/table";
import { anAgent } from "../../helpers/model";

const tokens = (input: number) => ({ input, output: 0, cacheRead: 0, cacheWrite: 0 });
const plain = (_: unknown, text: string) => text;

test.each([[0, ""], [512, "512"], [34_400, "34k"], [999_499, "999k"], [999_500, "1.0M"], [1_240_000, "1.2M"], [2_000_000_000, "2.0G"]])("%d tokens are %p", (n, text) => {
  expect(tokensText(tokens(n))).toBe(text);
});

test.each([[null, false, ""], [0, false, "$0.00"], [0.0049, false, "$0.0049"], [1.234, false, "$1.23"], [1.234, true, "$1.23+"], [120.4, false, "$120"]])("%p dollars, partly known %p, are %p", (cost, partial, text) => {
  expect(costText({ cost, partial })).toBe(text);
});

const agents = [
  anAgent({ branch: "one", doing: "a long line of what it is doing just now", spent: { ...tokens(1_240_000), cost: 1.5, partial: false } }),
  anAgent({ branch: "two", spent: { ...tokens(60_000), cost: null, partial: true } }),
  anAgent({ branch: "three" }),
];
const table = (width: number | null, rows = agents) => renderTable(rows, agentColumns(0, () => ""), width, plain);

test("the columns are there where anything is known, and go first where there is no room", () => {
  expect(table(null)[0]).toMatch(/tokens +cost/);
  expect(table(null)[1]).toMatch(/1\.2M +\$1\.50/);
  expect(table(null, [agents[2]!])[0]).not.toMatch(/tokens|cost/);
  expect(table(60)[0]).not.toMatch(/tokens|cost/);
  expect(table(60)[0]).toContain("changes");
});

test("a batch's heading has the sums, + where a part has no price", () => {
  expect(groupHeading("tries", agents, plain)).toContain("1.3M tokens · $1.50+");
  expect(groupHeading("tries", [agents[2]!], plain)).not.toContain("$");
});

function ledger(id: string, batch: string | null, days: readonly string[]): Ledger {
  const made = emptyLedger({ id, branch: `\u001b[31m${id}`, kind: "claude", batch, repo: "/r/.git", main: "/r", worktree: "/w", created: 0, ended: null });
  takeReading(made, 0, { usage: days.map((day, i) => ({ id: `${i}`, at: new Date(`${day}T12:00:00`).getTime(), model: "m", ...tokens(100), cost: 0.5 })) });
  return made;
}
const ledgers = [ledger("a", "tries", ["2026-11-01", "2026-11-02"]), ledger("b", "tries", ["2026-11-02"]), ledger("c", null, ["2026-11-03"])];

test("sums by day are in order, others the dearest first, and days before are left out", () => {
  expect(costRows(ledgers, "day", 0).map(({ name, input, agents }) => [name, input, agents])).toEqual([["2026-11-01", 100, 1], ["2026-11-02", 200, 2], ["2026-11-03", 100, 1]]);
  expect(costRows(ledgers, "batch", 0).map(({ name, cost }) => [name, cost])).toEqual([["tries", 1.5], [null, 0.5]]);
  const since = new Date("2026-11-02T00:00:00").getTime();
  expect(costRows(ledgers, "agent", since).map(({ agent, cost }) => [agent!.id, cost])).toEqual([["a", 0.5], ["b", 0.5], ["c", 0.5]]);
  expect(costTotal(ledgers, since)).toMatchObject({ input: 300, cost: 1.5, partial: false });
});

test("the table of costs has a last line with the sum, and no control bytes of a branch", () => {
  const lines = costLines(costRows(ledgers, "agent", 0), costTotal(ledgers, 0), "agent", null, plain);
  expect(lines.at(-1)).toMatch(/^total .* \$2\.00$/);
  expect(lines.join("")).not.toContain("\u001b");
  expect(costLines(costRows([ledgers[2]!], "agent", 0), costTotal([ledgers[2]!], 0), "agent", null, plain)).toHaveLength(2);
});
