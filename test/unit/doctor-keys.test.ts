// What doctor says of the keys that open fleet.
import { expect, test } from "bun:test";
import { keyFindings } from "../../src/fleet/doctor/keys";
import type { Binding } from "../../src/ports/tmux/bindings";

const ours = (name: string, key: string, table: Binding["table"] = "prefix"): Binding => ({ table, key, command: `run-shell -C "#{E:@fleet-_${name}}"` });
const theirs = (key: string, command = "display-message mine"): Binding => ({ table: "prefix", key, command });
const said = (bindings: Binding[], options: Record<string, string> = {}) => keyFindings({ version: "3.3a", options: { "@fleet-_bin": "/bin/fleet", ...options }, bindings });
const ALL = [ours("agents", "A"), ours("next", "N"), ours("menu", "a")];

test("keys that are all there are one row", () => {
  expect(said(ALL)).toEqual([{ status: "ok", what: "prefix A agents, prefix N next, prefix a menu" }]);
  expect(said([...ALL, ours("next", "F12", "root")], { "@fleet-root-key-next": "F12" })[0]?.what).toContain("F12 next");
});

test("a key of the person's is named with what it does, and the option that takes another", () => {
  const [, refused, ...more] = said([theirs("A"), ...ALL.slice(1)]);
  expect(more).toEqual([]);
  expect(refused).toEqual({ status: "warn", what: "prefix A is bound to: display-message mine; the agents popup has no key", hint: "in tmux.conf, before the plugin: set -g @fleet-key-agents KEY   (or none)" });
});

test("it is only worth knowing where another key does the same, and where the prefix needs its letter", () => {
  const other = said([theirs("A"), ours("agents", "F12", "root"), ...ALL.slice(1)], { "@fleet-root-key-agents": "F12" });
  expect(other.map(({ status }) => status)).toEqual(["ok", "info"]);
  expect(other[1]?.what).toEndWith("the agents popup has F12");
  expect(said(ALL.slice(0, 2), { prefix: "C-a" })[1]).toMatchObject({ status: "info", what: "prefix a is left to send-prefix; a menu of everything has no key" });
});

test("a key that should be there and is not, a missing binary, and a plugin that is not loaded", () => {
  expect(said(ALL.slice(1)).at(-1)).toMatchObject({ status: "warn", what: "prefix A is not bound: agents" });
  expect(said(ALL, { "@fleet-_bin": "" })[0]).toMatchObject({ status: "warn", what: expect.stringContaining("its keys open the installer") });
  expect(said([theirs("A")], { "@fleet-_bin": "" })).toMatchObject([{ status: "info", what: expect.stringContaining("the plugin is not loaded") }]);
});

test("text of a binding is one short line", () => {
  const [, refused] = said([theirs("A", `display-message "\u001b[31m${"x".repeat(200)}"`), ...ALL.slice(1)]);
  expect(refused!.what).not.toContain("\u001b");
  expect(refused!.what.length).toBeLessThan(130);
});
