// A comparison as lines for a picker: the order, what a check says, and that nothing of an agent's text gets out of its line.
import { describe, expect, test } from "bun:test";
import { ATTEMPT_KEYS, keysOf } from "../../src/base/keys";
import type { Agent, Attempt } from "../../src/base/model";
import { type Check, checkOf, type Figures } from "../../src/fleet/compare/checks";
import { attemptsOf, figuresOf } from "../../src/fleet/compare/compare";
import { attemptInput, attemptSummary } from "../../src/fleet/compare/lines";
import { attemptText, rank } from "../../src/fleet/compare/rank";
import { attemptKeys } from "../../src/fleet/popup/binds";
import { HEADER_LINES } from "../../src/fleet/popup/lines";
import { attemptView, viewOf } from "../../src/fleet/popup/view";
import { anAgent } from "../helpers/model";

const plain = (_: unknown, text: string) => text;
const none = { result: null, checking: null, outdated: false };
const result = (code: number | null, score: number | null = null) => ({ code, score, timedOut: false, took: 1500, log: "/l" });
const agent = (branch: string, more: Partial<Agent> = {}) => anAgent({ branch, touched: [`${branch}.txt`], ahead: 1, changes: { added: 3, removed: 1, dirty: 0, stale: false }, ...more }, { id: branch });
const attempt = (branch: string, more: Partial<Attempt> = {}): Attempt => ({ agent: agent(branch), files: ["a"], seconds: 60, shared: [], ...none, ...more });

describe("what is known of a check", () => {
  const figures: Figures = { ahead: 1, added: 3, removed: 1, dirty: 0, files: 1 };
  const check: Check = { run: "npm test", lowest: false, began: 100_000, runner: { pid: 1, start: "1" }, result: result(0), of: figures };
  const of = (more: Partial<Agent> = {}, known: Partial<Check> = {}, running = false) => checkOf(agent("a", more), { ...check, ...known }, running, figuresOf(agent("a", more)));

  test("is its result, or since when it runs; of a runner that was cut off nothing", () => {
    expect(checkOf(agent("a"), null, false, figures)).toEqual(none);
    expect(of()).toEqual({ result: result(0), checking: null, outdated: false });
    expect(of({}, { result: null }, true)).toEqual({ result: null, checking: 100, outdated: false });
    expect(of({}, { result: null })).toEqual(none);
  });

  test("is outdated once the agent works, or has worked since, or its figures are others; not where git has no answer", () => {
    expect(of({ since: 99 }).outdated).toBe(false);
    expect(of({ since: 101 }).outdated).toBe(true);
    expect(of({ status: "working", since: 99 }).outdated).toBe(true);
    // When a stopped agent was stopped is no work.
    expect(of({ status: "stopped", since: null }).outdated).toBe(false);
    expect(of({ ahead: 2 }).outdated).toBe(true);
    expect(of({ changes: { added: 4, removed: 1, dirty: 0, stale: false } }).outdated).toBe(true);
    expect(of({ touched: null }).outdated).toBe(false);
    expect(of({ since: 101 }, { result: null }).outdated).toBe(false);
  });

  test("is a word or two", () => {
    const text = (more: Partial<Attempt>) => attemptText(attempt("a", more), 112);
    expect([text({}), text({ result: result(0) }), text({ result: result(0, 7), outdated: true }), text({ result: result(2) }), text({ checking: 100 })]).toEqual(["", "ok", "~ok 7", "failed 2", "runs 12s"]);
  });
});

test("those without a result come after those that failed; where none has one, the smaller change is first", () => {
  const order = (...attempts: Attempt[]) => rank(attempts, { lowest: false }).map(({ agent: { branch } }) => branch);
  expect(order(attempt("runs", { checking: 1 }), attempt("bad", { result: result(1) }), attempt("good", { result: result(0) }))).toEqual(["good", "bad", "runs"]);
  expect(order(attempt("a", { agent: agent("a", { changes: { added: 9, removed: 0, dirty: 0, stale: false } }) }), attempt("b"))).toEqual(["b", "a"]);
});

