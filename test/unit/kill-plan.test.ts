// What a kill decides: what is refused, what happens to the branch, and what the person is told.
import { describe, expect, test } from "bun:test";
import type { KillFacts } from "../../src/fleet/kill/facts";
import { leftText, undoCommand } from "../../src/fleet/kill/tell";
import { planKill } from "../../src/fleet/kill/plan";
import type { WorktreeState } from "../../src/ports/git/worktree-state";
import { anAgent, COMMIT } from "../helpers/model";
import { refusal as refusalOf } from "../helpers/refusal";

const OTHER = "2".repeat(40);
const state = (more: Partial<WorktreeState> = {}): WorktreeState => ({
  admin: "/r/web/.git/worktrees/login-form", madeFor: "abcdef", head: COMMIT, branch: "login-form", dirty: 0, hidden: 0, inner: [], loose: false, submodules: "none", problem: "", ...more,
});
const facts = (more: Partial<KillFacts> = {}): KillFacts => ({
  agent: anAgent(), worktree: state(), tip: { oid: OTHER, elsewhere: "" }, empty: false, merged: false, stacked: [], otherPanes: [], movable: true, callerInside: false, ...more,
});
const plan = (more: Partial<KillFacts> = {}, request: { force?: boolean; deleteBranch?: boolean; mergedInto?: string } = {}) => planKill({ force: false, deleteBranch: false, ...request }, facts(more));

const refusal = (more: Partial<KillFacts>, request: { force?: boolean; deleteBranch?: boolean } = {}) => refusalOf(() => plan(more, request));

test("a branch that was made in the worktree and is checked out there stays, and is named", () => {
  expect(plan({ worktree: state({ branch: "experiment" }), merged: true }).lines.slice(-2)).toEqual([expect.stringMatching(/^deletes   the branch login-form /), "keeps     the branch experiment (fleet did not make it)"]);
  expect(plan({ worktree: state({ branch: null }), merged: true }).lines.join("\n")).not.toContain("keeps");
});

test("what is left is named to the last ref, and stays one readable line", () => {
  expect(leftText({ branches: [], worktrees: [], refs: [] })).toBe("");
  expect(leftText({ branches: ["a"], worktrees: [], refs: ["refs/fleet/trash/aaaaaa"] })).toBe("; left: branch a, refs/fleet/trash/aaaaaa");
  expect(leftText({ branches: ["a", "b"], worktrees: [], refs: ["refs/fleet/trash/aaaaaa", "refs/fleet/trash/bbbbbb"] })).toBe("; left: branches a, b, refs/fleet/trash/{aaaaaa,bbbbbb}");
});

test("the way back names few agents, a batch by its label, and else the list", () => {
  expect(undoCommand(["aaaaaa"], "cache")).toBe("fleet undo aaaaaa");
  expect(undoCommand(["aaaaaa", "bbbbbb"], undefined)).toBe("fleet undo aaaaaa bbbbbb");
  expect(undoCommand(["aaaaaa", "bbbbbb"], "the cache")).toBe("fleet undo --batch 'the cache'");
  expect(undoCommand(Array(6).fill("aaaaaa"), undefined)).toBe("fleet undo --list");
});

