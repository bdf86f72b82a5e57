// Mistakes in config files: each is found with its line, its key, what was expected and what stands there.
import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultFile, OPTION_KEYS } from "../../src/base/options";
import { problemText } from "../../src/fleet/config-problems";
import { configProblems } from "../../src/fleet/settings";
import { parseToml } from "../../src/ports/config-file";
import { lineOf, tomlPositions } from "../../src/ports/toml-positions";

async function mistakes(own: string | null, repo: string | null = null): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), "fleet-settings-"));
  try {
    const main = join(root, "main");
    mkdirSync(main);
    if (repo !== null) writeFileSync(join(main, ".ai_fleet.toml"), repo);
    const { problems } = await configProblems({ home: root, main, common: join(main, ".git"), userHome: root }, own);
    return problems.map(problemText);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe("a mistake in config.toml", () => {
  const cases: [what: string, text: string, said: string][] = [
    ["a number for a list", "\n[worktree]\ncopy = 5\n", "config.toml:3: worktree.copy: expected an array of strings, got the number 5"],
    ["a wrong element, on its own line", '[worktree]\nlink = [\n  "a",\n  7,\n]\n', "config.toml:4: worktree.link[2]: expected a string, got the number 7"],
    ["a string for a list", '[setup]\nrun = "npm ci"\n', 'config.toml:2: setup.run: expected an array of strings, got "npm ci"'],
    ["an empty command", '[setup]\nrun = [" "]\n', 'config.toml:2: setup.run[1]: expected a command line, got an empty one'],
    ["a fraction", "[log]\nsize = 1.5\n", "config.toml:2: log.size: expected a whole number, got the number 1.5"],
    ["less than nothing", "[log]\nsize = -1\n", "config.toml:2: log.size: expected a number, 0 or above, got the number -1"],
    ["a date", "[agent]\ndefault = 2026-01-01\n", "config.toml:2: agent.default: expected a string, got a date"],
    ["a relative root", '[worktree]\nroot = "trees"\n', 'config.toml:2: worktree.root: expected a path that begins with / or ~/, got "trees"'],
    ["a path out of the checkout", '[worktree]\ncopy = ["a/../../b"]\n', 'config.toml:2: worktree.copy[1]: expected a path inside the checkout, without .. and not beginning with / or ~, got "a/../../b"'],
    ["the checkout itself", '[worktree]\nlink = ["./"]\n', 'config.toml:2: worktree.link[1]: expected a path inside the checkout, without .. and not beginning with / or ~, got "./"'],
    ["a value where a table belongs", "agent = 1\n", "config.toml:1: agent: expected a table, got the number 1"],
    ["an unknown key", '[worktree]\ncopies = ["a"]\n', "config.toml:2: worktree.copies: unknown key; did you mean worktree.copy?"],
    ["an unknown table", "[worktre]\nx = 1\n", "config.toml:1: worktre: unknown key; did you mean worktree?"],
    ["a key without its table", 'root = "/x"\n', "config.toml:1: root: unknown key; did you mean worktree.root?"],
    ["an unknown default kind", '[agent]\ndefault = "claud"\n', "config.toml:2: agent.default: no such kind: claud; did you mean claude?"],
    ["a built-in kind made anew", '[kinds.claude]\ncommand = ["evil"]\n', "config.toml:2: kinds.claude.command: claude is a built-in kind and takes flags and env only; give the variant a name of its own"],
    ["a kind with like and command", '[kinds.x]\nlike = "claude"\ncommand = ["x"]\n', "config.toml:3: kinds.x.command: expected like or command, got both"],
    ["a kind with neither", '[kinds.codx]\nflags = ["x"]\n', 'config.toml:1: kinds.codx: expected like = "…" or command = […], got neither; did you mean codex?'],
    ["a variant of nothing", '[kinds.x]\nlike = "cloud"\n', 'config.toml:2: kinds.x.like: expected a built-in kind (claude, codex, gemini, opencode, qwen, copilot, demo), got "cloud"; did you mean claude?'],
    ["an unknown key of a kind", '[kinds.x]\nlike = "claude"\nflag = []\n', "config.toml:3: kinds.x.flag: unknown key; did you mean kinds.x.flags?"],
    ["a prompt as the program", '[kinds.x]\ncommand = ["{prompt}"]\n', "config.toml:2: kinds.x.command: expected a program's name as the first word"],
    ["a variable no shell could have", '[kinds.x]\nlike = "claude"\nenv = { "A-B" = "1" }\n', 'config.toml:3: kinds.x.env.A-B: expected a name that an environment variable can have, got "A-B"'],
    ["a kind's name with a blank", '[kinds."a b"]\nlike = "claude"\n', 'config.toml:1: kinds."a b": expected a name of letters, digits, . _ and - (at most 40), got "a b"'],
    ["broken TOML", "[agent]\ndefault = \n", "config.toml:2: not valid TOML: invalid value (column 11)"],
    ["a key given twice", '[agent]\ndefault = "a"\ndefault = "b"\n', "config.toml:3: not valid TOML: trying to redefine an already defined table or value (column 1)"],
  ];
  for (const [what, text, said] of cases) {
    test(`${what} is told of with line and key`, async () => {
      expect(await mistakes(text)).toEqual([said]);
    });
  }

  test("hides no other: all are listed, in the order of lines", async () => {
    const said = await mistakes('[agent]\ndefault = "claud"\n[worktree]\ncopy = 5\nlnk = []\n[kinds.x]\nlike = "claude"\ncommand = ["x"]\n[log]\nsize = "big"\n');
    expect(said.map((line) => line.split(": ").slice(0, 2).join(" "))).toEqual([
      "config.toml:2 agent.default", "config.toml:4 worktree.copy", "config.toml:5 worktree.lnk", "config.toml:8 kinds.x.command", "config.toml:10 log.size",
    ]);
  });

  test("shows hostile keys and values with every escape code spelled out", async () => {
    const said = await mistakes('"\\u001b[31mred\\u202e" = 1\n[kinds.x]\nlike = "\\u001b]0;title\\u0007"\n');
    expect(said.join("\n")).not.toMatch(/[\u0000-\u0009\u001b\u202e]/);
    expect(said[0]).toContain("\\x1b[31mred\\u202e");
    expect(said[1]).toContain("\\x1b]0;title\\x07");
  });

  test("is not seen where there is none: all of the default file, uncommented, is valid", async () => {
    const uncommented = defaultFile().replace(/^# (\w+ = |\[)/gm, "$1");
    expect(uncommented).toContain('\n[kinds.mine]');
    expect(await mistakes(uncommented)).toEqual([]);
  });
});

describe("a repo's .ai_fleet.toml", () => {
  test("may hold less; the rest is not a mistake, but wrong types of what counts are", async () => {
    const said = await mistakes(null, '[kinds.claude]\ncommand = 5\n[agent]\ndefault = 1\n[worktree]\ncopy = 1\nfoo = 2\n[setup]\nrun = ["ok", 3]\n');
    expect(said).toEqual([
      ".ai_fleet.toml:6: worktree.copy: expected an array of strings, got the number 1",
      ".ai_fleet.toml:9: setup.run[2]: expected a string, got the number 3",
    ]);
  });

  test("with a key that JavaScript would trip over is refused", async () => {
    expect((await mistakes(null, '[worktree]\n__proto__ = { copy = ["x"] }\n'))[0]).toStartWith(".ai_fleet.toml:2: not valid TOML");
  });
});

describe("the default file", () => {
  test("names every option, each commented out with a doc", () => {
    const file = defaultFile();
    for (const key of OPTION_KEYS) expect(file).toContain(`\n# ${key.split(".")[1]} = `);
    expect(file).not.toMatch(/^\w/m);
  });
});

describe("positions", () => {
  test("are right after long strings, nested values, comments and tables of tables", async () => {
    const text = [
      'a = """', "x = 1", '[no]"""', "b = '''", "''''", "c.d . \"e f\" = { g = [1, # ]", "  2], h = \"}\" }", "[[t]]", "k = 1979-05-27 07:32:00Z", "[[t]]", "k = 'x' # y", "['q.r'.s]", "v = [[1],", " [2]]",
    ].join("\n");
    expect("data" in (await parseToml(text))).toBe(true);
    const positions = tomlPositions(text);
    const at = (...path: (string | number)[]) => lineOf(positions, path);
    expect([at("a"), at("b"), at("c", "d", "e f", "g", 1), at("c", "d", "e f", "h")]).toEqual([1, 4, 7, 7]);
    expect([at("t", 0, "k"), at("t", 1, "k"), at("q.r", "s"), at("q.r", "s", "v", 1, 0)]).toEqual([9, 11, 12, 14]);
    expect([at("no"), at("x")]).toEqual([null, null]);
  });

  test("of any text at all end", () => {
    for (const text of ["[", "]", "a", "a=", "=", "[[", "{", '"', "a = {", "a = [", 'a = """', "a.b.", "\\", "a = }", "}]", "a = [}]", "#"]) {
      expect(tomlPositions(text)).toBeInstanceOf(Map);
    }
  });
});
