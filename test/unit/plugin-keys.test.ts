// Which keys the plugin binds, from what is bound and what the person asked for.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACTION_KEYS, TMUX_KEYS } from "../../src/base/keys";
import { type Binding, boundOf } from "../../src/ports/tmux/bindings";
import { canonicalKey, isLetterOf, unquotedKey } from "../../src/ports/tmux/key-names";
import { isSettled, PLUGIN_OPTIONS, pluginCommands, removalCommands } from "../../src/fleet/plugin/commands";
import { planKeys } from "../../src/fleet/plugin/keys";
import { menuOptions } from "../../src/fleet/plugin/menu";
import { nothingSet } from "../../src/fleet/plugin/plugin";

const OURS = 'run-shell -C "#{E:@fleet-_agents}"';
const bound = (key: string, command = "display-message mine", table: Binding["table"] = "prefix"): Binding => ({ table, key, command });
const facts = (version: string, bindings: Binding[] = []) => {
  const nothing = nothingSet(version);
  return { ...nothing, bound: { ...nothing.bound, bindings } };
};
const keysOf = (options: Record<string, string>, bindings: Binding[] = []) => planKeys({ options: { prefix: "C-b", prefix2: "None", ...options }, bindings }).bind.map(({ name, table, key }) => `${name} ${table} ${key}`);

test("all names of a key are one key, and letters differ by case", () => {
  const same = [["^F", "C-f", "C-F", "c-f"], ["M-C-a", "C-M-a"], ["PageUp", "PgUp", "PPage", "ppage"], ["space", "Space"], ["S-M-Up", "M-S-Up"]];
  for (const names of same) expect(new Set(names.map(canonicalKey)).size).toBe(1);
  expect(new Set(["a", "A", "M-a", "M-A", "C-a", "F1", ";", "\\", "^", "-", "M--"].map(canonicalKey)).size).toBe(11);
});

test("a key is read as list-keys writes it", () => {
  expect([String.raw`\;`, `'M-"'`, `"M-{"`, "A", String.raw`\\`, String.raw`\"`].map(unquotedKey)).toEqual([";", 'M-"', "M-{", "A", "\\", '"']);
  const { version, options, bindings } = boundOf('3.3a\nB C\n\nbind-key    -T prefix \\;     last-pane\nbind-key -r -T prefix Up     select-pane -U\nbind-key    -T root   A      run-shell -C "#{E:@fleet-_agents}"\n', ["@one", "@two"]);
  expect([version, options]).toEqual(["3.3a", { "@one": "B C", "@two": "" }]);
  expect(bindings).toEqual([bound(";", "last-pane"), bound("Up", "select-pane -U"), bound("A", OURS, "root")]);
});

test("the defaults are bound where nothing is", () => {
  expect(keysOf({})).toEqual(["agents prefix A", "next prefix N", "menu prefix a"]);
});

test("several keys, a key without prefix, none and off", () => {
  expect(keysOf({ "@fleet-key-agents": " B  M-x ", "@fleet-root-key-agents": "F9", "@fleet-key-next": "none", "@fleet-key-menu": "OFF" })).toEqual(["agents prefix B", "agents prefix M-x", "agents root F9"]);
});

test("a bound key is never taken: by its name, by another name, by an option", () => {
  expect(keysOf({}, [bound("A")])).toEqual(["next prefix N", "menu prefix a"]);
  expect(keysOf({ "@fleet-key-agents": "^F" }, [bound("C-f")])).not.toContain("agents prefix ^F");
  const plan = planKeys({ options: { "@fleet-key-agents": "w" }, bindings: [bound("w", "choose-tree -Zw")] });
  expect(plan.refused).toContainEqual({ name: "agents", table: "prefix", key: "w", because: { is: "bound", command: "choose-tree -Zw" }, wanted: true });
  // The same key of the other table is another key.
  expect(keysOf({}, [bound("A", "display-message mine", "root")])).toContain("agents prefix A");
});

test("the letter of the prefix is left to send-prefix, unless it was asked for", () => {
  expect(keysOf({ prefix: "C-a" })).toEqual(["agents prefix A", "next prefix N"]);
  expect(keysOf({ prefix2: "M-a" })).not.toContain("menu prefix a");
  expect(keysOf({ prefix: "C-a", "@fleet-key-menu": "a" })).toContain("menu prefix a");
  expect(isLetterOf("C-Space", "a")).toBe(false);
});

