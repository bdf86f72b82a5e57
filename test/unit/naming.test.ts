// Names that fleet makes of names that people chose.
import { expect, test } from "bun:test";
import { firstFree, freeSlot, newId, sessionName, titleOf, worktreeFolder, worktreeName } from "../../src/fleet/naming";

test("an id is six characters, a letter first, without those that look alike, and never one in use", () => {
  const ids = new Set<string>();
  for (let i = 0; i < 500; i++) ids.add(newId(ids));
  expect(ids.size).toBe(500);
  for (const id of ids) expect(id).toMatch(/^[a-hjkmnp-z][a-hjkmnp-z2-9]{5}$/);
  const rolls = [...Array<number>(6).fill(0), ...Array<number>(6).fill(0.99)];
  expect(newId(new Set(["aaaaaa"]), () => rolls.shift()!)).toBe("z99999");
});

test("a session's name has only letters, digits and dashes, of any script: tmux keeps those as they are", () => {
  expect(sessionName("web", "login-form")).toBe("web-login-form");
  expect(sessionName("web.app", "feat/it's $(x) #(y):é")).toBe("web-app-feat-it-s-x-y-é");
  expect(sessionName("日本", "語/🚀#1")).toBe("日本-語-1");
  expect(sessionName("🚀", "❤")).toBe("agent");
  expect(sessionName("u\u0308", "e\u0301")).toBe("ü-é");
  expect(sessionName("-x-", "-y-")).toBe("x---y");
  const long = sessionName("web", "x".repeat(300));
  expect(long).toHaveLength(50);
  expect(sessionName("日", "𠮷".repeat(60))).toBe(`日-${"𠮷".repeat(48)}`);
});

test("a session's name never ends in a dash, also where it was cut", () => {
  expect(sessionName("r".repeat(49), "b")).toBe("r".repeat(49));
});

test("worktrees of repos that are named alike lie apart", () => {
  const one = worktreeFolder("/w", "web", "/a/web/.git");
  expect(one).toMatch(/^\/w\/web-[0-9a-f]{6}$/);
  expect(worktreeFolder("/w", "web", "/b/web/.git")).not.toBe(one);
  expect(worktreeFolder("/w", "web", "/a/web/.git")).toBe(one);
});

test("what a repo's directory is called can't leave the worktree root", () => {
  expect(worktreeFolder("/w", "a/../b\n$(x)", "/c")).toMatch(/^\/w\/a-\.\.-b-x--[0-9a-f]{6}$/);
});

test("a branch is one directory; a name too long for a file system ends in a hash of all of it", () => {
  expect(worktreeName("feat/deep/x")).toBe("feat-deep-x");
  const [a, b] = [`${"é".repeat(200)}a`, `${"é".repeat(200)}b`];
  expect(Buffer.byteLength(worktreeName(a))).toBeLessThan(256);
  expect(worktreeName(a)).not.toBe(worktreeName(b));
});

test("the first free name has no number, the next ones count from 2", () => {
  expect(firstFree("x", () => false)).toBe("x");
  expect(firstFree("x", (name) => ["x", "x-2"].includes(name))).toBe("x-3");
});

test("a slot is the smallest positive integer that no agent has", () => {
  expect(freeSlot([])).toBe(1);
  expect(freeSlot([1, 2, 4])).toBe(3);
  expect(freeSlot([0, 2])).toBe(1);
});

test("a title is one short line without control characters", () => {
  expect(titleOf("fix\n the \u001b[31mred\u001b[0m\tbug\u0007")).toBe("fix the red bug");
  expect(titleOf(null)).toBe("");
  expect(titleOf("x".repeat(5000))).toHaveLength(200);
});
