// Text from tools, cut to what a person reads.
import { expect, test } from "bun:test";
import { firstLines } from "../../src/base/text";

test("of many lines the first are shown, and how many more there are; one line more is shown as it is", () => {
  const lines = (n: number) => Array.from({ length: n }, (_, i) => `line ${i}`).join("\n");
  expect(firstLines("", 5)).toBe("");
  expect(firstLines(lines(6), 5)).toBe(lines(6));
  expect(firstLines(lines(200), 5)).toBe(`${lines(5)}\n… and 195 more lines`);
});
