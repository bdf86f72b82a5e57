// What a person is shown of a long command: the whole, or a word that it may not be all.
import { expect, test } from "bun:test";
import { completed } from "../../src/fleet/answer/whole";
import { askLines } from "../../src/fleet/answer/lines";
import { askOf, askOption, isSameAsk } from "../../src/fleet/ask";
import type { Ask } from "../../src/kinds/kind";
import { lines, read } from "../helpers/recorded-screens";

const words = (n: number) => Array.from({ length: n }, (_, i) => `w${i + 1}`).join(" ");
const shownBy = (kind: string, name = "long-permission"): Ask => read(kind, lines(kind, name))!.ask!;

// Each recorded with a command of 2,000 words, Qwen's with 45: in the middle of the recording rows were left out.
test.each(["claude", "codex", "copilot", "gemini", "opencode", "qwen"])("%s shows a part of a long command, and its screen says so; of a short one it shows all", (kind) => {
  expect(shownBy(kind)).toMatchObject({ what: "permission", cut: true });
  expect(shownBy(kind, "permission").cut).toBeUndefined();
});

test.each([["codex", 2000], ["copilot", 2000], ["opencode", 2000], ["qwen", 45]] as const)("%s: the call of its transcript is the whole", (kind, n) => {
  const ask = shownBy(kind);
  const command = `touch ${words(n)} && rm -rf gone${n === 45 ? "-45" : ""}`;
  expect(completed(ask, ["bash touch something else", `bash ${command}`])).toEqual({ what: "permission", text: command, choices: ask.choices, ...(ask.selected === undefined ? {} : { selected: ask.selected }) });
});

test("Qwen's text begins with the command, without the row of its tool and what it warns of", () => {
  expect(shownBy("qwen").text).toStartWith("touch w1 w2 ");
  expect(shownBy("qwen").text).toEndWith("w44 w45 && rm -rf gone-45");
});

test("two calls that both fit are none: what is hidden of them may differ", () => {
  const ask = shownBy("codex");
  const calls = ["a", "b"].map((end) => `shell touch ${words(2000)} && rm -rf ${end}`);
  expect(completed(ask, calls)).toBe(ask);
  expect(completed(ask, [calls[0]!, calls[0]!])).toMatchObject({ text: calls[0]!.slice(6) });
  expect(askLines(completed(ask, calls))).toContain("  (this may not be all of it: its program shows a part)");
});

test("where nothing of it is shown, the last calls stand below as what they are: it may be any of them", () => {
  const ask = shownBy("claude");
  const shown = completed(ask, ["Bash touch a && rm -rf b", "Bash ls"]);
  expect(shown.text).toBe(`${ask.text}\n\nThe last calls in its transcript:\nBash touch a && rm -rf b\nBash ls`);
  expect(shown.cut).toBe(true);
  expect(completed(ask, ["Bash ls"]).text).toEndWith("The last call in its transcript:\nBash ls");
  expect(completed(ask, [])).toBe(ask);
});

test("a call of which no row is shown is not the one that is asked for", () => {
  const ask = shownBy("gemini");
  expect(completed(ask, [`run_shell_command touch ${words(200)}`, `run_shell_command touch ${words(1200)}`])).toBe(ask);
});

test("what a session's option has no room for is marked as cut, and is the same question still", () => {
  const ask: Ask = { what: "permission", text: `touch ${words(900)}`, choices: ["yes", "no"] };
  const kept = askOf({ ask: askOption(ask) })!;
  expect(kept).toMatchObject({ cut: true, choices: ["yes", "no"] });
  expect(isSameAsk(kept, ask)).toBe(true);
  expect(askOf({ ask: askOption({ ...ask, text: "touch a" }) })).toEqual({ ...ask, text: "touch a" });
});

test("what only might be cut is whole where its call says the same", () => {
  const ask: Ask = { what: "permission", text: "cd a\nls -la", choices: ["Allow once"], cut: true };
  expect(completed(ask, ["bash cd a\nls -la"])).toEqual({ what: "permission", text: "cd a\nls -la", choices: ["Allow once"] });
});

test("what seems whole is compared with its call all the same: a command may hold rows that look like its dialog's own", () => {
  const ask: Ask = { what: "permission", text: "touch z", choices: ["yes"] };
  expect(completed(ask, ["shell ls", "shell rm -rf important\n? x\ntouch z"])).toEqual({ ...ask, text: "rm -rf important\n? x\ntouch z" });
  // Its own call, as it is, comes first.
  expect(completed(ask, ["shell touch z && rm -rf b", "shell touch z"])).toEqual(ask);
  expect(completed(ask, ["shell touch z1", "shell touch z2"])).toBe(ask);
  expect(completed({ ...ask, text: "Edit src/a.ts\n+ one row" }, ["edit src/a.ts"])).toMatchObject({ text: "Edit src/a.ts\n+ one row" });
});
