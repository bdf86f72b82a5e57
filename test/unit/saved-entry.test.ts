// Which entries of saved refs may be undone: any repository can hold any text there.
import { expect, test } from "bun:test";
import { isId, newId, worktreeFolder } from "../../src/fleet/naming";
import type { TrashEntry } from "../../src/fleet/trash";
import { trustedEntry } from "../../src/fleet/undo/saved-entry";
import { aRecord, COMMIT } from "../helpers/model";

const COMMON = "/r/web/.git";
const WORKTREE = `${worktreeFolder("/w", "web", COMMON)}/login-form`;
const AT = { ref: "refs/fleet/trash/abcdef", common: COMMON, roots: ["/w"] };

function entry(more: Partial<TrashEntry> = {}, record: Parameters<typeof aRecord>[0] = {}): TrashEntry {
  const whole = aRecord({ worktree: WORKTREE, ...record });
  return { id: whole.id, record: whole, admin: `${COMMON}/worktrees/login-form`, head: COMMIT, branch: whole.branch, tip: COMMIT, deletedAt: null, config: [], submodules: false, ref: AT.ref, at: "2026-01-01T00:00:00Z", ...more };
}

test("an entry that a kill wrote is undone; what starts a program is not taken from it", () => {
  const trusted = trustedEntry(entry({}, { args: ["--settings", "{}"], path: "/w/evil", socket: "/evil" }), AT)!;
  expect(trusted.record).toEqual(aRecord({ worktree: WORKTREE, args: [], path: "", socket: "" }));
  expect(trustedEntry(entry({ admin: null, head: null, branch: null }), AT)).not.toBeNull();
});

test.each([
  ["another id than the ref's", entry({}, { id: "abcdeg" })],
  ["an id that is a path", entry({}, { id: "../../x" })],
  ["another ref", entry({ ref: "refs/heads/main" })],
  ["another repo", entry({}, { repo: "/r/api/.git" })],
  ["a worktree anywhere", entry({}, { worktree: "/home/me" })],
  ["a worktree under no root", entry({}, { worktree: WORKTREE.replace("/w", "/home") })],
  ["another repo's worktree", entry({}, { worktree: "/w/web-123456/login-form" })],
  ["a worktree that climbs", entry({}, { worktree: `${WORKTREE}/..` })],
  ["a worktree that climbs in between", entry({}, { worktree: `/w/../w/${WORKTREE.slice(3)}` })],
  ["a git directory elsewhere", entry({ admin: "/home/me" })],
  ["the repository itself", entry({ admin: `${COMMON}/worktrees/..` })],
  ["a commit that is an option", entry({ head: "--upload-pack=x" })],
  ["a batch that is a path", entry({}, { batch: "../../x" })],
])("%s is passed over", (_, forged) => {
  const ref = forged.id === "../../x" ? `refs/fleet/trash/${forged.id}` : AT.ref;
  expect(trustedEntry(forged, { ...AT, ref })).toBeNull();
});

test("every id that fleet makes is one, and nothing else", () => {
  for (let i = 0; i < 2000; i++) expect(isId(newId(new Set()))).toBe(true);
  for (const other of ["", "abc", "abcdefg", "2bcdef", "abcde/", "abcdi1", "ABCDEF", null]) expect(isId(other)).toBe(false);
});
