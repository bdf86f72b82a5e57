// How an agent's commits stand to its base, and which files it shares with others.
import { expect, test } from "bun:test";
import { type StandingFacts, standingOf } from "../../src/fleet/forecasts";
import { overlapsOf } from "../../src/fleet/overlap";
import { mergeText, overlapText } from "../../src/ui/columns";
import { anAgent } from "../helpers/model";

const facts = (more: Partial<StandingFacts>): StandingFacts => ({ baseGone: false, counts: { ahead: 2, behind: 0 }, pair: { base: "b", tip: "t" }, began: "b", forecast: null, ...more });

test("each standing has its reason", () => {
  expect(standingOf(facts({}))!.is).toBe("clean");
  expect(standingOf(facts({ baseGone: true }))!.is).toBe("base gone");
  expect(standingOf(facts({ counts: { ahead: 0, behind: 3 } }))!.is).toBe("merged");
  expect(standingOf(facts({ counts: { ahead: 0, behind: 3 }, pair: { base: "c", tip: "b" } }))!.is).toBe("empty");
  expect(standingOf(facts({ counts: { ahead: 1, behind: 1 }, forecast: "same" }))!.is).toBe("squash-merged");
  expect(standingOf(facts({ counts: { ahead: 1, behind: 1 }, forecast: ["a"] }))).toEqual({ is: "conflicts", conflicts: ["a"] });
  expect(standingOf(facts({ counts: { ahead: 1, behind: 1 } }))).toBeNull();
  expect(standingOf(facts({ counts: null }))).toBeNull();
});

test("files that two live agents of one repo have touched are marked in both", () => {
  const one = anAgent({ branch: "one", touched: ["a", "b", "c"] }, { id: "aaaaaa" });
  const two = anAgent({ branch: "two", touched: ["b", "c", "x"] }, { id: "bbbbbb" });
  const far = anAgent({ branch: "far", touched: ["b"] }, { id: "cccccc", repo: "/other/.git" });
  const gone = anAgent({ branch: "gone", touched: ["a"], session: null }, { id: "dddddd" });
  const found = overlapsOf([one, two, far, gone], () => false);
  expect([...found.keys()].sort()).toEqual(["aaaaaa", "bbbbbb"]);
  expect(found.get("aaaaaa")).toEqual([{ id: "bbbbbb", branch: "two", files: ["b", "c"] }]);
  expect(overlapsOf([one, two], () => true).size).toBe(0);
});

test("a list shows what stands out, in few words", () => {
  expect(mergeText(anAgent({ standing: { is: "conflicts", conflicts: ["a", "b"] }, behind: 3 }))).toBe("conflicts 2");
  expect(mergeText(anAgent({ standing: { is: "squash-merged", conflicts: [] } }))).toBe("squash-merged");
  expect(mergeText(anAgent({ standing: { is: "clean", conflicts: [] }, behind: 3 }))).toBe("↓3");
  expect(mergeText(anAgent({ standing: { is: "empty", conflicts: [] }, behind: 0 }))).toBe("");
  const shared = (branch: string, ...files: string[]) => ({ id: branch, branch, files });
  expect(overlapText(anAgent({ overlaps: [shared("two", "a", "b"), shared("three", "a")] }))).toBe("2 with two +1");
  expect(overlapText(anAgent({}))).toBe("");
});
