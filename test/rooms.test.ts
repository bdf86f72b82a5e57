// The rooms of the code and who may do what, held as tests. CONTRIBUTING.md tells the why.
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { dependencies } from "../package.json";
import * as rooms from "./helpers/rooms";
import type { Sources } from "./helpers/rooms";

const ROOT = join(import.meta.dir, "..");

function read(folder: string, ending = ".ts"): Record<string, string> {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith(ending));
  const paths = entries.map((entry) => join(relative(ROOT, entry.parentPath), entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
}

const src = read("src");
const tests = read("test");
const scripts = read("scripts", "");

describe("the sources", () => {
  test("are found", () => expect(Object.keys(src).length).toBeGreaterThan(20));
  test("import only downwards", () => expect(rooms.importsGoDown(src)).toEqual([]));
  test("import in no circle, types included", () => expect(rooms.circles(src)).toEqual([]));
  test("import each package in exactly one file", () => expect(rooms.onePlacePerPackage(src, Object.keys(dependencies))).toEqual([]));
  test("let no command know another, and load for --help only the row", () => expect(rooms.commandsStandAlone(src)).toEqual([]));
  test("load what speaks to a forge only when it is asked for", () => expect(rooms.forgeIsAsked(src)).toEqual([]));
  test("load the reference, and what it says of JSON, only for who reads it", () => expect(rooms.referenceIsAsked(src)).toEqual([]));
  test("have every command in the table", () => expect(rooms.filesAreInTable(src, "src/commands", [])).toEqual([]));
  test("have every kind in the table", () => expect(rooms.filesAreInTable(src, "src/kinds", ["kind.ts"])).toEqual([]));
  test("have every segment in the table", () => expect(rooms.filesAreInTable(src, "src/segments", ["segment.ts", "usage.ts"])).toEqual([]));
  test("split a file by noun before it has 280 lines", () => expect(rooms.tooLong({ ...src, ...tests, ...scripts }, 280)).toEqual([]));
  for (const rule of rooms.RULES) {
    const all = rule.where.length ? src : { ...src, ...tests, ...scripts };
    test(`obey: ${rule.what}`, () => expect(rooms.breaks(rule, all)).toEqual([]));
  }
});

test("no test is left out", () => expect(rooms.leftOut(tests)).toEqual([]));

describe("each guard bites", () => {
  const cases: [name: string, check: (sources: Sources) => string[], bad: Sources, good: Sources][] = [
    ["upward import", rooms.importsGoDown, { "src/base/a.ts": 'import { x } from "../fleet/b";', "src/fleet/b.ts": "" }, { "src/fleet/b.ts": 'import { x } from "../base/a";', "src/base/a.ts": "" }],
    ["upward type", rooms.importsGoDown, { "src/ports/a.ts": 'import type { X } from "../context";', "src/context.ts": "" }, { "src/context.ts": 'import type { X } from "./ports/a";', "src/ports/a.ts": "" }],
    ["upward import()", rooms.importsGoDown, { "src/fleet/a.ts": 'await import("../commands/b")', "src/commands/b.ts": "" }, { "src/commands/b.ts": 'await import("../fleet/a")', "src/fleet/a.ts": "" }],
    ["rooms of one height", rooms.importsGoDown, { "src/ports/a.ts": 'import "../ui/b";', "src/ui/b.ts": "" }, { "src/ui/b.ts": 'import "../ports/a";', "src/ports/a.ts": "" }],
    ["an unknown room", rooms.importsGoDown, { "src/utils/a.ts": 'import "../base/b";', "src/base/b.ts": "" }, { "src/base/b.ts": "" }],
    ["a circle", rooms.circles, { "src/fleet/a.ts": 'import { b } from "./b";', "src/fleet/b.ts": 'import type { A } from "./a";' }, { "src/fleet/a.ts": 'import { b } from "./b";', "src/fleet/b.ts": "" }],
    ["a long circle", rooms.circles, { "src/a/a.ts": 'import "./b";', "src/a/b.ts": 'await import("./c")', "src/a/c.ts": 'export {\n x,\n y } from "./a";' }, { "src/a/a.ts": 'import "./b";\nimport "./c";', "src/a/b.ts": 'import "./c";', "src/a/c.ts": "" }],
    ["two users of a package", (s) => rooms.onePlacePerPackage(s, ["chalk"]), { "src/a.ts": 'import("chalk")', "src/b.ts": 'require("chalk")' }, { "src/a.ts": 'import type { C } from "chalk";\nimport("chalk/x")' }],
    ["no user of a package", (s) => rooms.onePlacePerPackage(s, ["chalk"]), { "src/a.ts": '// import("chalk")' }, { "src/a.ts": 'import("chalk")' }],
    ["a package that is no dependency", (s) => rooms.onePlacePerPackage(s, []), { "src/a.ts": 'import x from "@a/b";' }, { "src/a.ts": 'import x from "node:fs";\nimport y from "bun";' }],
    ["node:child_process", (s) => rooms.onePlacePerPackage(s, []), { "src/a.ts": 'import { spawn } from "node:child_process";' }, { "src/a.ts": "" }],
    ["a command that imports another", rooms.commandsStandAlone, { "src/commands/a.ts": 'await import("./b")', "src/commands/b.ts": "" }, { "src/commands/index.ts": 'import b from "./b";', "src/commands/b.ts": "" }],
    ["a command that loads early", rooms.commandsStandAlone, { "src/commands/a.ts": 'import { x } from "../fleet/b";', "src/fleet/b.ts": "" }, { "src/commands/a.ts": 'import type { X } from "../fleet/b";\nimport { y } from "../base/c";', "src/fleet/b.ts": "", "src/base/c.ts": "" }],
    ["a forge that is loaded early", rooms.forgeIsAsked, { "src/fleet/a.ts": 'import { x } from "./forge/b";', "src/fleet/forge/b.ts": "" }, { "src/fleet/a.ts": 'import type { X } from "./forge/b";\nawait import("./forge/b")', "src/fleet/forge/b.ts": "" }],
    ["a table of JSON that is loaded early", rooms.referenceIsAsked, { "src/fleet/a.ts": 'import { AGENT } from "../reference/json/b";', "src/reference/json/b.ts": "" }, { "src/a.ts": 'await import("./reference/json/b")', "src/reference/c.ts": 'import { x } from "./json/b";', "src/reference/json/b.ts": "" }],
    ["a kind outside the table", (s) => rooms.filesAreInTable(s, "src/kinds", ["kind.ts"]), { "src/kinds/index.ts": "", "src/kinds/new.ts": "" }, { "src/kinds/index.ts": 'import { n } from "./new";', "src/kinds/new.ts": "", "src/kinds/kind.ts": "" }],
    ["a long file", (s) => rooms.tooLong(s, 3), { "src/a.ts": "1\n2\n3\n4\n" }, { "src/a.ts": "1\n2\n3\n" }],
    ["a test that is left out", rooms.leftOut, { "test/a.test.ts": `test.${"sk" + "ip"}("x", () => {})` }, { "test/a.test.ts": 'test.if(there)("x", () => {})' }],
  ];
  for (const [name, check, bad, good] of cases) {
    test(name, () => {
      expect(check(bad)).not.toEqual([]);
      expect(check(good)).toEqual([]);
    });
  }

  const words: [what: RegExp, bad: string, good: string][] = [
    [/tmux/, 'spawn(["tmux", "-V"])', 'const socket = "tmux-0";'],
    [/tmux/, 'call([["set-option", "-t", id]])', 'hint: "tmux set-option -g @fleet-bin PATH"'],
    [/git/, 'spawn([ "git", "log"])', 'hint: "git branch --all"'],
    [/git/, 'await git.try(common, ["gc"])', "await commitAt(git, common, ref)"],
    [/ends the process/, "process.exit(1)", "process.exitCode"],
    [/streams/, 'process.stderr.write("x")', "process.stdout.columns"],
    [/streams/, 'console.log("x")', '// console.log("x")'],
    [/streams/, "writeSync(2, text)", "writeSync(file, text)"],
    [/comment/, `// ${"TO" + "DO"}: later`, "// todo lists are not meant"],
  ];
  for (const [what, bad, good] of words) {
    test(bad, () => {
      const rule = rooms.RULES.find((candidate) => what.test(candidate.what))!;
      expect(rooms.breaks(rule, { "src/fleet/a.ts": bad })).toHaveLength(1);
      expect(rooms.breaks(rule, { "src/fleet/a.ts": good })).toEqual([]);
      for (const place of rule.where) expect(rooms.breaks(rule, { [`${place}${place.endsWith("/") ? "a.ts" : ""}`]: bad })).toEqual([]);
    });
  }
});
