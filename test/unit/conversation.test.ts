// An opencode conversation is found in the program's own database.
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { findConversation } from "../../src/fleet/conversation";

const home = mkdtempSync(join(realpathSync("/tmp"), "fl-conversation-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const [worktree, env] = [join(home, "worktree"), { HOME: home }];
mkdirSync(worktree);
symlinkSync(worktree, join(home, "link"));

test("none is found before the program has ever run", () => {
  expect(findConversation(env, "opencode", worktree, 0)).toBeNull();
});

test("the one last used in the directory is found, and none of its sub-agents, of older agents or of other directories", () => {
  mkdirSync(join(home, ".local/share/opencode"), { recursive: true });
  const database = new Database(join(home, ".local/share/opencode/opencode.db"));
  database.run("CREATE TABLE session (id TEXT, parent_id TEXT, directory TEXT, time_created INTEGER, time_updated INTEGER)");
  const add = database.prepare("INSERT INTO session VALUES (?, ?, ?, ?, ?)");
  for (const row of [["ses_old", null, worktree, 5, 99], ["ses_first", null, worktree, 10, 30], ["ses_last", null, worktree, 12, 40], ["ses_sub", "ses_last", worktree, 13, 50], ["ses_other", null, home, 14, 60]]) add.run(...row);
  add.finalize();
  database.close();
  expect(findConversation(env, "opencode", worktree, 10)).toBe("ses_last");
  expect(findConversation(env, "opencode", join(home, "link"), 10)).toBe("ses_last");
  expect(findConversation(env, "opencode", worktree, 41)).toBeNull();
  expect(findConversation({ ...env, XDG_DATA_HOME: "/nowhere" }, "opencode", worktree, 10)).toBeNull();
});

test("a program that tells of its conversations is not asked", () => {
  expect(findConversation(env, "claude", worktree, 0)).toBeNull();
});
