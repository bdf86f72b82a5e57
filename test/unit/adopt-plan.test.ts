// What fleet adopt decides: which worktree, session and program are meant, and what may never become an agent.
import { describe, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AdoptFacts, type AdoptRequest, meantBy, type PaneSeen, placeOfSession, planAdopt } from "../../src/fleet/adopt/plan";
import { isProgramOf, programUnder } from "../../src/fleet/adopt/recognise";
import { refuseAdopted } from "../../src/fleet/kill/move";
import { planKill } from "../../src/fleet/kill/plan";
import { refuseStop } from "../../src/fleet/stop";
import { emptyTrash, type TrashEntry, trashFolder } from "../../src/fleet/trash";
import { refuseUndo } from "../../src/fleet/undo/plan";
import { trustedEntry } from "../../src/fleet/undo/saved-entry";
import { KINDS } from "../../src/kinds/index";
import type { ProcessTable } from "../../src/ports/metrics";
import { parseStanding } from "../../src/ports/tmux/adopted";
import { anAgent, aRecord, aRepo, COMMIT } from "../helpers/model";
import { refusal } from "../helpers/refusal";

const TOP = "/w/login";
const pane = (more: Partial<PaneSeen> = {}): PaneSeen => ({ session: "$1", sessionName: "work", agent: "", pane: "%1", pid: 100, checkout: TOP, program: { kind: "claude", root: false, conversation: null }, ...more });
const request = (more: Partial<AdoptRequest> = {}): AdoptRequest => ({ session: null, kind: null, baseGiven: false, ownSession: false, fresh: false, args: [], ...more });
const facts = (more: Partial<AdoptFacts> = {}): AdoptFacts => ({
  id: "abcdef", repo: aRepo({ top: TOP, gitDir: "/r/web/.git/worktrees/login", branch: "login", head: COMMIT }), base: { branch: "main", commit: COMMIT }, mergeBase: "2".repeat(40),
  panes: [], callerSession: null, agents: [], defaultKind: "claude", hasConversation: false, socket: "/s", path: "/bin", now: "2026-01-02T03:04:05.000Z", ...more,
});

test("the record says that nothing of it is fleet's, and counts from where the branch parted", () => {
  const plan = planAdopt(request(), facts());
  expect(plan.record).toMatchObject({ adopted: true, branchCreated: false, branch: "login", worktree: TOP, base: { branch: "main", commit: "2".repeat(40) }, session: "web-login", parent: null });
  expect([plan.pane, plan.tag, plan.first]).toEqual([null, "worktree", true]);
  // Without anything in common it counts from what is there now.
  expect(planAdopt(request(), facts({ mergeBase: null })).record.base.commit).toBe(COMMIT);
});

test("the last conversation of the place is taken up, but not where a new one is asked for", () => {
  expect(planAdopt(request(), facts({ hasConversation: true })).first).toBe(false);
  expect(planAdopt(request({ fresh: true }), facts({ hasConversation: true })).first).toBe(true);
});

test("a program in a session there is the agent; a session without one is not it", () => {
  const one = planAdopt(request(), facts({ panes: [pane({ program: { kind: "codex", root: true, conversation: "c1" } })] }));
  expect([one.record.kind, one.record.conversation, one.pane?.pane, one.tag, one.first]).toEqual(["codex", "c1", "%1", "program", false]);
  expect(planAdopt(request(), facts({ panes: [pane()] })).tag).toBe("shell");
  expect(planAdopt(request(), facts({ panes: [pane({ program: null })] })).pane).toBeNull();
  expect(planAdopt(request({ ownSession: true }), facts({ panes: [pane()] })).pane).toBeNull();
  // An agent's own session, and another kind than the one asked for, are passed over.
  expect(planAdopt(request(), facts({ panes: [pane({ agent: "zzzzzz" })] })).pane).toBeNull();
  expect(planAdopt(request({ kind: "codex" }), facts({ panes: [pane()] })).pane).toBeNull();
});

test("of several sessions the caller's own is meant, else none", () => {
  const panes = [pane(), pane({ session: "$2", sessionName: "other", pane: "%2" })];
  expect(planAdopt(request(), facts({ panes, callerSession: "$2" })).pane?.session).toBe("$2");
  expect(refusal(() => planAdopt(request(), facts({ panes }))).message).toBe("agent programs run in several sessions there: work, other");
  expect(refusal(() => planAdopt(request(), facts({ panes, callerSession: "$9" }))).hint).toBe("fleet adopt '$1'   ·   fleet adopt '$2'");
});

