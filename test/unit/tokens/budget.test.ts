// Which budgets are used up, and when that is told again.
import { expect, test } from "bun:test";
import { overBudgets } from "../../../src/fleet/tokens/budget";
import { anAgent } from "../../helpers/model";

const spent = (cost: number | null) => ({ input: 1, output: 0, cacheRead: 0, cacheWrite: 0, cost, partial: false });
const agent = (id: string, cost: number | null, batch: string | null = null) => anAgent({ branch: id, spent: spent(cost) }, { id, batch });
const label = { label: () => "tries", ended: new Map<string, number>() };
const texts = (found: ReturnType<typeof overBudgets>) => found.over.map(({ text }) => text);

test("without a budget nothing is over, and an unknown price counts as nothing", () => {
  expect(overBudgets([agent("a", 1000)], { agent: 0, batch: 0 }, {}, label)).toEqual({ over: [], told: {} });
  expect(texts(overBudgets([agent("a", null)], { agent: 1, batch: 0 }, {}, label))).toEqual([]);
});

test("told once, again when as much again is spent, and anew for another budget", () => {
  const first = overBudgets([agent("a", 2.5), agent("b", 1)], { agent: 2, batch: 0 }, {}, label);
  expect(texts(first)).toEqual(["a has cost $2.50, its budget is $2.00"]);
  expect(texts(overBudgets([agent("a", 3.9)], { agent: 2, batch: 0 }, first.told, label))).toEqual([]);
  expect(texts(overBudgets([agent("a", 4)], { agent: 2, batch: 0 }, first.told, label))).toEqual(["a has cost $4.00, its budget is $2.00"]);
  expect(texts(overBudgets([agent("a", 2.5)], { agent: 1, batch: 0 }, first.told, label))).toHaveLength(1);
});

test("a batch's agents spend one budget; one that works is named to whoever is told", () => {
  const agents = [agent("a", 1.5, "x"), { ...agent("b", 1, "x"), status: "working" as const }, agent("c", 9)];
  const { over } = overBudgets(agents, { agent: 0, batch: 2 }, {}, label);
  expect(over.map(({ text, agent, agents }) => [text, agent.branch, agents.length])).toEqual([["the batch tries has cost $2.50, its budget is $2.00", "b", 2]]);
});

test("what ended agents of a batch have cost stays spent, and is no other batch's", () => {
  const alone = [agent("a", 1.5, "x"), agent("b", 1.5, "y")];
  const { over } = overBudgets(alone, { agent: 1.8, batch: 2 }, {}, { label: (batch) => batch, ended: new Map([["x", 0.75], ["gone", 9]]) });
  expect(over.map(({ text, agents }) => [text, agents.length])).toEqual([["the batch x has cost $2.25, its budget is $2.00", 1]]);
});
