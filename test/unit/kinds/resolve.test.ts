// From a name and the config to a kind, and what is refused on the way.
import { describe, expect, test } from "bun:test";
import { kindNames, KINDS, resolveKind, takesPrompt } from "../../../src/kinds/index";
import type { KindSettings } from "../../../src/kinds/kind";
import { refusal as refusalOf } from "../../helpers/refusal";

const facts = { conversation: null, extra: ["--more"], fleet: "/opt/fleet", directory: "/agent", worktree: "/w", prompted: false };

const refusal = (name: string, settings: Record<string, KindSettings>) => refusalOf(() => resolveKind(name, settings));

test("built-in kinds need no config, and come in their order", () => {
  expect(KINDS.map((kind) => kind.name)).toEqual(["claude", "codex", "gemini", "opencode", "qwen", "copilot", "demo"]);
  for (const { name } of KINDS) expect(resolveKind(name, {})).toMatchObject({ name, flags: [], env: {} });
});

test("an entry named like a built-in kind adds to it", () => {
  const kind = resolveKind("claude", { claude: { flags: ["--permission-mode", "plan"], env: { A: "1" } } });
  expect(kind).toMatchObject({ name: "claude", program: "claude", flags: ["--permission-mode", "plan"], env: { A: "1" } });
});

test("a variant has its own name, the program of its built-in, and the flags of both", () => {
  const settings = { claude: { flags: ["--a"], env: { A: "1", B: "1" } }, opus: { like: "claude", flags: ["--model", "opus"], env: { B: "2" } } };
  const kind = resolveKind("opus", settings);
  expect(kind).toMatchObject({ name: "opus", title: "Claude Code", program: "claude", flags: ["--a", "--model", "opus"], env: { A: "1", B: "2" } });
  expect(resolveKind("claude", settings).flags).toEqual(["--a"]);
});

test("the names are the built-in ones, then the config's, each once", () => {
  expect(kindNames({ mine: { command: ["x"] }, claude: { flags: [] } })).toEqual(["claude", "codex", "gemini", "opencode", "qwen", "copilot", "demo", "mine"]);
});

describe("a custom command", () => {
  const custom = (...command: string[]) => resolveKind("mine", { mine: { command } });

  test("takes the prompt as one word, and further arguments last", () => {
    const kind = custom("my-agent", "--fast", "--message", "{prompt}");
    expect(kind).toMatchObject({ name: "mine", program: "my-agent", picksConversation: false, reports: false });
    expect(kind.launch(facts)).toEqual(["my-agent", "--fast", "--message", { before: "", after: "" }, "--more"]);
  });

  test("takes the prompt inside a word", () => {
    expect(custom("x", "--p={prompt}!").launch(facts)).toEqual(["x", { before: "--p=", after: "!" }, "--more"]);
  });

  test("may have no place for a prompt", () => {
    expect(takesPrompt(custom("x", "{ prompt }").launch(facts))).toBe(false);
  });

  test("is started again without the prompt that it had", () => {
    expect(custom("x", "-v", "{prompt}").resume(facts)).toEqual(["x", "-v", "--more"]);
  });

  test("keeps every other brace, quote and dollar as it is", () => {
    expect(custom("x", "{Prompt}", "$(id)", "a'b;").launch(facts)).toEqual(["x", "{Prompt}", "$(id)", "a'b;", "--more"]);
  });
});

describe("refused, with the entry named:", () => {
  const rows: [what: string, name: string, settings: Record<string, KindSettings>, message: RegExp][] = [
    ["neither like nor command", "mine", { mine: { flags: ["-x"] } }, /needs like .* or command: kinds\.mine$/],
    ["both like and command", "mine", { mine: { like: "claude", command: ["x"] } }, /not both: kinds\.mine$/],
    ["an empty command", "mine", { mine: { command: [] } }, /needs at least the program's name: kinds\.mine\.command$/],
    ["an empty program", "mine", { mine: { command: ["", "x"] } }, /needs at least the program's name/],
    ["the prompt as the program", "mine", { mine: { command: ["{prompt}"] } }, /can't hold \{prompt\}: kinds\.mine\.command$/],
    ["two prompts in a word", "mine", { mine: { command: ["x", "{prompt}{prompt}"] } }, /holds \{prompt\} twice/],
    ["like of no built-in kind", "mine", { mine: { like: "cladue" } }, /no built-in kind: cladue \(claude\?\): kinds\.mine$/],
    ["like of a custom kind", "b", { a: { command: ["x"] }, b: { like: "a" } }, /no built-in kind: a/],
    ["a command for a built-in kind", "claude", { claude: { command: ["evil"] } }, /flags and env, not command: kinds\.claude$/],
    ["like for a built-in kind", "claude", { claude: { like: "codex" } }, /flags and env, not like: kinds\.claude$/],
  ];
  test.each(rows)("%s", (_, name, settings, message) => {
    const error = refusal(name, settings);
    expect(error.message).toMatch(message);
    expect(error.hint).toBe("fleet config edit");
  });

  test("an unknown kind, with the nearest and with all of them", () => {
    const error = refusal("cluade", { mine: { command: ["x"] } });
    expect(error.message).toBe("no such kind: cluade");
    expect(error.hint).toContain("claude");
    expect(error.detail).toBe("kinds: claude, codex, gemini, opencode, qwen, copilot, demo, mine");
  });

  test("a name that every object has", () => {
    for (const name of ["constructor", "__proto__", "toString"]) expect(refusal(name, {}).message).toBe(`no such kind: ${name}`);
  });
});