test("a session with panes in another checkout, or with several programs, is no agent's; panes in no checkout do not count", () => {
  const apart = [pane(), pane({ pane: "%2", checkout: "/r/web", program: null })];
  expect(refusal(() => planAdopt(request(), facts({ panes: apart }))).message).toBe("its session has panes in other checkouts too: work");
  expect(refusal(() => placeOfSession(apart, "$1", [])).message).toBe("the session has panes in several checkouts: work");
  expect(planAdopt(request(), facts({ panes: [pane(), pane({ pane: "%2", checkout: null, program: null })] })).pane?.pane).toBe("%1");
  const both = [pane(), pane({ pane: "%2", program: { kind: "codex", root: true, conversation: null } })];
  expect(refusal(() => planAdopt(request(), facts({ panes: both }))).hint).toBe("fleet adopt '$1' -a KIND");
  expect(planAdopt(request({ kind: "codex" }), facts({ panes: both })).pane?.pane).toBe("%2");
});

test("of a session that is named, what is not known is said by the person", () => {
  const panes = [pane({ program: null })];
  expect(refusal(() => planAdopt(request({ session: "$1" }), facts({ panes }))).message).toBe("no agent program that fleet knows runs in the session: work");
  expect(planAdopt(request({ session: "$1", kind: "mine" }), facts({ panes }))).toMatchObject({ tag: "shell", record: { kind: "mine" }, pane: { pane: "%1" } });
  expect(refusal(() => planAdopt(request({ session: "$1", kind: "mine" }), facts({ panes: [...panes, pane({ pane: "%2", program: null })] }))).message).toBe("several panes of the session could be meant: work");
});

describe("refused", () => {
  const repo = (more: Parameters<typeof aRepo>[0]) => facts({ repo: { ...facts().repo, ...more } });
  test.each([
    ["the main checkout", () => repo({ gitDir: "/r/web/.git" }), "the main checkout of a repository is no agent's: /w/login"],
    ["no branch", () => repo({ branch: null }), "no branch is checked out there, and an agent goes by its branch: /w/login"],
    ["no commits", () => repo({ head: null }), "the branch has no commits to count from: login"],
    ["an agent's worktree", () => facts({ agents: [aRecord({ branch: "old", worktree: TOP })] }), "an agent has this worktree already: old"],
    ["an agent's branch", () => facts({ agents: [aRecord({ branch: "login" })] }), "an agent has this branch already: login"],
  ] as const)("%s", (_, given, message) => expect(refusal(() => planAdopt(request(), given())).message).toBe(message));
  test("its own base, where that was said", () => expect(refusal(() => planAdopt(request({ baseGiven: true }), facts({ base: { branch: "login", commit: COMMIT } }))).message).toBe("a branch can't be its own base: login"));
  test("a session that is an agent's", () => expect(refusal(() => placeOfSession([pane({ agent: "abcdef" })], "$1", [aRecord()])).message).toBe("the session is an agent's already: work (login-form)"));
});

test("a word is a directory or a session, and never a guess between both", () => {
  const sessions = [{ session: "$1", sessionName: "work" }, { session: "$2", sessionName: "a/b" }];
  expect(meantBy("work", false, sessions)).toEqual({ session: "$1" });
  expect(meantBy("$2", false, sessions)).toEqual({ session: "$2" });
  expect(meantBy("wor", true, sessions)).toBe("path");
  expect(meantBy("../work", true, sessions)).toBe("path");
  expect(meantBy("=work", true, sessions)).toEqual({ session: "$1" });
  expect(refusal(() => meantBy("work", true, sessions)).message).toBe("both a directory and a session: work");
  // A part of a name is none: tmux itself would take it.
  expect(refusal(() => meantBy("wor", false, sessions)).message).toBe("neither a directory nor a session: wor");
});

describe("a program is known by its command line", () => {
  const kind = (name: string) => KINDS.find((one) => one.name === name)!;
  test.each([
    ["claude", ["claude", "--resume", "x"]],
    ["claude", ["/home/me/.local/bin/claude"]],
    ["codex", ["node", "/usr/bin/codex", "--no-daemon"]],
    ["codex", ["node", "/usr/lib/node_modules/@openai/codex/bin/codex.js"]],
    ["gemini", ["node", "--max-old-space-size=4096", "/usr/bin/gemini"]],
    ["opencode", ["opencode"]],
    ["demo", [process.execPath, "demo-agent", "--", "x"]],
  ])("%s as %p", (name, words) => expect(KINDS.filter((one) => isProgramOf(one, words)).map((one) => one.name)).toEqual([name]));
  test.each([[["vim", "claude"]], [["sh", "-c", "claude"]], [["node", "-e", "codex"]], [["claude-monitor"]], [["tail", "-f", "codex"]], [[process.execPath, "list"]], [[]]])("none as %p", (words) =>
    expect(KINDS.filter((one) => isProgramOf(one, words))).toEqual([]));
  test("the one nearest to the pane, not what that has started", () => {
    const row = (pid: number, ppid: number) => [pid, { pid, ppid, session: 0, start: "", cpuMs: 0, waitedMs: 0, rss: 0, zombie: false }] as const;
    const table: ProcessTable = new Map([row(1, 0), row(2, 1), row(3, 2), row(4, 1)]);
    const lines = new Map([[1, ["zsh"]], [2, ["claude"]], [3, ["codex"]], [4, ["gitstatusd"]]]);
    expect(programUnder(1, table, lines, KINDS)).toEqual({ kind: kind("claude"), pid: 2, root: false });
    expect(programUnder(2, table, lines, KINDS)?.root).toBe(true);
    expect(programUnder(1, table, lines, [kind("codex")])?.pid).toBe(3);
    expect(programUnder(4, table, lines, KINDS)).toBeNull();
    expect(programUnder(5, new Map([row(5, 6), row(6, 5)]), lines, KINDS)).toBeNull();
  });
});

