// Words of the command line as a command gets them.
import { describe, expect, test } from "bun:test";
import type { CommandRow } from "../../src/base/command";
import { findCommand } from "../../src/commands/index";
import { parseCommand } from "../../src/ui/parse";

const row: CommandRow<unknown> = {
  name: "try",
  group: "Work",
  summary: "",
  args: [
    { name: "branch", doc: "the branch" },
    { name: "glob", doc: "more", optional: true, many: true },
  ],
  flags: {
    prompt: { type: "string", short: "p", value: "TEXT", doc: "" },
    repo: { type: "string", value: "PATH", optionalValue: true, doc: "" },
    lines: { type: "number", short: "n", doc: "" },
    to: { type: "strings", doc: "" },
    status: { type: "string", doc: "", choices: ["idle", "working"] },
    detach: { type: "boolean", short: "d", doc: "" },
    "no-setup": { type: "boolean", doc: "" },
  },
  rest: { name: "ARGS", doc: "" },
  examples: [],
  run: async () => {},
};
const parse = (...words: string[]) => parseCommand(row, words);
const flags = (...words: string[]) => parse("b", ...words).input.flags as Record<string, unknown>;
const refusal = (...words: string[]) => {
  try {
    parse(...words);
  } catch (error) {
    return [(error as Error).message, (error as { hint?: string }).hint ?? ""];
  }
  return null;
};

test("what is not given is false, undefined or empty", () => {
  expect(parse("b")).toEqual({
    input: { args: { branch: "b", glob: [] } as never, flags: { prompt: undefined, repo: undefined, lines: undefined, to: [], status: undefined, detach: false, "no-setup": false } as never, rest: [] },
    help: false, verbose: false, directory: undefined,
  });
});

describe("a value", () => {
  const cases: [words: string[], name: string, value: string | string[] | number | boolean][] = [
    [["-p", "-x"], "prompt", "-x"],
    [["-p", "--help me"], "prompt", "--help me"],
    [["-px"], "prompt", "x"],
    [["--prompt=--y=z"], "prompt", "--y=z"],
    [["-dp", "a\nb"], "prompt", "a\nb"],
    [["--prompt="], "prompt", ""],
    [["-p", "one", "-p", "two"], "prompt", "two"],
    [["-n", "12"], "lines", 12],
    [["--to", "a", "--to=b"], "to", ["a", "b"]],
    [["--no-setup"], "no-setup", true],
    [["--repo"], "repo", ""],
    [["--repo", "-d"], "repo", ""],
    [["--repo", "/x"], "repo", "/x"],
    [["--repo=/x", "g"], "repo", "/x"],
  ];
  for (const [words, name, value] of cases) test(words.join(" ").replace("\n", "⏎"), () => expect(flags(...words)[name]).toEqual(value));
});

test("words after -- are the program's where a row takes them, else arguments", () => {
  expect(parse("b", "g", "--", "-p", "x").input).toMatchObject({ args: { branch: "b", glob: ["g"] }, rest: ["-p", "x"] });
  const plain = { ...row };
  delete (plain as { rest?: unknown }).rest;
  expect(parseCommand(plain, ["--", "-b", "--g"]).input).toMatchObject({ args: { branch: "-b", glob: ["--g"] }, rest: [] });
});

test("a negative number is an argument, and so is a negative time: who takes it says that it must be positive", () => {
  expect(parse("b", "-5m", "-1h30m", "-d").input).toMatchObject({ args: { glob: ["-5m", "-1h30m"] }, flags: { detach: true } });
  expect(parse("b", "-12", "-d", "-3").input).toMatchObject({ args: { glob: ["-12", "-3"] }, flags: { detach: true } });
});

test("flags of every command are understood, and help wins over what is missing", () => {
  expect(parse("b", "-v", "-C", "/x")).toMatchObject({ verbose: true, directory: "/x" });
  expect(parse("-h").help).toBe(true);
  expect(parse("b", "-p", "-h")).toMatchObject({ help: false, input: { flags: { prompt: "-h" } } });
  expect(parse("--bogus", "--help").help).toBe(true);
});

test("what is wrong is named, with the next word where there is a near one", () => {
  expect(refusal("b", "--promt", "x")).toEqual(["no such flag: --promt", "fleet try --prompt"]);
  expect(refusal("b", "-x")).toEqual(["no such flag: -x", "fleet try --help   (and git allows no branch that begins with a dash: -x)"]);
  expect(refusal("b", "--constructor")?.[0]).toBe("no such flag: --constructor");
  expect(refusal("b", "-p")?.[0]).toBe("--prompt takes a value: TEXT");
  expect(refusal("b", "-n", "1x")?.[0]).toBe("--lines takes a whole number: 1x");
  expect(refusal("b", "--status", "nope")?.[0]).toBe("--status is one of idle, working, not nope");
  expect(refusal("b", "--detach=no")?.[0]).toBe("--detach takes no value: no");
  expect(refusal()?.[0]).toBe("missing: branch, the branch");
});

test("a word that no argument takes is named", async () => {
  const path = (await findCommand("path"))!;
  expect(() => parseCommand(path, ["a", "b"])).toThrow("one word too many: b");
});

test.each(["compare", "keep a --merge", "merge a"])("an empty check is none, so that it passes nothing: %s", async (line) => {
  const [name = "", ...words] = line.split(" ");
  const command = (await findCommand(name))!;
  for (const check of ["", " \n"]) expect(() => parseCommand(command, [...words, "--run", check])).toThrow("--run takes a value: CMD");
  expect(parseCommand(command, [...words, "--run", "true"]).input.flags).toMatchObject({ run: "true" });
});
