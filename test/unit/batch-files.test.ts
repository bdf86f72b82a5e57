// Task lists as people write them: Markdown above all, TOML and JSON lines, with each mistake at its line.
import { describe, expect, test } from "bun:test";
import { UserError } from "../../src/base/errors";
import { markdownTasks } from "../../src/fleet/batch/markdown";
import { readTasks } from "../../src/fleet/batch/task-files";

const items = (text: string) => markdownTasks(text, "b.md").map(({ branch, prompt }) => (branch === undefined ? prompt : [branch, prompt]));

async function refusal(text: string, file: string): Promise<string> {
  try {
    await readTasks(text, file);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("not refused");
}

describe("a Markdown list", () => {
  test("is one task an item, with bullets, numbers and boxes of every sort; ticked ones are done", () => {
    expect(items("- a\n* b\n+ c\n\n1. d\n2) e\n- [ ] f\n- [x] g\n- [X] h\n")).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test("names branches in code or bold, which go from the prompt, or in plain words, which stay", () => {
    expect(items("- `fix-login`: One\n- **docs**: Two\n- **docs/api:** Three\n- fix-cache: Four\n- feat/x: Five\n")).toEqual([
      ["fix-login", "One"], ["docs", "Two"], ["docs/api", "Three"], ["fix-cache", "fix-cache: Four"], ["feat/x", "feat/x: Five"],
    ]);
  });

  test("takes no file, no address and no sentence for a branch", () => {
    const lines = ["src/auth.ts: handle null", "`render()` is slow", "Note: be quick", "https://example.org/a-b: read it", "**Important** thing", "`two words`: x"];
    expect(items(lines.map((line) => `- ${line}\n`).join(""))).toEqual(lines);
  });

  test("gives an item all that is indented under it: lists, boxes, paragraphs, code with lines like items", () => {
    const text = "- [ ] `parser`: Make it\n  - handle tabs\n    - and blanks\n  - [x] done already\n\n  A second paragraph.\n\n  ```sh\n  - not an item\n\n  # nor a heading\n  ```\n- next\n";
    expect(items(text)).toEqual([
      ["parser", "Make it\n- handle tabs\n  - and blanks\n- [x] done already\n\nA second paragraph.\n\n```sh\n- not an item\n\n# nor a heading\n```"],
      "next",
    ]);
  });

  test("leaves out a ticked item with all that is under it", () => {
    expect(items("- [x] done\n  - [ ] part of it\n\n  text\n- open\n")).toEqual(["open"]);
  });

  test("goes on without indentation until a blank line, a heading, a quote or a fence", () => {
    expect(items("- one\ngoes on\n\nprose\n- two\n# heading\n- three\n> quote\n- four\n```\n- code\n```\n")).toEqual(["one\ngoes on", "two", "three", "four"]);
  });

  test("is not prose, front matter, rules, quotes, comments, tables or code", () => {
    const text = "---\ntitle: x\ntags:\n  - a\n---\n# Plan - B\n\nA word - and another.\n2024. was a year.\n\n- - -\n***\n> - quoted\n\n<!--\n- hidden\n-->\n<!-- - hidden -->\n| - a |\n\n    - code\n\n~~~\n- code\n~~~\n- task\n";
    expect(items(text)).toEqual(["task"]);
  });

  test("is read with Windows line ends, tabs, a byte order mark, odd blanks and no last line end", () => {
    expect(items("\ufeff- a\r\n  more\r\n- b\r\n\tdeeper\r\n - c")).toEqual(["a\nmore", "b\ndeeper", "c"]);
    expect(items("1. a\n   - x\n10. b\n    - y\n")).toEqual(["a\n- x", "b\n- y"]);
    expect(items("  - a\n    more\n  - b\n")).toEqual(["a\nmore", "b"]);
  });

  test("of which an item's code was never closed ends it with the next item", () => {
    expect(items("- a\n  ```\n  code\n- b\n")).toEqual(["a\n```\ncode", "b"]);
  });

  test("knows the line of each item", () => {
    expect(markdownTasks("---\na: b\n---\n\n- x\n\n- y\n", "b.md").map(({ where }) => where)).toEqual(["b.md:5", "b.md:7"]);
  });

  test("keeps an item without words, which is then refused at its line", () => {
    expect(markdownTasks("- [ ]\n- `x`:\n", "b.md").map(({ prompt }) => prompt)).toEqual(["", "`x`:"]);
  });
});

describe("a file", () => {
  test("is read by its ending, else by what it looks like", async () => {
    const toml = '[[task]]\nbranch = "a"\nprompt = """\nx\n"""\nkind = "codex"\nbase = "main"\n';
    const want = { branch: "a", prompt: "x\n", kind: "codex", base: "main" };
    for (const file of ["t.toml", "-", "tasks"]) expect(await readTasks(toml, file)).toEqual([{ ...want, where: `${file === "-" ? "stdin" : file}:1` }]);
    for (const file of ["t.jsonl", "-"]) expect(await readTasks('\n{"branch":"a","prompt":"x"}\n\n{"prompt":"y"}\n', file)).toMatchObject([{ branch: "a", prompt: "x" }, { prompt: "y" }]);
    expect(await readTasks('[{"branch":"a","prompt":"x"}]', "t.json")).toMatchObject([{ branch: "a", prompt: "x" }]);
    for (const file of ["t.md", "-", "NOTES"]) expect(await readTasks("- a\n", file)).toMatchObject([{ prompt: "a" }]);
  });

  test.each([
    ["t.toml", "[[task]]\nbranch = \n", "t.toml:2: invalid value"],
    ["t.toml", "not toml at all", /^t\.toml:1: /],
    ["t.toml", '[[task]]\nprompt = "x"\n\n[[task]]\nbranch = "b"\nfoo = 1\n', "t.toml:6: unknown key: foo"],
    ["t.toml", '[[tasks]]\nprompt = "x"\n', "t.toml:1: unknown key: tasks"],
    ["t.toml", '[[task]]\nprompt = 3\n', "t.toml:2: prompt must be a text"],
    ["t.toml", "task = []\n", "no [[task]] in it: t.toml"],
    ["t.jsonl", '{"prompt":"x"}\n{"prompt":\n', 't.jsonl:2: not JSON: {"prompt":'],
    ["t.jsonl", '{"prompt":"x"}\n3\n', "t.jsonl:2: not a table of branch, prompt, kind, base"],
    ["t.jsonl", '{"promt":"x"}\n', "t.jsonl:1: unknown key: promt"],
    ["t.md", "# nothing\n\ntext\n- [x] done\n", "no open task in it: t.md"],
    ["t.md", " \n", "the task list is empty: t.md"],
    ["-", "", "the task list is empty: stdin"],
  ])("%p that holds %p is refused", async (file, text, message) => {
    const said = await refusal(text, file);
    if (typeof message === "string") expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});
