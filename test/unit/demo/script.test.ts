import { expect, test } from "bun:test";
import { noteName } from "../../../src/demo/acts";
import { parseScript, type Step } from "../../../src/demo/script";

const rows: [prompt: string, steps: Step[]][] = [
  ["work 2\n burn 0.5 ", [{ act: "work", seconds: 2 }, { act: "burn", seconds: 0.5 }]],
  ["write a/b.txt one\\ntwo  three\ncommit Add it", [{ act: "write", path: "a/b.txt", text: "one\ntwo  three" }, { act: "commit", text: "Add it" }]],
  ["write empty.txt", [{ act: "write", path: "empty.txt", text: "" }]],
  ["please do this:\nask May I go on?\nsay yes", [{ act: "ask", text: "May I go on?" }, { act: "say", text: "yes" }]],
  ["fail it broke\nexit 3\ncrash\nignore-hup\nchildren 4", [{ act: "fail", text: "it broke" }, { act: "exit", code: 3 }, { act: "crash" }, { act: "ignore-hup" }, { act: "children", count: 4 }]],
];
test.each(rows)("%j has its directives, in order", (prompt, steps) => {
  expect(parseScript(prompt)).toEqual(steps);
});

test("sentences are no directives", () => {
  for (const prompt of ["write a haiku", "work on the parser", "exit quickly", "exit 999", "crash course, please", "Say it", "ask", "children of men", ""]) {
    expect(parseScript(prompt)).toEqual([{ act: "note", prompt }]);
  }
});

test("a note is named after the prompt's first words, and stays a plain file name", () => {
  expect(noteName("Add a README, please, with all the trimmings")).toBe("add-a-readme-please-with");
  expect(noteName("../../etc/passwd")).toBe("etc-passwd");
  expect(noteName("日本語 の")).toBe("日本語-の");
  expect(noteName("$(!)")).toBe("note");
});
