import { expect, test } from "bun:test";
import type { Agent } from "../../src/base/model";
import { type GcFacts, planGc } from "../../src/fleet/gc/plan";

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const agent = (id: string, change: Partial<Agent> = {}) => ({ record: { id }, status: "stopped", attached: false, standing: null, ...change }) as Agent;
const facts = (agents: Agent[], days: number, change: Partial<GcFacts> = {}): GcFacts => ({ agents, lastSeen: new Map(agents.map(({ record }) => [record.id, NOW - days * DAY])), entries: [], merges: [], refs: [], now: NOW, ...change });
const killed = (one: Agent, days: number) => planGc(30 * DAY, facts([one], days)).kill.map(({ why }) => why);

test("merged and abandoned agents go once nothing has changed for long enough", () => {
  expect(killed(agent("a"), 31)).toEqual(["abandoned"]);
  expect(killed(agent("a"), 29)).toEqual([]);
  expect(killed(agent("a", { status: "idle", standing: { is: "squash-merged", conflicts: [] } }), 31)).toEqual(["merged"]);
  expect(planGc(30 * DAY, facts([agent("a")], 45)).kill[0]!.days).toBe(45);
});

test("what works, waits, is only idle, is looked at, or of which nobody knows the age stays", () => {
  const merged: Agent["standing"] = { is: "merged", conflicts: [] };
  for (const status of ["working", "waiting", "starting", "queued", "unknown"] as const) expect([status, killed(agent("a", { status, standing: merged }), 99)]).toEqual([status, []]);
  expect(killed(agent("a", { status: "idle" }), 99)).toEqual([]);
  expect(killed(agent("a", { attached: true }), 99)).toEqual([]);
  expect(planGc(0, facts([agent("a")], 99, { lastSeen: new Map() })).kill).toEqual([]);
});

test("entries, merges and refs go by their own age; a time that can't be read is new", () => {
  const at = (days: number) => new Date(NOW - days * DAY).toISOString();
  const plan = planGc(30 * DAY, facts([], 0, {
    entries: [{ id: "old", at: at(40) }, { id: "new", at: at(3) }, { id: "odd", at: "?" }],
    merges: [{ key: "m", at: at(31) }],
    refs: [{ ref: "refs/fleet/trash/x", common: "/r", oid: "1", at: NOW - 31 * DAY, own: true }, { ref: "refs/fleet/trash/y", common: "/r", oid: "2", at: NOW, own: true }],
  }));
  expect(plan).toEqual({ kill: [], entries: [{ id: "old", at: at(40) }], merges: ["m"], refs: [{ ref: "refs/fleet/trash/x", common: "/r", oid: "1" }] });
});

test("a ref that may be another home's stays as long as any does, however short the time that is asked for", () => {
  const ref = (days: number, own: boolean) => ({ ref: `refs/fleet/trash/${days}`, common: "/r", oid: "1", at: NOW - days * DAY, own });
  const gone = (older: number) => planGc(older * DAY, facts([], 0, { refs: [ref(2, true), ref(29, false), ref(31, false)] })).refs.map(({ ref: name }) => name);
  expect(gone(1)).toEqual(["refs/fleet/trash/2", "refs/fleet/trash/31"]);
  expect(gone(90)).toEqual([]);
});
