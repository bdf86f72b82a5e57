// Rows as text that fits the terminal, and the words of an agent's cells.
import { expect, test } from "bun:test";
import { ageText, agentColumns, changesText, memoryText, statusText } from "../../src/ui/columns";
import { groupByBatch, groupHeading } from "../../src/ui/groups";
import { type Column, renderTable } from "../../src/ui/table";
import { anAgent } from "../helpers/model";

const plain = (_: string, text: string) => text;
type Row = Record<"name" | "note" | "n", string>;
const columns: Column<Row>[] = [
  { title: "name", cell: (row) => row.name, shrinkTo: 5 },
  { title: "n", cell: (row) => row.n, right: true, drop: 1 },
  { title: "note", cell: (row) => row.note, shrinkTo: 6, drop: 2, last: true },
];
const rows: Row[] = [
  { name: "alpha", n: "1", note: "short" },
  { name: "a-much-longer-name", n: "100", note: "a note that is quite long" },
];
const widest = (lines: readonly string[]) => Math.max(...lines.map((line) => Bun.stringWidth(line)));

test("without a terminal nothing is cut, and columns line up", () => {
  expect(renderTable(rows, columns, null, plain)).toEqual([
    "name                  n  note",
    "alpha                 1  short",
    "a-much-longer-name  100  a note that is quite long",
  ]);
});

test("no line is wider than the terminal, from wide to absurdly narrow", () => {
  for (let width = 60; width >= 7; width--) expect(widest(renderTable(rows, columns, width, plain))).toBeLessThanOrEqual(width);
});

test("the last column gives first, then the name, then whole columns go in their order", () => {
  expect(renderTable(rows, columns, 40, plain)[2]).toBe("a-much-longer-name  100  a note that is…");
  expect(renderTable(rows, columns, 14, plain)[0]).not.toContain(" n ");
  expect(renderTable(rows, columns, 8, plain)[0]).toBe("name");
});

test("wide characters count as the columns that they take", () => {
  const lines = renderTable([{ name: "日本語の長い名前", n: "1", note: "x" }], columns, 18, plain);
  expect(widest(lines)).toBeLessThanOrEqual(18);
});

test("an empty column that says so is left out", () => {
  const batch: Column<Row> = { title: "batch", cell: () => "", hideEmpty: true };
  expect(renderTable(rows, [...columns, batch], null, plain)[0]).not.toContain("batch");
});

test("an agent's row has no control characters, whatever its branch, kind, batch and words hold", () => {
  const agent = anAgent({ branch: "a\u001b[31mb\u202e", doing: "x\ny\u001b]0;t\u0007z" }, { kind: "k\u0007", batch: "b\nc" });
  const text = renderTable([agent], agentColumns(0, () => ""), null, plain).join("\n");
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(text.split("\n")).toHaveLength(2);
  expect(text).toContain("ab");
  expect(text).toContain("x yz");
});

test("status has its age, and an exit code where there is one", () => {
  expect(statusText(anAgent({ status: "working", since: 100 }), 280)).toBe("● working 3m");
  expect(statusText(anAgent({ status: "exited", exit: 137, since: 100 }), 110)).toBe("■ exited(137) 10s");
  expect(statusText(anAgent({ status: "stopped" }), 110)).toBe("□ stopped");
});

test("ages and sizes keep to a few characters", () => {
  expect([0, 59, 60, 3599, 3600, 86_399, 86_400, -5].map(ageText)).toEqual(["0s", "59s", "1m", "59m", "1h", "23h", "1d", "0s"]);
  expect([null, 0, 512 * 1024, 34 * 1_048_576, 1.25 * 1024 * 1_048_576].map(memoryText)).toEqual(["", "0K", "512K", "34M", "1.3G"]);
});

test("changes tell uncommitted, stale and unknown apart", () => {
  const of = (added: number, removed: number, dirty: number, stale: boolean) => changesText(anAgent({ changes: { added, removed, dirty, stale } }));
  expect([of(12, 3, 0, false), of(12, 3, 1, false), of(12, 3, 1, true), of(0, 0, 0, false), of(0, 0, 0, true)]).toEqual(["+12 −3", "+12 −3*", "~+12 −3*", "", "~"]);
  expect(changesText(anAgent({ changes: null }))).toBe("·");
});

test("batches come in the order of their first agent, those without one last, under a count", () => {
  const agents = [anAgent({ status: "idle" }, { id: "1" }), anAgent({ status: "working", cpu: 50, memory: 1_048_576 }, { id: "2", batch: "b" }), anAgent({ status: "waiting" }, { id: "3", batch: "a" }), anAgent({ status: "working", cpu: 20 }, { id: "4", batch: "b" })];
  const groups = groupByBatch(agents);
  expect(groups.map(([batch, rows]) => [batch, rows.length])).toEqual([["b", 2], ["a", 1], [null, 1]]);
  expect(groupHeading(...groups[0]!, plain)).toBe("b · 2 working · 70% · 1M · +0 −0");
});
