// What a merge decides before anything moves, what it says, and in which order stacked agents go.
import { expect, test } from "bun:test";
import type { Attempt, Status } from "../../src/base/model";
import { rank, resultText, scoreOf, sharedPaths } from "../../src/fleet/compare/rank";
import { callingAgent, refuseForeign } from "../../src/fleet/driven";
import { siblingsOf } from "../../src/fleet/keep";
import type { MergeFacts, Target } from "../../src/fleet/merge/facts";
import { inStackOrder } from "../../src/fleet/merge/flow";
import { conflictPrompt } from "../../src/fleet/merge/hand-over";
import { mergeMessage } from "../../src/fleet/merge/message";
import { Conflicts, type MergeRequest, NothingToMerge, planMerge } from "../../src/fleet/merge/plan";
import { inTheWay } from "../../src/ports/git/move-checkout";
import { anAgent, COMMIT } from "../helpers/model";
import { refusal as refusalOf } from "../helpers/refusal";

const target = (more: Partial<Target> = {}): Target => ({ branch: "main", oid: "2".repeat(40), checkout: "/r/web", busy: null, agent: null, ...more });
const worktree = (more: object = {}) => ({ admin: "/r/web/.git/worktrees/login-form", madeFor: "abcdef", head: COMMIT, branch: "login-form", dirty: 0, hidden: 0, inner: [], loose: false, submodules: "none" as const, problem: "", ...more });
const facts = (more: Partial<MergeFacts> = {}): MergeFacts => ({ agent: anAgent(), worktree: worktree(), underWay: null, target: target(), forecast: { tree: "t" }, blocked: [], nested: [], above: [], ...more });
const request = (more: Partial<MergeRequest> = {}): MergeRequest => ({ way: "merge", commit: false, run: null, keep: false, message: null, ...more });

const refusal = (more: Partial<MergeFacts>, wanted: Partial<MergeRequest> = {}) => refusalOf(() => planMerge(request(wanted), facts(more)));

test("the plan says what moves, and what becomes of the agent", () => {
  const { lines } = planMerge(request({ run: "make test", commit: true, way: "squash" }), facts({ worktree: worktree({ dirty: 2 }), above: [anAgent({ branch: "part-two" }).record] }));
  expect(lines).toEqual([
    "commits   2 paths that are uncommitted in login-form",
    "brings    main into login-form (no conflicts)",
    "checks    make test",
    "merges    login-form into main, as one commit",
    "updates   the files in /r/web",
    "moves     part-two, stacked on login-form, onto main",
    "kills     the agent; fleet undo brings it back, and main to where it was",
  ]);
});

test("only an agent at rest is merged, and what is not known is no rest", () => {
  for (const status of ["working", "starting", "queued", "waiting", "unknown"] as Status[]) expect(refusal({ agent: anAgent({ status }) }).hint).toBeTruthy();
  for (const status of ["idle", "exited", "stopped"] as Status[]) expect(planMerge(request(), facts({ agent: anAgent({ status }) })).tip).toBe(COMMIT);
  expect(refusal({ target: target({ agent: anAgent({ branch: "low", status: "working" }) }) }).message).toBe("low is working");
});

test("uncommitted work is refused with --commit as the hint, and what a commit would not bring is refused for good", () => {
  expect(refusal({ worktree: worktree({ dirty: 1 }) }).hint).toContain("--commit");
  expect(refusal({ worktree: worktree({ dirty: 1, submodules: "own" }) }, { commit: true }).message).toContain("submodule");
  expect(refusal({ worktree: worktree({ dirty: 1 }), nested: ["inner/"] }, { commit: true }).message).toContain("inner/");
  expect(refusal({ worktree: worktree({ dirty: null, problem: "broken index" }) }).detail).toBe("broken index");
});

test("what can't be moved now is said with its reason", () => {
  expect(refusal({ worktree: worktree({ branch: null }) }).message).toContain("no branch checked out");
  expect(refusal({ underWay: "rebase" }).message).toContain("a rebase is under way");
  expect(refusal({ target: null }).hint).toContain("--into");
  expect(refusal({ target: { missing: "origin/main", remote: true } }).hint).toContain("--into main");
  expect(refusal({ target: target({ branch: "login-form" }) }).message).toContain("into itself");
  expect(refusal({ target: target({ busy: "it is being rebased" }) }).message).toContain("it is being rebased");
  expect(refusal({ forecast: { unrelated: true } }).message).toContain("share no history");
  expect(refusal({}, { way: "ff" }).message).toContain("fast-forwarded");
  expect(refusal({ blocked: ["a.txt"] }).detail).toBe("a.txt");
  expect(refusal({ worktree: { refused: "it is gone" } }).message).toContain("it is gone");
});

