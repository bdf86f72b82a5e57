// The tables of what --json prints: one for each command that has it, whole, and never less than what was promised.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { JSON_PROMISED, promised } from "../../scripts/generate";
import { JSON_VERSION } from "../../src/base/version";
import { allCommands, findCommand } from "../../src/commands/index";
import { agentJson } from "../../src/fleet/rows";
import { commandHelp } from "../../src/reference/help";
import { JSON_OUTPUTS } from "../../src/reference/json/index";
import { paths, type Output } from "../../src/reference/json/shape";
import { jsonOfCommand, jsonOverview, jsonSections, promisedLines } from "../../src/reference/json/text";
import { misfits } from "../helpers/json-shape";
import { anAgent } from "../helpers/model";

const COMMANDS = (await allCommands()).filter((row) => !row.internal);
const WITH_JSON = COMMANDS.filter((row) => "json" in row.flags);

test("every command with --json has a table of its fields in src/reference/json, and no other one", () => {
  expect(Object.keys(JSON_OUTPUTS).sort()).toEqual(WITH_JSON.map(({ name }) => name).sort());
});

test("no field and no answer of this version has gone, nor is it something else: that raises JSON_VERSION in src/base/version.ts", () => {
  const now = new Set(promisedLines());
  expect(promised().filter((line) => !now.has(line))).toEqual([]);
  expect([JSON_PROMISED, readFileSync(join(import.meta.dir, "../..", JSON_PROMISED), "utf8").split("\n").length]).toEqual([`docs/json-${JSON_VERSION}.txt`, now.size + 1]);
});

test("every field says what it is in a line, and units stand where numbers are", () => {
  for (const [name, outputs] of Object.entries(JSON_OUTPUTS)) {
    for (const [path, { doc, unit, is }] of outputs.flatMap(({ fields }) => [...paths(fields)])) {
      expect([name, path, doc]).toEqual([name, path, expect.stringMatching(/^\S[^\n]*[^\s.]$/)]);
      if (unit !== undefined) expect([name, path, ["integer", "number"].includes(String(is))]).toEqual([name, path, true]);
    }
  }
});

test("help says where the fields are, tells each of a command, and the man page has each once", async () => {
  for (const row of WITH_JSON) {
    expect(commandHelp(row)).toContain(`fleet ${row.name} --json --help`);
    const text = jsonOfCommand(row)!;
    for (const [path] of JSON_OUTPUTS[row.name]!.flatMap(({ fields }) => [...paths(fields)])) expect([row.name, path, text.includes(`\n  ${path} `) || text.includes(`\n  ${path}\n`)]).toEqual([row.name, path, true]);
    expect(jsonOverview(COMMANDS)).toContain(`fleet ${row.name} `);
  }
  const sections = jsonSections(COMMANDS);
  const wait = sections.find(({ heading }) => heading.startsWith("fleet wait "))!;
  expect(wait.entries).toEqual([["…", "the fields of fleet list --json"]]);
  expect(commandHelp((await findCommand("kill"))!)).not.toContain("JSON");
});

test("an agent of which all is known fits the table to its last field", () => {
  const whole = anAgent({
    status: "exited", reason: "3", doing: "x", since: 1, exit: 3, ask: JSON.stringify({ what: "question", text: "?", choices: ["a"] }), cpu: 1.5, memory: 1, ahead: 1, behind: 2,
    changes: { added: 1, removed: 2, dirty: 3, stale: false }, standing: { is: "conflicts", conflicts: ["a.txt"] }, overlaps: [{ id: "b", branch: "b", files: ["a.txt"] }],
    spent: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4, cost: 0.5, partial: false },
    request: { state: "open", number: 7, draft: true, checks: "failed", failing: ["lint"], review: "required", conflicts: true, url: "https://forge.example/7", stale: false },
  }, { batch: "b1", parent: "p", forkOf: "f", issue: 12 });
  const seen = new Set<string>();
  const [output] = JSON_OUTPUTS["list"]!;
  expect(misfits([agentJson(whole, { path: () => import.meta.path } as never)], output!, seen)).toEqual([]);
  expect([...paths(output!.fields)].map(([path]) => path).filter((path) => !seen.has(path))).toEqual([]);
});

describe("what does not fit is named", () => {
  const output: Output = {
    with: "", gives: "an object",
    fields: {
      id: { is: "text", doc: "x" }, n: { is: "integer", doc: "x", none: "not known" }, is: { is: ["up", "down"], doc: "x" }, at: { is: "time", doc: "x", only: "at times" },
      of: { is: { files: { is: "text", list: true, doc: "x" } }, list: true, doc: "x" },
    },
  };
  const fits = { id: "a", n: null, is: "up", of: [{ files: ["a", "b"] }] };

  test.each([
    [fits, []],
    [{ ...fits, more: 1 }, ["more is not in the table"]],
    [{ n: 1, is: "up", of: [] }, ["id is missing"]],
    [{ ...fits, id: 7 }, ["id is no text: 7"]],
    [{ ...fits, id: null }, ["id is null, and the table does not say what that means"]],
    [{ ...fits, n: 1.5 }, ["n is no integer: 1.5"]],
    [{ ...fits, is: "left" }, ['is is none of up, down: "left"']],
    [{ ...fits, at: "yesterday" }, ['at is no time: "yesterday"']],
    [{ ...fits, of: { files: [] } }, ["of is no list"]],
    [{ ...fits, of: [{ files: ["a", 2] }] }, ["of[].files[] is no text: 2"]],
    [{ ...fits, of: [{ files: [], size: 1 }] }, ["of[].size is not in the table"]],
    [{ ...fits, of: ["a"] }, ["of[] is no object"]],
    [[fits], ["it is no object"]],
    [null, ["null, where an answer is promised"]],
  ])("%j", (value, wrong) => expect(misfits(value, output)).toEqual(wrong as string[]));
});
