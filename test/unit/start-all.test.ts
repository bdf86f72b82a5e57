import { expect, test } from "bun:test";
import { restoredPane } from "../../src/fleet/restored";
import { givesUp, pauseBefore } from "../../src/fleet/start-all";
import type { ForeignPane } from "../../src/ports/tmux/restored";

test("three programs in a row that do not come up end it; refusals between them count for nothing", () => {
  expect(givesUp(["failed", "failed"])).toBe(false);
  expect(givesUp(["up", "failed", "refused", "failed", "failed"])).toBe(true);
  expect(givesUp(["failed", "failed", "up", "failed"])).toBe(false);
  expect(givesUp(["refused", "refused", "refused", "refused"])).toBe(false);
});

test("programs that share a login start the gap apart, others at once", () => {
  expect(pauseBefore({ sharesLogin: true }, undefined, 5_000, 1_000)).toBe(0);
  expect(pauseBefore({ sharesLogin: true }, 4_800, 5_000, 1_000)).toBe(800);
  expect(pauseBefore({ sharesLogin: true }, 3_000, 5_000, 1_000)).toBe(0);
  expect(pauseBefore({ sharesLogin: false }, 5_000, 5_000, 1_000)).toBe(0);
});

const record = { session: "repo-login", worktree: "/w/login" };
const pane = (change: Partial<ForeignPane> = {}): ForeignPane => ({ session: "$1", sessionName: "repo-login", pane: "%1", pid: 7, command: "bash", path: "/w/login", ...change });

test("the session that was brought back is known by its name, its one pane, its shell and where that stands", () => {
  expect(restoredPane([pane()], record)).toEqual(pane());
  expect(restoredPane([pane({ sessionName: "repo-login-2", path: "/w/login/src" })], record)?.sessionName).toBe("repo-login-2");
  for (const other of [{ sessionName: "repo-login-form" }, { sessionName: "repo" }, { command: "vim" }, { path: "/w" }, { path: "/w/login-2" }]) expect([other, restoredPane([pane(other)], record)]).toEqual([other, null]);
  expect(restoredPane([pane(), pane({ pane: "%2" })], record)).toBeNull();
});
