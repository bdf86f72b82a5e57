// Spans of time as people type them.
import { expect, test } from "bun:test";
import { parseDuration } from "../../src/base/duration";

const refusal = (text: string, rules = {}) => {
  try {
    return parseDuration(text, "snooze", rules);
  } catch (error) {
    return (error as Error).message;
  }
};

test("units add up", () => {
  expect(["90s", "10m", "1h30m", "2d", "0.5h"].map((text) => parseDuration(text, "x"))).toEqual([90, 600, 5400, 172_800, 1800]);
});

test("a number without a unit is asked for one, but where it is seconds by custom", () => {
  expect(refusal("5")).toBe("snooze takes a time with its unit, 5s, 5m or 5h: 5");
  expect([refusal("5", { bare: true }), refusal("0.7", { bare: true })]).toEqual([5, 0.7]);
});

test("no time at all, less than none, and more than a life are refused", () => {
  for (const text of ["0", "0m", "-5m", "-5"]) expect(refusal(text)).toBe(`snooze takes a positive time such as 10m: ${text}`);
  expect([refusal("0", { bare: true, zero: true }), refusal("0s", { zero: true })]).toEqual([0, 0]);
  expect(refusal("-5m", { bare: true, zero: true })).toBe("snooze takes a positive time such as 10m: -5m");
  expect(refusal("99999999d")).toBe("snooze takes a time of ten years at most: 99999999d");
});

test("what is no time is named", () => {
  for (const text of ["soon", "", "5 m", "m", "5x", "1e9", "5m!"]) expect(refusal(text)).toBe(`snooze takes a time such as 30s, 10m or 2h: ${text}`);
});
