// A text field of a question that a person has opened, or typed into: no key may go into it, send it along, or throw it away.
import { expect, test } from "bun:test";
import { builtInKind } from "../../../src/kinds/index";
import type { Answer, Ask } from "../../../src/kinds/kind";
import { lines, read } from "../../helpers/recorded-screens";

const KINDS = ["claude", "codex", "copilot", "gemini", "opencode", "qwen"];
const shown = (kind: string, name: string): Ask => read(kind, lines(kind, name))!.ask!;
const keys = (kind: string, ask: Ask, answer: Answer) => builtInKind(kind)!.answerKeys!(ask, answer);

test.each(KINDS)("%s: an open and empty field is told apart, and the question is the same one", (kind) => {
  const [closed, open] = [shown(kind, "question"), shown(kind, "open-field")];
  expect(closed.field).toBeUndefined();
  expect(open.field).toBe("");
  expect(open.choices).toEqual(closed.choices);
  expect(open.what).toBe("question");
});

test.each(KINDS)("%s: a person's words in it are read as theirs, and not as a choice", (kind) => {
  const draft = shown(kind, "draft-field");
  expect(draft).toEqual({ ...shown(kind, "open-field"), field: "half draft" });
});

test.each(["gemini", "qwen"])("%s: words stay there when the cursor goes on", (kind) => {
  const left = shown(kind, "left-field");
  expect(left).toMatchObject({ field: "half draft", selected: 1 });
  expect(left.choices).toEqual(shown(kind, "question").choices);
});

// What was tried on each program: a digit typed into a field, Esc that closes it, arrows that leave it.
test.each([
  ["claude", null, [], [["Escape"]]],
  ["codex", [["Escape"], ["Down"], ["Enter"]], [["Escape"], ["Down"], ["Down"], ["Tab"]], [["Escape"], ["Escape"]]],
  ["copilot", [["Up"], ["Enter"]], [], [["Escape"]]],
  ["gemini", [["Up"], ["Enter"]], [], [["Escape"]]],
  ["opencode", [["Escape"], ["2"]], [], [["Escape"], ["Escape"]]],
  ["qwen", [["Up"], ["Enter"]], [], [["Escape"]]],
] as const)("%s: from an open and empty field the second choice, words, and no", (kind, second, words, no) => {
  const open = shown(kind, "open-field");
  expect<unknown>([keys(kind, open, { is: "choice", n: 2 }), keys(kind, open, { is: "text", text: "Oval" }), keys(kind, open, { is: "no" })]).toEqual([second, words, no]);
});

test("Claude's Yes with words to it is Yes, and Tab closes what is empty", () => {
  const [open, draft] = [shown("claude", "open-amendment"), shown("claude", "draft-amendment")];
  expect(open).toMatchObject({ what: "permission", field: "", selected: 0 });
  expect(open.choices[0]).toBe("Yes");
  expect([keys("claude", open, { is: "yes" }), keys("claude", open, { is: "choice", n: 4 })]).toEqual([[["Tab"], ["1"]], [["Tab"], ["4"]]]);
  expect(draft).toEqual({ ...open, text: draft.text, field: "and x" });
  expect(keys("claude", draft, { is: "yes" })).toBeNull();
});

test("a marked choice of Claude's that only looks like an amended one is a choice", () => {
  const screen = lines("claude", "open-amendment").map((line) => line.replace("❯ 1. Yes, and tell Claude what to do next", "  1. Yes").replace("   2. Yes", " ❯ 2. Yes"));
  const ask = read("claude", screen)!.ask!;
  expect(ask.selected).toBe(1);
  expect(ask.choices[1]).toMatch(/^Yes, and /);
  expect(ask.field).toBeUndefined();
});

test("Codex's question without a marked choice, as after notes that were emptied, is read, and says so", () => {
  const ask = read("codex", lines("codex", "question").map((line) => line.replace("› 1.", "  1.").replace(/tab to add notes \| /, "")))!.ask!;
  expect(ask).toMatchObject({ what: "question", choices: shown("codex", "question").choices });
  expect(ask.selected).toBeUndefined();
});

test.each([["codex", { choices: ["Red", "Blue", "None of the above"], selected: 0 }], ["opencode", { choices: ["Red", "Blue", "Type your own answer"] }]] as const)("%s: what a person writes may look like choices", (kind, ask) => {
  expect(shown(kind, "numbered-field")).toEqual({ what: "question", text: "Which shape?", choices: [...ask.choices], field: "half draft\n2. more", ...("selected" in ask ? { selected: ask.selected } : {}) });
});

test("words to Claude's Yes stay there when the cursor goes on; its pattern of commands can be changed as soon as it is marked", () => {
  expect(shown("claude", "left-amendment")).toMatchObject({ what: "permission", field: "d", selected: 1 });
  expect(shown("claude", "left-amendment").choices[0]).toBe("Yes");
  const pattern = shown("claude", "marked-pattern");
  expect(pattern).toMatchObject({ field: "npm run *", selected: 1 });
  expect(keys("claude", pattern, { is: "choice", n: 1 })).toBeNull();
  const { field: _, ...elsewhere } = pattern;
  expect(keys("claude", { ...elsewhere, selected: 0 }, { is: "always" })).toEqual([["2"]]);
});

test("words in the place of Copilot's refusal are no choice", () => {
  const ask = shown("copilot", "draft-refusal");
  expect(ask).toMatchObject({ what: "permission", field: "draft words", selected: 2 });
  expect(ask.choices.at(-1)).toBe(shown("copilot", "permission").choices.at(-1)!);
});

test("the last choice of a question without a text field of its own is a choice", () => {
  const yesNo = lines("gemini", "question").filter((line) => !/ 3\. |the (first|second)/.test(line)).map((line) => line.replace("Red ", "Yes ").replace("Blue", "No  "));
  expect(read("gemini", yesNo)!.ask).toMatchObject({ choices: ["Yes", "No"] });
  expect(read("gemini", yesNo)!.ask!.field).toBeUndefined();
  const named = lines("gemini", "question").map((line) => line.replace("Enter a custom value", "e.g. teal or mauve  "));
  expect(read("gemini", named)!.ask!.field).toBeUndefined();
  const submit = lines("qwen", "question").map((line) => line.replace(/Which colour\?/, "Ready to submit your answers?").replace("3. Type something...", "3. Cancel"));
  expect(read("qwen", submit)!.ask).toMatchObject({ choices: ["Red", "Blue", "Cancel"] });
});

test("Claude's field is found where several answers can be given, and where rows follow it", () => {
  const several = lines("claude", "question").map((line) => line.replace(/(\d\. )(Red|Blue|Type something)/, "$1[ ] $2"));
  expect(read("claude", several)!.ask!.field).toBeUndefined();
  const more = lines("claude", "draft-field").flatMap((line) => (line.includes("Chat about this") ? [line, "  5. Skip interview and plan immediately"] : [line]));
  expect(read("claude", more)!.ask).toMatchObject({ field: "half draft", choices: expect.arrayContaining(["Type something."]) });
});
