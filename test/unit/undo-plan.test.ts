// What undo and the trash's purge decide.
import { describe, expect, test } from "bun:test";
import { planPurge, REF_DAYS } from "../../src/fleet/purge";
import type { TrashEntry } from "../../src/fleet/trash";
import { findBatchRemains, findRemains, type Remains, refuseUndo, type UndoFacts } from "../../src/fleet/undo/plan";
import { aRecord, COMMIT } from "../helpers/model";
import { refusal } from "../helpers/refusal";

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.parse("2026-03-01T00:00:00Z");
const ago = (days: number) => new Date(NOW - days * DAY).toISOString();

function entry(id: string, more: Partial<TrashEntry> = {}, repo = "/r/web/.git"): TrashEntry {
  const record = aRecord({ id, repo, main: repo.replace("/.git", "") });
  return { id, record, admin: `${repo}/worktrees/x`, head: COMMIT, branch: record.branch, tip: COMMIT, deletedAt: COMMIT, config: [], submodules: false, ref: `refs/fleet/trash/${id}`, at: ago(1), ...more };
}
const remains = (one: TrashEntry, inTrash = true): Remains => ({ entry: one, inTrash });
const free: UndoFacts = { repo: true, branch: { local: null, remotes: [], clashes: [] }, worktreeExists: false, adminExists: false, agents: [] };

describe("a name", () => {
  const [older, newer, elsewhere] = [remains(entry("older", { at: ago(3) })), remains(entry("newer", { at: ago(2) })), remains(entry("elsewh", { at: ago(1) }, "/r/api/.git"))];
  const all = [older, newer, elsewhere];
  test("none is the one killed last, of whatever repo", () => expect(findRemains(all, undefined, "/r/web/.git")).toBe(elsewhere));
  test("an id is that one", () => expect(findRemains(all, "older", null)).toBe(older));
  test("a branch is the newest of this repo", () => expect(findRemains(all, "login-form", "/r/web/.git")).toBe(newer));
  test("a branch of several other repos is asked for by id", () => expect(refusal(() => findRemains(all, "login-form", "/r/none/.git")).detail).toContain("elsewh  /r/api"));
  test("a branch of one other repo will do", () => expect(findRemains([older, newer], "login-form", null)).toBe(newer));
  test("nothing is said to be nothing", () => {
    expect(refusal(() => findRemains([], undefined, null)).message).toBe("nothing to undo");
    expect(refusal(() => findRemains(all, "lo\u001b[2Jgin", null)).message).toBe("nothing to undo under this name: login");
  });
});

describe("a batch", () => {
  const one = (id: string, batch: string | null, batchLabel: string | null, days: number) => {
    const made = entry(id, { at: ago(days), batchLabel });
    return remains({ ...made, record: { ...made.record, batch, branch: `cache-${id}` } });
  };
  const [first, second, other, none] = [one("firsta", "bbbbbb", "cache", 3), one("second", "bbbbbb", "cache", 2), one("others", "cccccc", "docs", 1), one("nobody", null, null, 1)];
  const all = [none, other, second, first];
  test("is all that was killed of it, the first killed first, by its label or id", () => {
    for (const name of ["cache", "bbbbbb"]) expect(findBatchRemains(all, name, [])).toEqual([first, second]);
  });
  test("that was renamed since and has agents yet goes by its new label", () => expect(findBatchRemains(all, "faster", [{ id: "bbbbbb", label: "faster" }])).toEqual([first, second]));
  test("of a label that two had is asked for by id", () => {
    const again = one("thirda", "dddddd", "cache", 0);
    expect(refusal(() => findBatchRemains([...all, again], "cache", []))).toMatchObject({ message: "several batches had this label: cache", detail: "bbbbbb  cache-firsta, cache-second\ndddddd  cache-thirda" });
    expect(findBatchRemains([...all, again], "dddddd", [])).toEqual([again]);
  });
  test("of which nothing was killed is said", () => expect(refusal(() => findBatchRemains(all, "none\u001b[2J", [])).message).toBe("nothing to undo of this batch: none"));
});

describe("an undo", () => {
  const one = remains(entry("abcdef"));
  test("goes on where all is free, and where its branch is as it was", () => {
    refuseUndo(one, free);
    refuseUndo(one, { ...free, branch: { local: { oid: COMMIT, worktree: "" }, remotes: [], clashes: [] } });
    refuseUndo(remains(entry("abcdef", { branch: null })), { ...free, branch: null });
  });
  test.each([
    [{ repo: false }, "its repository is not there: /r/web/.git"],
    [{ worktreeExists: true }, "the path is taken: /w/web-123456/login-form"],
    [{ agents: [aRecord({ id: "zzzzzz" })] }, "an agent has this branch now: login-form"],
    [{ branch: { local: { oid: COMMIT, worktree: "/other" }, remotes: [], clashes: [] } }, "the branch is checked out elsewhere: login-form in /other"],
    [{ branch: { local: { oid: "3".repeat(40), worktree: "" }, remotes: [], clashes: [] } }, "the branch is taken, or has moved since: login-form"],
    [{ branch: { local: null, remotes: [], clashes: ["login-form/x"] } }, "git can't have both branches: login-form and login-form/x"],
  ] as [Partial<UndoFacts>, string][])("is refused: %j", (more, message) => expect(refusal(() => refuseUndo(one, { ...free, ...more })).message).toBe(message));
  test("is refused where another worktree has the place of its submodules in git", () => {
    refuseUndo(one, { ...free, adminExists: true });
    expect(refusal(() => refuseUndo(remains(entry("abcdef", { submodules: true })), { ...free, adminExists: true })).message).toContain("another worktree has its place in git");
  });
  test("of what had no worktree has no files that could be on another commit", () => {
    const gone = remains(entry("abcdef", { ref: null, branch: null, head: null }), false);
    refuseUndo(gone, { ...free, branch: null, adminExists: true });
    expect(refusal(() => refuseUndo(gone, { ...free, branch: null, worktreeExists: true })).message).toContain("the path is taken");
  });
});

describe("a purge", () => {
  const limits = { days: 7, bytes: 100 };
  const at = (id: string, days: number) => ({ id, at: ago(days) });
  test("empties what is too old, and forgets refs much later", () => {
    const sizes = new Map([["new", 10], ["old", 10], ["oldest", 10]]);
    expect(planPurge([at("new", 6), at("old", 8), at("oldest", REF_DAYS + 1)], sizes, limits, NOW)).toEqual({ empty: ["old", "oldest"], forget: ["oldest"] });
  });
  test("empties the oldest of what is too much, never the newest", () => {
    const sizes = new Map([["a", 500], ["b", 60], ["c", 50], ["d", 30]]);
    expect(planPurge([at("a", 1), at("b", 2), at("c", 3)], sizes, limits, NOW).empty).toEqual(["b", "c"]);
    expect(planPurge([at("b", 1), at("c", 2), at("d", 3)], sizes, limits, NOW).empty).toEqual(["c"]);
  });
  test("throws nothing away on a time that can't be read", () => {
    expect(planPurge([{ id: "x", at: "whenever" }], new Map([["x", 1]]), limits, NOW)).toEqual({ empty: [], forget: [] });
  });
  test("with longer days than refs have, refs stay as long", () => {
    expect(planPurge([at("x", 40)], new Map([["x", 1]]), { days: 60, bytes: 100 }, NOW)).toEqual({ empty: [], forget: [] });
  });
});
