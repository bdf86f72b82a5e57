// The plugin's keys, pressed: on the terminal that pressed them, with the words that fleet gets, whatever paths and names hold.
import { beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { openTmux } from "../../src/ports/tmux/call";
import { pluginCommands } from "../../src/fleet/plugin/commands";
import { nothingSet } from "../../src/fleet/plugin/plugin";
import { type Attached, attach, recorder } from "../helpers/plugin";
import { privateServer } from "../helpers/server";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

const server = await privateServer();
const open = await terminals({ ...server.env, TMUX_TMPDIR: server.root });
// Whoever puts this into a format, a shell or tmux's parser unquoted has another program or none.
const home = join(server.root, `it's a "bin" #{x} #(touch ran) $HOME ~ ; %H`);
const program = recorder(join(home, "fleet"), "fleet 0.1.0");
const fish = Bun.which("fish");
let one: Attached;
let two: Attached;

beforeAll(async () => {
  // What people have: a shell that is no sh, windows from 1, and Esc that waits.
  await server.tmux("set-option", "-g", "default-shell", fish ?? "/bin/bash", ";", "set-option", "-g", "base-index", "1", ";", "set-option", "-s", "escape-time", "500");
  const facts = nothingSet(await server.tmux("display-message", "-p", "#{version}"));
  await openTmux(server.env).call(pluginCommands({ ...facts, bound: { ...facts.bound, options: { "@fleet-root-key-agents": "F12" } } }, program.path));
  const directory = join(server.root, "a dir #{pid} $(touch ran) `x`");
  mkdirSync(directory);
  await server.tmux("new-session", "-d", "-s", "agent", "-x", "120", "-y", "40", "exec sleep 1000");
  await server.tmux("respawn-pane", "-k", "-t", "=main:", "-c", directory.replaceAll("#", "##"), "exec sleep 100000");
  for (const [name, value] of [["id", "x7k2"], ["status", "idle"], ["branch", `feat/#(touch ${server.root}/ran)#[fg=red],}"'; x`]] as const) await server.tmux("set-option", "-t", "=agent:", `@fleet_${name}`, value);
  one = await attach(server, open);
  two = await attach(server, open, "agent");
});

/** The call that a press leads to. */
async function called(press: () => Promise<void>): Promise<string[]> {
  const before = program.calls().length;
  await press();
  const line = await until(() => program.calls()[before], { what: "fleet is called", show: async () => `${await one.screen()}\n${await two.screen()}` });
  return line.split("|").slice(0, -1);
}

const paneOf = (session: string) => server.tmux("display-message", "-p", "-t", `=${session}:`, "#{pane_id}");

async function closePopup(at: Attached): Promise<void> {
  await at.keys("Enter");
  await until(async () => !(await at.screen()).includes("the popup of"), { what: "the popup closes", show: at.screen });
}

test("prefix A opens the popup on the terminal that pressed it, and on no other", async () => {
  for (const [at, other, session] of [[one, two, "main"], [two, one, "agent"]] as const) {
    expect(await called(() => at.keys("C-b", "A"))).toEqual(["popup", "--client", at.client, "--pane", await paneOf(session)]);
    await at.shows("the popup of");
    expect(await other.screen()).not.toContain("the popup of");
    await closePopup(at);
  }
});

test("a key without prefix does the same", async () => {
  expect(await called(() => one.keys("F12"))).toEqual(["popup", "--client", one.client, "--pane", await paneOf("main")]);
  await closePopup(one);
});

test("prefix N names the terminal, and shows nothing where fleet fails", async () => {
  expect(await called(() => two.keys("C-b", "N"))).toEqual(["next", "--client", two.client]);
  expect(await server.tmux("list-panes", "-a", "-F", "#{pane_in_mode}")).toBe("0\n0");
});

test("prefix a is a menu: outside of an agent without its rows", async () => {
  await one.keys("C-b", "a");
  const screen = await one.shows("the agents");
  expect(screen).toContain("a new agent");
  expect(screen).not.toContain("send a prompt");
  expect(await two.screen()).not.toContain("the agents");
  expect(await called(() => one.keys("a"))).toEqual(["popup", "--client", one.client, "--pane", await paneOf("main")]);
  await closePopup(one);
});

test("the menu acts on the agent one is at, with the popup's letters, and its name is only text", async () => {
  const pane = await paneOf("agent");
  const presser = ["--client", two.client, "--pane", pane];
  const menu = async (key: string) => {
    await two.keys("C-b", "a");
    await two.shows("send a prompt");
    return called(() => two.keys(key));
  };
  await two.keys("C-b", "a");
  expect(await two.shows("send a prompt")).toContain("feat/#(touch ");
  expect(await two.screen()).not.toContain("answer yes");
  await two.keys("q");
  await until(async () => !(await two.screen()).includes("send a prompt"));
  expect(await menu("p")).toEqual(["act", "prompt", ...presser, "x7k2"]);
  await two.shows("the popup of");
  await closePopup(two);
  expect(await menu("s")).toEqual(["act", "snooze", ...presser, "x7k2"]);
  expect(await menu("c")).toEqual(["act", "copy", ...presser, "x7k2"]);
  expect(await menu("k")).toEqual(["act", "kill", ...presser, "x7k2"]);
  expect(await menu("n")).toEqual(["act", "new", ...presser]);
  expect(await menu("u")).toEqual(["act", "undo", ...presser]);
  expect(await menu("g")).toEqual(["next", "--client", two.client]);
  await server.tmux("set-option", "-t", "=agent:", "@fleet_status", "waiting");
  expect(await menu("y")).toEqual(["act", "yes", ...presser, "x7k2"]);
  expect(await menu("n")).toEqual(["act", "no", ...presser, "x7k2"]);
  expect(await menu("2")).toEqual(["act", "choice", ...presser, "--choice", "2", "x7k2"]);
  expect(existsSync(join(server.root, "ran"))).toBe(false);
  await server.tmux("set-option", "-t", "=agent:", "@fleet_status", "idle");
});

test("a low terminal has the rows that matter, a smaller one is told so", async () => {
  const low = await attach(server, open, "agent", { columns: 60, rows: 16 });
  await low.keys("C-b", "a");
  const screen = await low.shows("send a prompt");
  expect(screen).toContain("its worktree into the trash");
  expect(screen).not.toContain("pass over it");
  await low.keys("q");
  await low.close();
  const tiny = await attach(server, open, "agent", { columns: 60, rows: 12 });
  await tiny.keys("C-b", "a");
  await tiny.shows("fleet's menu needs 50 columns and 16 rows");
  await tiny.close();
});

test("no text of a path or name was run", () => {
  expect([existsSync(join(server.root, "ran")), existsSync(join(home, "ran")), existsSync(join(server.home, "ran"))]).toEqual([false, false, false]);
});
