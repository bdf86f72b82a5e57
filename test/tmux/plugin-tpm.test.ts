// TPM installs the plugin from a clone into an empty home with three lines of tmux.conf; then its keys work, updates too.
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lendPackages, makeCheckout, pathWithBun } from "../helpers/checkout";
import { type Attached, attach, settingsOf, fleetKeys } from "../helpers/plugin";
import { privateServer } from "../helpers/server";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

setDefaultTimeout(120_000);

// Debian's and Ubuntu's package; a clone by hand; else what stands in for it.
const places = ["/usr/share/tmux-plugin-manager/tpm", join(import.meta.dir, "../fixtures/tpm")];
const tpm = places.find((path) => existsSync(path))!;
const server = await privateServer({ started: false, env: { PATH: pathWithBun() } });
const open = await terminals(server.env);
const origin = join(server.root, "origin", "ai-fleet");
const clone = join(server.home, ".tmux/plugins/ai-fleet");
const DEFAULTS = ["prefix A agents", "prefix N next", "prefix a menu"];
let at: Attached;

beforeAll(async () => {
  makeCheckout(origin, server.env);
  writeFileSync(join(server.home, ".tmux.conf"), `set -g @plugin '${origin}'\nset -g base-index 1\nrun '${tpm}'\n`);
  await server.tmux("new-session", "-d", "-s", "main", "-x", "120", "-y", "40", "exec sleep 100000");
  at = await attach(server, open);
}, 60_000);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const option = (name: string) => server.tmux("show-option", "-gqv", name);

test(`prefix I clones it and runs it twice (${tpm === places[1] ? "with a stand-in for TPM" : tpm}); the keys are there, and the pane is as it was`, async () => {
  expect(await fleetKeys(server)).toEqual([]);
  await at.keys("C-b", "I");
  await until(async () => (await fleetKeys(server)).length === 3, { what: "the keys are bound", timeout: 30_000, show: at.screen });
  expect((await fleetKeys(server)).sort()).toEqual(DEFAULTS);
  expect(existsSync(join(clone, ".git"))).toBe(true);
  expect(readdirSync(clone)).not.toContain("bin");
});

test("prefix A installs it, and then opens the agents", async () => {
  lendPackages(clone);
  // TPM says in the pane what it has done, until a key is pressed.
  await at.keys("Escape");
  await until(async () => (await server.tmux("display-message", "-p", "-t", "=main:", "#{pane_in_mode}")) === "0", { what: "TPM's message is closed", show: at.screen });
  await at.keys("C-b", "A");
  await at.shows("Install it now?");
  await at.keys("Enter");
  await until(async () => (await at.screen()).includes("the keys work now"), { timeout: 90_000, what: "it is built", show: at.screen });
  await at.keys("Enter");
  await until(async () => (await server.tmux("list-windows", "-t", "=main:", "-F", "#{window_name}")).split("\n").length === 1, { what: "the window closes" });
  expect(await option("@fleet-_bin")).toBe(join(server.home, ".local/bin/fleet"));
  await at.keys("C-b", "a");
  await at.shows("go to the one that needs me most");
  await at.keys("q");
});

test("a reload changes nothing", async () => {
  const before = await settingsOf(server);
  await server.tmux("source-file", join(server.home, ".tmux.conf"));
  expect(await settingsOf(server)).toBe(before);
  expect(await server.tmux("list-panes", "-a", "-F", "#{pane_in_mode}")).toBe("0");
});

test("a server that starts anew has the keys at once", async () => {
  const pid = Number(await server.tmux("display-message", "-p", "#{pid}"));
  await server.tmux("kill-server");
  // A session that is made while the old server ends would end with it.
  await until(() => !isAlive(pid), { what: "the server is gone" });
  await server.tmux("new-session", "-d", "-s", "main", "-x", "120", "-y", "40", "exec sleep 100000");
  expect((await fleetKeys(server)).sort()).toEqual(DEFAULTS);
  at = await attach(server, open);
});

test("after an update that wants a newer fleet, the keys open the installer", async () => {
  const file = join(origin, "package.json");
  writeFileSync(file, readFileSync(file, "utf8").replace(/"version": "[^"]*"/, '"version": "99.0.0"'));
  Bun.spawnSync(["git", "commit", "-q", "-a", "-m", "Newer"], { cwd: origin, env: server.env });
  Bun.spawnSync(["git", "pull", "-q"], { cwd: clone, env: server.env });
  await server.tmux("source-file", join(server.home, ".tmux.conf"));
  expect((await fleetKeys(server)).sort()).toEqual(DEFAULTS);
  await at.keys("C-b", "N");
  await at.shows("The plugin needs fleet 99.0.0, which is not installed (older: fleet");
  await at.keys("n", "Enter");
});
