import { expect, test } from "bun:test";
import { drawFrame, paintFrame } from "../../../src/demo/screen";

test("a frame fills any size exactly, and no line is wider", () => {
  const view = { transcript: ["a".repeat(300), "日本語".repeat(30), "tab\there"], state: ["", "Working…"], input: "one\ntwo" };
  for (const [columns, rows] of [[80, 24], [20, 5], [7, 3], [200, 60]] as const) {
    const { lines, row, column } = drawFrame(view, columns, rows);
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(row).toBe(rows - 1);
    expect(column).toBeLessThan(columns);
  }
});

test("the input box is last, with the cursor behind its text", () => {
  const { lines, column } = drawFrame({ transcript: ["said"], state: [""], input: "first\nsecond" }, 20, 8);
  expect(lines.slice(-3)).toEqual(["─".repeat(20), "> first", "  second"]);
  expect(lines[0]).toBe("said");
  expect(column).toBe(8);
});

test("escape sequences of a prompt never reach the terminal", () => {
  const view = { transcript: ["\u001b]0;evil\u0007a\u001b[2Jb"], state: ["\u001b[31mc"], input: "\u0007d" };
  expect(drawFrame(view, 40, 10).lines.join("")).not.toMatch(/[\u0000-\u001f\u007f]/);
});

test("only changed lines are painted again", () => {
  const before = drawFrame({ transcript: ["same"], state: ["1s"], input: "" }, 20, 6);
  const after = drawFrame({ transcript: ["same"], state: ["2s"], input: "" }, 20, 6);
  expect(paintFrame(after, before)).toContain("2s");
  expect(paintFrame(after, before)).not.toContain("same");
  expect(paintFrame(after, null)).toContain("same");
});