test("conflicts name the files; nothing to merge is told apart from a refusal", () => {
  const conflicts = refusal({ forecast: { conflicts: ["a.txt", "b\n.txt"] } });
  expect([conflicts instanceof Conflicts, conflicts.detail]).toEqual([true, "a.txt\nb .txt"]);
  expect(refusal({ forecast: "nothing" })).toBeInstanceOf(NothingToMerge);
  expect(planMerge(request({ commit: true }), facts({ forecast: "nothing", worktree: worktree({ dirty: 1 }) })).branch).toBe("login-form");
  expect(conflictPrompt("main", ["a.txt"])).toContain("git merge main");
});

test("the message is the agent's name and the first line of its prompt", () => {
  expect(mergeMessage("login-form", "\n  Add a login form\nwith two fields\n", ["one"], false)).toBe("login-form: Add a login form\n");
  expect(mergeMessage("login-form", "", ["one", "two"], true)).toBe("login-form: one\n\n* one\n* two\n");
  expect(mergeMessage("x", "\u001b[31mred\u001b[0m", [], false)).toBe("x: red\n");
});

test("stacked agents go after what they stand on, whatever order they are named in", () => {
  const on = (branch: string, base: string) => anAgent({ branch }, { id: branch, base: { branch: base, commit: COMMIT } });
  expect(inStackOrder([on("c", "b"), on("a", "main"), on("b", "a")]).map(({ branch }) => branch)).toEqual(["a", "b", "c"]);
  expect(inStackOrder([on("a", "b"), on("b", "a")]).length).toBe(2);
});

test("what is behind a link, or goes with the move, is in nobody's way", () => {
  const change = (path: string, before: string, after: string) => ({ path, before, after });
  expect(inTheWay("/nowhere", [change("a", "100644", "100644"), change("b", "000000", "100644")], new Set(["a"]))).toEqual(["a"]);
  expect(inTheWay("/nowhere", [change("a", "100644", "000000")], new Set(["a", "other"]))).toEqual(["a"]);
});

test("an agent's program may end only what it started; a person in a popup or a pane beside it is a person", () => {
  const env = { FLEET_ID: "boss22", TMUX: "/s,1,0", TMUX_PANE: "%1" };
  const own = () => "%1";
  expect([callingAgent(env, own), callingAgent({ ...env, TMUX_PANE: "%2" }, own), callingAgent({ ...env, TMUX_PANE: undefined }), callingAgent({})]).toEqual(["boss22", null, null, null]);
  expect(() => refuseForeign(env, [anAgent({}, { parent: "boss22" })], "kill", own)).not.toThrow();
  expect(() => refuseForeign(env, [anAgent({}, { parent: null })], "kill", own)).toThrow("only agents that it started");
  expect(() => refuseForeign({}, [anAgent()], "kill", own)).not.toThrow();
});

test("the best attempt is first: it ends well, then its number, then the smaller change", () => {
  const attempt = (branch: string, code: number | null, score: number | null, added = 1): Attempt => ({
    agent: anAgent({ branch, changes: { added, removed: 0, dirty: 0, stale: false } }), files: [], seconds: null, shared: [],
    checking: null, outdated: false, result: { code, timedOut: code === null, score, took: 5, log: "/l" },
  });
  const order = (lowest: boolean, ...attempts: Attempt[]) => rank(attempts, { lowest }).map(({ agent }) => agent.branch);
  expect(order(false, attempt("slow", null, null), attempt("bad", 1, null), attempt("ok", 0, null, 9), attempt("small", 0, null, 2), attempt("nine", 0, 9), attempt("ten", 0, 10))).toEqual(["ten", "nine", "small", "ok", "bad", "slow"]);
  expect(order(true, attempt("nine", 0, 9), attempt("ten", 0, 10), attempt("none", 0, null))).toEqual(["nine", "ten", "none"]);
  expect([scoreOf("x\n 93.5% \n"), scoreOf("-1e3"), scoreOf("93 tests"), scoreOf("")]).toEqual([93.5, -1000, null, null]);
  expect([resultText(attempt("a", 0, 2).result!), resultText(attempt("a", 3, null).result!), resultText(attempt("a", null, null).result!)]).toEqual(["ok 2", "failed 3", "timed out"]);
  expect(sharedPaths([{ id: "a", files: ["x", "y"] }, { id: "b", files: ["y"] }, { id: "c", files: null }]).get("a")).toEqual(["y"]);
});

test("one is kept among the others of its batch", () => {
  const [a, b, c] = [anAgent({ branch: "a" }, { id: "aaaaaa", batch: "x" }), anAgent({ branch: "b" }, { id: "bbbbbb", batch: "x" }), anAgent({ branch: "c" }, { id: "cccccc" })];
  expect(siblingsOf(a, [a, b, c])).toEqual([b]);
  expect(() => siblingsOf(c, [a, b, c])).toThrow("no batch");
  expect(() => siblingsOf(a, [a, c])).toThrow("only one left");
});
