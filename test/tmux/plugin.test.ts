// fleet.tmux on a real server: silent, exit 0, the same after any number of runs, and never over a key the person bound.
import { afterEach, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { privateServer } from "../helpers/server";
import { until } from "../helpers/until";

const server = await privateServer();
// TPM runs plugins by a path without quotes around it, but a person's own line may have blanks.
const plugin = join(server.root, "plug in", "fleet.tmux");
mkdirSync(join(server.root, "plug in"));
copyFileSync(join(import.meta.dir, "../../fleet.tmux"), plugin);
chmodSync(plugin, 0o755);

function run(): void {
  const env = { ...server.env, TMUX: `${server.socket},1,0`, PATH: "/usr/local/bin:/usr/bin:/bin" };
  const ran = Bun.spawnSync([plugin], { env, cwd: server.root, stdin: "ignore" });
  expect([ran.exitCode, ran.stdout.toString(), ran.stderr.toString()]).toEqual([0, "", ""]);
}

/** Keys of the prefix table that are the plugin's. */
async function keys(): Promise<string[]> {
  const lines = (await server.tmux("list-keys", "-T", "prefix")).split("\n").filter((line) => line.includes("@fleet_id"));
  return lines.map((line) => /-T prefix +(\S+)/.exec(line)?.[1] ?? "");
}

function program(path: string, says: string): string {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(path, 0o755);
  return path;
}

afterEach(async () => {
  for (const option of ["@fleet-key-agents", "@fleet-bin", "@fleet-_bin"]) await server.tmux("set-option", "-gu", option);
  await server.tmux("unbind-key", "-q", "-T", "prefix", "A");
});

test("it binds prefix A once, with a note, however often it runs", async () => {
  run();
  const once = await server.tmux("list-keys");
  run();
  expect(await keys()).toEqual(["A"]);
  expect(await server.tmux("list-keys")).toBe(once);
  expect(await server.tmux("list-keys", "-N")).toMatch(/A +fleet: agents/);
});

test("another key is moved to, none and off unbind it", async () => {
  run();
  await server.tmux("set-option", "-g", "@fleet-key-agents", "B");
  run();
  expect(await keys()).toEqual(["B"]);
  for (const none of ["none", "off"]) {
    await server.tmux("set-option", "-g", "@fleet-key-agents", none);
    run();
    expect(await keys()).toEqual([]);
  }
});

test("a key that the person bound stays theirs, repeating or not", async () => {
  for (const flags of [[], ["-r"]]) {
    await server.tmux("bind-key", ...flags, "-T", "prefix", "A", "display-message", "mine");
    run();
    expect(await keys()).toEqual([]);
    expect(await server.tmux("list-keys", "-T", "prefix")).toMatch(/prefix +A +display-message mine/);
  }
});

test("the binary is the person's, else the plugin's own", async () => {
  const own = program(join(server.root, "plug in", "bin", "fleet"), "fleet 0.1.0");
  run();
  expect(await server.tmux("show-option", "-gqv", "@fleet-_bin")).toBe(own);
  const theirs = program(join(server.root, "their's", "fleet"), "fleet 9");
  await server.tmux("set-option", "-g", "@fleet-bin", theirs);
  run();
  expect(await server.tmux("show-option", "-gqv", "@fleet-_bin")).toBe(theirs);
});

test("the key shows agents only, and text of theirs is text", async () => {
  run();
  const [session = ""] = (await server.tmux("new-session", "-d", "-P", "-F", "#{session_id}", "-s", "repo-feat", "exec sleep 1000")).split("\n");
  const hostile = `#(touch ${server.root}/pwned)#[fg=red]x`;
  for (const [name, value] of [["id", "7k"], ["status", "waiting"], ["kind", "demo"], ["branch", "feat/x"], ["doing", hostile]] as const) {
    await server.tmux("set-option", "-t", session, `@fleet_${name}`, value);
  }
  const outer = `TMUX= exec tmux -S '${server.socket}' attach-session -t main`;
  await server.tmux("-L", "outer", "-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "30", outer);
  try {
    await until(async () => (await server.tmux("list-clients")) !== "", { what: "the client attaches" });
    await server.tmux("-L", "outer", "send-keys", "C-b", "A");
    const screen = () => server.tmux("-L", "outer", "capture-pane", "-p");
    const shown = await until(async () => /repo-feat.*waiting.*feat\/x/.test(await screen()) && (await screen()), { what: "the list of agents", show: screen });
    expect(shown).toContain(hostile.slice(0, 20));
    expect(shown).not.toMatch(/\(\d+\).*main:/);
    expect(await Bun.file(join(server.root, "pwned")).exists()).toBe(false);
  } finally {
    await server.tmux("-L", "outer", "kill-server");
  }
});
