// The table of `fleet cost`.
import type { Spent } from "../base/model";
import { oneLine } from "../base/text";
import type { Style } from "./paint";
import { costText, tokensText } from "./spent";
import { type Column, renderTable } from "./table";

export interface CostLine extends Spent {
  name: string | null;
  agent: { kind: string; repo: string; killed: boolean } | null;
  agents: number;
}

const count = (title: string, value: (row: CostLine) => number, drop: number): Column<CostLine> => ({
  title, cell: (row) => tokensText({ input: value(row), output: 0, cacheRead: 0, cacheWrite: 0 }), right: true, drop,
});

/** Rows under a heading, and a last line with the sum where there are several. */
export function costLines(rows: readonly CostLine[], total: Spent, by: string, width: number | null, style: Style): string[] {
  const columns: Column<CostLine>[] = [
    { title: by === "agent" ? "branch" : by, cell: ({ name }) => (name === null ? "no batch" : oneLine(name)), shrinkTo: 16 },
    { title: "kind", cell: ({ agent }) => (agent ? oneLine(agent.kind) : ""), hideEmpty: true, drop: 4 },
    { title: "repo", cell: ({ agent }) => (agent ? oneLine(agent.repo) : ""), hideEmpty: true, drop: 1 },
    ...(by === "agent" ? [] : [{ title: "agents", cell: ({ agents }: CostLine) => (agents > 0 ? String(agents) : ""), right: true, drop: 5 }]),
    count("input", (row) => row.input, 6),
    count("output", (row) => row.output, 7),
    count("cache read", (row) => row.cacheRead, 2),
    count("cache write", (row) => row.cacheWrite, 3),
    { title: "cost", cell: (row) => costText(row) || "–", right: true },
    { title: "", cell: ({ agent }) => (agent?.killed ? "killed" : ""), hideEmpty: true },
  ];
  const sum: CostLine = { ...total, name: "total", agent: null, agents: 0 };
  return renderTable(rows.length > 1 ? [...rows, sum] : rows, columns, width, style);
}