test("a directory's name with a line end is one pane, whatever its text", () => {
  const rows = parseStanding("$1\t%1\t100\t\twork\t/a\nb\t$9\n$2\t%2\t200\tabcdef\tother\t/c\n");
  expect(rows).toEqual([
    { session: "$1", pane: "%1", pid: 100, agent: "", sessionName: "work", path: "/a\nb\t$9" },
    { session: "$2", pane: "%2", pid: 200, agent: "abcdef", sessionName: "other", path: "/c" },
  ]);
});

describe("what was there before is never moved, removed or ended", () => {
  const record = aRecord({ adopted: true, branchCreated: false, worktree: TOP });
  const entry: TrashEntry = { id: record.id, record, admin: null, head: null, branch: null, tip: COMMIT, deletedAt: null, config: [], submodules: false, ref: null, at: "2026-01-01T00:00:00Z" };
  const kill = (request: { force?: boolean; deleteBranch?: boolean } = {}, session: { sessionAdopted: boolean } = { sessionAdopted: false }) =>
    planKill({ force: false, deleteBranch: false, ...request }, { agent: anAgent({ sessionName: "work", ...session }, record), worktree: { adopted: true }, tip: { oid: COMMIT, elsewhere: "" }, empty: true, merged: true, stacked: [], otherPanes: [], movable: true, callerInside: true });
  test("a kill forgets the agent alone, merged and empty as its branch may be", () => {
    expect(kill({ force: true })).toMatchObject({ deleteBranchAt: null });
    expect(kill().lines).toEqual(["ends      its session and program (idle)", "forgets   the agent, which fleet undo brings back", `leaves    ${TOP} as it is: fleet did not make it`, expect.stringMatching(/^keeps     the branch /)]);
    expect(kill({}, { sessionAdopted: true }).lines.join("\n")).not.toContain("ends");
    expect(refusal(() => kill({ deleteBranch: true })).message).toBe("the branch is not deleted, because fleet did not make it: login-form");
  });
  test("the gate before every move is shut for it, and opens for one that fleet made", () => {
    expect(refusal(() => refuseAdopted(entry)).message).toBe(`fleet did not make this worktree, and does not move it: ${TOP}`);
    expect(refuseAdopted({ record: aRecord() })).toBeUndefined();
  });
  test("no trash of it is emptied", () => {
    const folder = mkdtempSync(join(tmpdir(), "adopt-"));
    const theirs = { ...entry, record: { ...record, worktree: join(folder, "a", "b"), repo: join(folder, "repo") } };
    const { mkdirSync, existsSync, rmSync } = require("node:fs") as typeof import("node:fs");
    mkdirSync(trashFolder(theirs), { recursive: true });
    emptyTrash(theirs);
    expect(existsSync(trashFolder(theirs))).toBe(true);
    const { adopted: _, ...made } = theirs.record;
    emptyTrash({ ...theirs, record: made });
    expect(existsSync(trashFolder(theirs))).toBe(false);
    rmSync(folder, { recursive: true });
  });
  test("its session is stopped by nobody", () => {
    expect(refuseStop(anAgent({ sessionAdopted: true, sessionName: "work" }, record))?.message).toBe("fleet did not make the session of login-form, so it is not ended: work");
    expect(refuseStop(anAgent({}, record))).toBeNull();
  });
  test("an undo takes it up while its worktree is there and nobody else's", () => {
    const free = { repo: true, branch: null, worktreeExists: true, adminExists: false, agents: [] };
    expect(refuseUndo({ entry, inTrash: false }, free)).toBeUndefined();
    expect(refusal(() => refuseUndo({ entry, inTrash: false }, { ...free, worktreeExists: false })).message).toBe(`its worktree is not there any more: ${TOP}`);
    expect(refusal(() => refuseUndo({ entry, inTrash: false }, { ...free, agents: [aRecord({ id: "other", branch: "x", worktree: TOP })] })).message).toBe("an agent has this worktree now: x");
  });
  test("a ref tells of none: what it says would lead anywhere", () => {
    expect(trustedEntry({ ...entry, ref: "refs/fleet/trash/abcdef" }, { ref: "refs/fleet/trash/abcdef", common: record.repo, roots: ["/"] })).toBeNull();
  });
});