describe("refused", () => {
  test("an agent of which nobody knows whether it runs", () => {
    expect(refusal({ agent: anAgent({ status: "unknown", session: null, reason: "on another tmux server: /x" }) }).message).toBe("can't tell whether login-form runs: on another tmux server: /x");
  });
  test("uncommitted work, but not with --force", () => {
    expect(refusal({ worktree: state({ dirty: 1 }) }).message).toBe("login-form has uncommitted work: 1 path");
    expect(plan({ worktree: state({ dirty: 1 }) }, { force: true }).lines).toContain("moves     /w/web-123456/login-form, with 1 uncommitted path, to the trash");
  });
  test("changes that git is told to look away from, but not with --force, and not after a merge, which they were no part of", () => {
    expect(refusal({ worktree: state({ hidden: 2 }) }).message).toBe("login-form has uncommitted work in 2 files that git is told to look away from");
    expect(plan({ worktree: state({ hidden: 2 }) }, { force: true }).force).toBe(true);
    expect(plan({ worktree: state({ hidden: 2 }) }, { mergedInto: "main" }).merged).toBe(true);
  });
  test("work that git can't tell of, also with --force", () => {
    expect(refusal({ worktree: state({ dirty: null, problem: "fatal: index file corrupt" }) }, { force: true }).detail).toBe("fatal: index file corrupt");
  });
  test("detached commits that no branch has, but not with --force", () => {
    expect(refusal({ worktree: state({ loose: true, branch: null }) }).message).toContain("has commits that no branch has: 1111111111");
    expect(plan({ worktree: state({ loose: true, branch: null }) }, { force: true }).force).toBe(true);
  });
  test("a worktree that is not fleet's to move, also with --force", () => {
    expect(refusal({ worktree: { refused: "it is locked" } }, { force: true }).message).toBe("the worktree of login-form is not touched, because it is locked");
  });
  test("the caller's own directory", () => {
    expect(refusal({ callerInside: true }, { force: true }).message).toBe("this directory is inside the worktree of login-form");
  });
  test.each([
    [{ agent: anAgent({}, { branchCreated: false }) }, "fleet did not make it"],
    [{ agent: anAgent({}, { base: { branch: "login-form", commit: COMMIT } }) }, "it is its own base"],
    [{ tip: { oid: OTHER, elsewhere: "/other" } }, "it is checked out: login-form in /other"],
    [{ stacked: ["upper"] }, "other agents start from it: upper"],
  ])("--delete-branch of a branch that must stay", (more, why) => {
    expect(refusal(more, { deleteBranch: true }).message).toContain(why);
    expect(plan(more).deleteBranchAt).toBeNull();
  });
});

describe("the branch", () => {
  test("goes when merged or empty, at the commit that was seen", () => {
    expect(plan({ merged: true }).deleteBranchAt).toBe(OTHER);
    expect(plan({ empty: true }).deleteBranchAt).toBe(OTHER);
  });
  test("stays when not merged, when nobody knows, and when there is none", () => {
    expect(plan().deleteBranchAt).toBeNull();
    expect(plan({ merged: null, empty: null }).lines).toContain("keeps     the branch login-form (git can't tell whether it is merged)");
    expect(plan({ tip: null }).lines.join()).not.toContain("branch");
  });
  test("goes when its commits were just merged in another form, and only the one that was merged", () => {
    const merged = { force: false, deleteBranch: false, mergedInto: "main" } as const;
    const gone = planKill(merged, facts());
    expect([gone.deleteBranchAt, gone.merged, gone.lines.at(-1)]).toEqual([OTHER, true, "deletes   the branch login-form (merged into main)"]);
    expect(planKill(merged, facts({ worktree: state({ branch: "experiment" }) })).deleteBranchAt).toBeNull();
  });
  test("stays unrefused where it may not be deleted, when it is one of many", () => {
    const many = { force: true, deleteBranch: "where allowed" } as const;
    expect(planKill(many, facts()).deleteBranchAt).toBe(OTHER);
    expect(planKill(many, facts({ stacked: ["part-two"] })).deleteBranchAt).toBeNull();
  });
  test("goes unmerged when that is asked for, and its commits are saved", () => {
    expect(plan({}, { deleteBranch: true }).lines).toContain("deletes   the branch login-form (asked for; its commits are saved)");
  });
});

test("panes, what can't be moved, and what is gone are said before the question", () => {
  expect(plan({ otherPanes: [{ pane: "%7", command: "vi\u001b[31m m" }], movable: false }).lines).toEqual([
    "ends      its session and program (idle)",
    "ends      another pane of its session: %7, with vi m",
    "saves     /w/web-123456/login-form under a ref, and removes it",
    "discards  ignored files for good: the directory can't be moved to another file system",
    "keeps     the branch login-form (not merged)",
  ]);
  expect(plan({ agent: anAgent({ session: null, status: "stopped" }), worktree: { gone: true, admin: null }, tip: null }).lines).toEqual(["worktree  is gone already"]);
});