test("a default gives way to a key that was asked for", () => {
  const plan = planKeys({ options: { "@fleet-key-agents": "N" }, bindings: [] });
  expect(plan.bind.map(({ name, key }) => `${name} ${key}`)).toEqual(["agents N", "menu a"]);
  expect(plan.refused).toEqual([{ name: "next", table: "prefix", key: "N", because: { is: "fleet", name: "agents" }, wanted: false }]);
});

test("fleet's own key from before is no obstacle, and goes when it is not wanted any more", () => {
  expect(planKeys({ options: {}, bindings: [bound("A", OURS)] })).toMatchObject({ unbind: [], refused: [] });
  expect(planKeys({ options: { "@fleet-key-agents": "B" }, bindings: [bound("A", OURS)] }).unbind).toEqual([{ table: "prefix", key: "A" }]);
  // What only looks like it is the person's.
  const theirs = `${OURS} \\; display-message mine`;
  expect(planKeys({ options: { "@fleet-key-agents": "B" }, bindings: [bound("A", theirs)] }).unbind).toEqual([]);
  expect(removalCommands(facts("3.3a", [bound("A", theirs), bound("Q", OURS, "root")])).filter(([name]) => name === "unbind-key")).toEqual([["unbind-key", "-q", "-T", "root", "Q"]]);
});

test("a server is settled once all keys are bound, all others unbound, and no text is to be replaced", () => {
  const keys = [bound("A", OURS), bound("N", OURS.replace("agents", "next")), bound("a", OURS.replace("agents", "menu"))];
  const settled = (bindings: Binding[], texts: Record<string, string> = {}) => {
    const all = facts("3.3a", bindings);
    return isSettled({ ...all, line: { ...all.line, texts } });
  };
  expect([settled(keys), settled(keys.slice(1)), settled([...keys, bound("B", OURS)]), settled([bound("A"), ...keys.slice(1)])]).toEqual([true, false, false, true]);
  expect([settled(keys, { "status-right": "#{fleet_counts}" }), settled(keys, { "status-right": "%H" })]).toEqual([false, true]);
});

test("removal unsets every option that the plugin sets", () => {
  const set = pluginCommands(facts("3.3a"), "/bin/fleet").filter(([name, flags]) => name === "set-option" && !flags!.includes("u")).map((words) => words.at(-2)!);
  const unset = removalCommands(facts("3.3a")).map((words) => words.at(-1)!);
  expect(set.filter((name) => !unset.includes(name))).toEqual([]);
  expect(set.length).toBeGreaterThan(5);
});

test("a popup's title is for a tmux that knows -T", () => {
  const popup = (version: string) => pluginCommands(facts(version), "/bin/fleet").find((words) => words[2] === "@fleet-_popup")![3]!;
  expect([popup("3.2a"), popup("3.3"), popup("next-3.8")].map((text) => text.includes("-T "))).toEqual([false, true, true]);
});

test("the menu has the letters of the agents popup, and room on 80x24", () => {
  const items = menuOptions()[0]![1];
  for (const row of ACTION_KEYS) {
    if (row.on === "view" || row.name === "switch") continue;
    expect(items).toContain(`act ${row.name} `);
    if (row.key !== "1-9") expect(items).toContain(`" "${row.key}" "run-shell`);
  }
  // Three words a row, and two lines of frame.
  expect(items.match(/" "[a-zA-Z0-9=]" "run-shell/g)!.length + 2).toBeLessThanOrEqual(23);
});

test("fleet.tmux knows every option that decides, and the same keys and notes", () => {
  const script = readFileSync(join(import.meta.dir, "../../fleet.tmux"), "utf8");
  for (const option of PLUGIN_OPTIONS) expect(script).toContain(`#{${option}}`);
  expect(PLUGIN_OPTIONS.length).toBeGreaterThan(20);
  for (const { name, default: key, note } of TMUX_KEYS) {
    expect(script).toContain(`bind ${name} prefix '${note}' "\${keys_${name}:-${name === "menu" ? "$menu" : key}}"`);
    expect(script).toContain(`bind ${name} root '${note}' "$roots_${name}"`);
  }
});