test("an attempt has its agent's figures, and the paths that another one of the comparison has touched too", () => {
  const [one, other] = attemptsOf([agent("one", { touched: ["x", "y"], since: 1_767_323_105 }), agent("other", { touched: ["y"] })], 2_000_000_000, () => none);
  expect([one!.files, one!.shared, one!.seconds, other!.shared]).toEqual([["x", "y"], ["y"], 60, ["y"]]);
  expect(figuresOf(agent("one", { touched: null }))).toBeNull();
});

describe("the lines", () => {
  const look = { width: 80, now: 1000, label: "faster", run: null, message: "", style: plain };

  test("have the agent's id and pane in front, hidden, and the columns of fleet compare", () => {
    const lines = attemptInput([attempt("a", { result: result(0) }), attempt("b", { result: result(3) })], { ...look, run: "npm test" }).trimEnd().split("\n");
    expect(lines).toHaveLength(HEADER_LINES + 2);
    expect(lines[1]).toMatch(/^\t\tbranch +result +ran +files/);
    expect(lines[2]!.split("\t").slice(0, 2)).toEqual(["a", "%1"]);
    expect(lines[3]).toMatch(/^b\t%1\tb +failed 3 /);
  });

  test("stay as they are within ten seconds: a diff that is read keeps its place", () => {
    const at = (now: number) => attemptInput([attempt("a", { checking: 1000 })], { ...look, now });
    expect(at(1012)).toBe(at(1019));
    expect(at(1012)).not.toBe(at(1021));
  });

  test("hold whatever an agent is called, and cut the summary to the width", () => {
    const hostile = attempt("x", { agent: anAgent({ branch: "a\tb\nc\u001b[31m" }, { id: "x", kind: "k\n" }) });
    const lines = attemptInput([hostile], { ...look, width: 40, label: "l\u001b[2J\n", run: "make\ntest" }).trimEnd().split("\n");
    expect([lines.length, lines.join("").includes("\u001b"), lines[HEADER_LINES]!.split("\t").length, lines[0]!.length <= 42]).toEqual([3, false, 3, true]);
  });

  test("are summed up: how many, and what a command said of them", () => {
    const sum = (run: string | null, ...attempts: Attempt[]) => attemptSummary(attempts, { label: "faster", run });
    expect(sum(null, attempt("a"))).toBe("faster: 1 attempt · ? shows the keys · t runs a command in each");
    expect(sum("npm test", attempt("a", { result: result(0) }), attempt("b", { result: result(1) }))).toBe("faster: 2 attempts · ? shows the keys · npm test: 1 ok, 1 failed");
    expect(sum("npm test", attempt("a", { result: result(0) }), attempt("b", { checking: 1 }))).toBe("faster: 2 attempts · ? shows the keys · npm test: 1 of 2 done");
  });
});

test("all keys of a comparison but those that filter and close are bound, each once, on the attempt under the cursor", () => {
  const view = attemptView(viewOf("/home", 7, undefined, { columns: 120, rows: 40 }));
  expect([view.folder, view.of]).toEqual(["/home/cache/popups/7/compare", "attempts"]);
  const bound = attemptKeys({ binary: "/bin/fleet", view, client: undefined, pane: undefined });
  for (const row of ATTEMPT_KEYS) {
    if (row.name === "filter" || row.name === "close") continue;
    for (const key of keysOf(row)) expect(bound.filter((one) => one.key === key)).toHaveLength(1);
  }
  const line = (key: string) => Object.values(bound.find((one) => one.key === key)!.deed)[0];
  expect([line("K"), line("t")]).toEqual(["'/bin/fleet' act keep --view '/home/cache/popups/7/compare' {1} >/dev/tty", "'/bin/fleet' act check --view '/home/cache/popups/7/compare' >/dev/tty"]);
  expect(new Set(ATTEMPT_KEYS.flatMap(keysOf)).size).toBe(ATTEMPT_KEYS.length);
});
