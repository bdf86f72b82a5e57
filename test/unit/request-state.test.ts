// How an agent's request stands, decided from what a forge lists.
import { describe, expect, test } from "bun:test";
import { doubtText } from "../../src/fleet/forge/board";
import { requestStateOf } from "../../src/fleet/forge/match";
import type { RequestState } from "../../src/base/model";
import { checksOf, type RequestRow } from "../../src/ports/forge/states";
import { agentColumns } from "../../src/ui/columns";
import { renderTable } from "../../src/ui/table";
import { anAgent } from "../helpers/model";

const CREATED = Date.parse("2026-01-02T03:04:05.000Z");
const row = (more: Partial<RequestRow> = {}): RequestRow => ({
  number: 7, url: "https://forge.example/acme/tool/pull/7", state: "open", draft: false, head: "login-form", fork: false, checks: "passed", failing: [], review: "none", conflicts: false, created: CREATED + 1000, ...more,
});
const ofRequest = (number: number) => ({ number, url: "u", head: "before", remote: "origin" });
const state = (rows: RequestRow[], more: { whole?: boolean; record?: object } = {}) => requestStateOf(anAgent({}, more.record ?? {}), { rows, whole: more.whole ?? true }, false);

describe("an agent's request", () => {
  test("is the open one of its branch, else the newest", () => {
    expect(state([row({ number: 9, state: "closed" }), row(), row({ number: 3, state: "merged" })])?.number).toBe(7);
    expect(state([row({ number: 9, state: "closed" }), row({ number: 3, state: "merged" })])?.number).toBe(9);
    expect(state([row({ head: "other" })])).toMatchObject({ state: "none", number: null, url: null });
  });

  test("is the one that it is known to have, whatever its branch is called by now", () => {
    expect(state([row({ number: 4, head: "before", state: "merged" }), row()], { record: { request: ofRequest(4) } })).toMatchObject({ number: 4, state: "merged" });
    expect(state([row({ number: 4, fork: true })], { record: { request: ofRequest(4) } })?.number).toBe(4);
    expect(state([row()], { record: { request: ofRequest(4) } })).toBeNull();
  });

  test("is none of a branch that had the name before fleet made this one", () => {
    const old = row({ state: "merged", created: CREATED - 1 });
    expect(state([old])?.state).toBe("none");
    expect(state([old], { record: { branchCreated: false } })?.state).toBe("merged");
    expect(state([row({ created: CREATED - 1 })])?.state).toBe("open");
  });

  test("can't be told where a fork has a branch of that name, or where the list is cut off after the agent began", () => {
    expect(state([row({ fork: true })])).toBeNull();
    expect(state([row({ fork: true, state: "closed" })])?.state).toBe("none");
    const other = row({ head: "other" });
    expect(state([other], { whole: false })).toBeNull();
    expect(state([other, { ...other, created: CREATED - 1 }], { whole: false })?.state).toBe("none");
    expect(state([other, { ...other, created: CREATED - 1 }], { whole: false, record: { branchCreated: false } })).toBeNull();
  });
});

describe("checks", () => {
  const run = (name: string, status: string, conclusion = "", startedAt = "2026-01-01T00:00:00Z") => ({ __typename: "CheckRun", name, workflowName: "CI", status, conclusion, startedAt });
  const status = (context: string, word: string) => ({ __typename: "StatusContext", context, state: word });

  test.each([
    [null, "none", []],
    [[], "none", []],
    [[run("a", "COMPLETED", "SUCCESS"), run("b", "COMPLETED", "SKIPPED"), status("c", "SUCCESS")], "passed", []],
    [[run("a", "COMPLETED", "SUCCESS"), run("b", "IN_PROGRESS")], "running", []],
    [[status("c", "EXPECTED")], "running", []],
    [[run("a", "QUEUED"), run("b", "COMPLETED", "TIMED_OUT"), status("c", "ERROR")], "failed", ["b", "c"]],
    [[run("a", "COMPLETED", "SOMETHING_NEW")], "running", []],
  ] as const)("%j are %s", (rollup, checks, failing) => expect(checksOf(rollup)).toEqual({ checks, failing: [...failing] }));

  test("of several runs the latest counts", () => {
    const [first, second] = [run("a", "COMPLETED", "FAILURE", "2026-01-01T00:00:00Z"), run("a", "COMPLETED", "SUCCESS", "2026-01-02T00:00:00Z")];
    expect([checksOf([first, second]).checks, checksOf([second, first]).checks]).toEqual(["passed", "passed"]);
  });
});

describe("in a list", () => {
  const cells = (request: RequestState | null | undefined) => {
    const agent = anAgent(request === undefined ? {} : { request });
    const shown = agentColumns(0, () => "").filter(({ title }) => title === "pr" || title === "ci");
    return shown.map((column) => column.cell(agent));
  };
  const open: RequestState = { state: "open", number: 7, draft: false, checks: "passed", failing: [], review: "none", conflicts: false, url: "https://forge.example/acme/tool/pull/7", stale: false };

  test.each([
    [open, "#7 open", "✓ passed"],
    [{ ...open, draft: true, checks: "running" }, "#7 draft", "● running"],
    [{ ...open, review: "approved", conflicts: true, checks: "failed", failing: ["a", "b"] }, "#7 conflicts", "✗ 2 failed"],
    [{ ...open, review: "approved", checks: "failed" }, "#7 approved", "✗ failed"],
    [{ ...open, review: "changes requested", checks: null, stale: true }, "~#7 changes requested", "·"],
    [{ ...open, review: "required", checks: "none" }, "#7 open", ""],
    [{ ...open, state: "merged" }, "#7 merged", ""],
    [{ ...open, url: "https://lab.example/acme/tool/-/merge_requests/7" }, "!7 open", "✓ passed"],
    [{ ...open, state: "none", number: null }, "", ""],
    [null, "·", ""],
    [undefined, "", ""],
  ] as const)("%j is %p and %p", (request, pr, ci) => expect(cells(request as RequestState)).toEqual([pr, ci]));

  test("there is no such column where nobody asked", () => {
    expect(renderTable([anAgent()], agentColumns(0, () => ""), null, (_, text) => text)[0]).not.toMatch(/\b(pr|ci)\b/);
  });
});

test("what is not known is said in one line of all repos that it is about", () => {
  expect(doubtText({ repos: ["web", "api"], message: "gh did not answer within 8 s", hint: undefined, age: null })).toBe("pull requests of web, api are not known: gh did not answer within 8 s");
  expect(doubtText({ repos: ["web"], message: "x", hint: undefined, age: 185_000 })).toBe("pull requests of web are of 3m ago: x");
});
