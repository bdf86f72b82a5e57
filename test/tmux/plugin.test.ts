// fleet.tmux on a real server: silent, exit 0, the same after any number of runs, and never over a key that the person bound.
import { afterEach, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { fleetIn } from "../helpers/fleet";
import { everythingSet, fleetKeys, makePlugin, pluginAt, recorder, settingsOf } from "../helpers/plugin";
import { privateServer } from "../helpers/server";

const server = await privateServer();
// TPM runs plugins by a path without quotes around it, but a person's own line may have blanks.
const plugin = makePlugin(server, "plug in");
const kept = join(server.home, ".local/share/fleet/plugin");
const fleet = fleetIn(server);
const insideTmux = { env: { TMUX: `${server.socket},1,0` } };
const DEFAULTS = ["prefix A agents", "prefix N next", "prefix a menu"];

beforeAll(async () => {
  mkdirSync(join(plugin.dir, "bin"));
  symlinkSync(await binary(), join(plugin.dir, "bin/fleet"));
}, 60_000);

afterEach(async () => {
  await fleet(["plugin", "--remove"], insideTmux);
  const options = (await server.tmux("show-options", "-g")).split("\n").flatMap((line) => /^(@fleet-\S+)/.exec(line)?.[1] ?? []);
  for (const option of [...options, "prefix2"]) await server.tmux("set-option", "-gu", option);
  rmSync(kept, { recursive: true, force: true });
});

test("it binds its keys once, with notes, however often it runs", async () => {
  plugin.run();
  const once = await settingsOf(server);
  for (let i = 0; i < 3; i++) plugin.run();
  expect(await plugin.keys()).toEqual(DEFAULTS);
  expect(await settingsOf(server)).toBe(once);
  const notes = await server.tmux("list-keys", "-N");
  for (const note of [/A +fleet: agents/, /N +fleet: next that needs you/, /a +fleet: menu/]) expect(notes).toMatch(note);
});

test("what it leaves is gone after fleet plugin --remove, and all else is as before", async () => {
  await server.tmux("bind-key", "-N", "mine", "-T", "prefix", "B", "display-message", "mine");
  await server.tmux("set-option", "-g", "@fleet-root-key-menu", "F12");
  const line = await server.tmux("show-option", "-gv", "status-right");
  await server.tmux("set-option", "-g", "status-right", "#{fleet_counts} %H");
  const before = await everythingSet(server);
  plugin.run();
  expect(await everythingSet(server)).not.toBe(before);
  expect(await server.tmux("show-option", "-gv", "status-right")).not.toContain("#{fleet_counts}");
  const ran = await fleet(["plugin", "--remove"], insideTmux);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("unbound: prefix A, prefix N, prefix a, F12") as unknown as string]);
  expect(await everythingSet(server)).toBe(before);
  await server.tmux("unbind-key", "-T", "prefix", "B", ";", "set-option", "-g", "status-right", line);
});

test("--remove --dry-run prints what it would run, and fleet plugin alone sets nothing", async () => {
  plugin.run();
  const before = await everythingSet(server);
  expect((await fleet(["plugin", "--remove", "--dry-run"], insideTmux)).stdout).toContain('unbind-key -q -T prefix A');
  expect((await fleet(["plugin"], insideTmux)).stdout).toContain('bind-key -N "fleet: agents" -T prefix A');
  expect(await everythingSet(server)).toBe(before);
  expect((await fleet(["plugin", "--dry-run"], insideTmux)).code).toBe(1);
});

test("what fleet plugin prints does the same through source-file", async () => {
  plugin.run();
  const byScript = await settingsOf(server);
  await fleet(["plugin", "--remove"], insideTmux);
  const { stdout } = await fleet(["plugin"], insideTmux);
  writeFileSync(join(server.root, "printed.conf"), stdout);
  await server.tmux("source-file", join(server.root, "printed.conf"));
  const same = (text: string) => text.replaceAll(join(plugin.dir, "bin/fleet"), "BIN");
  expect(same(await settingsOf(server))).toBe(same(byScript));
});

test("without a server it prints for one without options", async () => {
  const alone = await privateServer({ started: false });
  const { code, stdout } = await fleetIn(alone)(["plugin"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("-T prefix A run-shell") as unknown as string]);
  expect(await fleetIn(alone)(["plugin", "--remove"])).toMatchObject({ code: 0, stderr: expect.stringContaining("no tmux server runs") });
});

test("keys move, multiply and go with their options", async () => {
  plugin.run();
  await server.tmux("set-option", "-g", "@fleet-key-agents", "B M-x");
  await server.tmux("set-option", "-g", "@fleet-root-key-next", "F12");
  await server.tmux("set-option", "-g", "@fleet-key-menu", "off");
  plugin.run();
  expect((await plugin.keys()).sort()).toEqual(["prefix B agents", "prefix M-x agents", "prefix N next", "root F12 next"]);
  await server.tmux("set-option", "-g", "@fleet-key-agents", "none");
  plugin.run();
  expect((await plugin.keys()).sort()).toEqual(["prefix N next", "root F12 next"]);
});

test("a key that the person bound stays theirs, repeating or not, before or after", async () => {
  for (const flags of [[], ["-r"]]) {
    await server.tmux("bind-key", ...flags, "-T", "prefix", "A", "display-message", "mine");
    plugin.run();
    expect(await plugin.keys()).toEqual(DEFAULTS.slice(1));
    expect(await server.tmux("list-keys", "-T", "prefix")).toMatch(/prefix +A +display-message mine/);
  }
  await server.tmux("bind-key", "-T", "prefix", "N", "display-message", "mine too");
  plugin.run();
  expect(await plugin.keys()).toEqual(["prefix a menu"]);
  await server.tmux("unbind-key", "-T", "prefix", "A", ";", "unbind-key", "-T", "prefix", "N");
});

test("the letter of the prefix is left alone", async () => {
  await server.tmux("set-option", "-g", "prefix2", "C-a");
  plugin.run();
  expect(await plugin.keys()).toEqual(DEFAULTS.slice(0, 2));
});

test("a server that has everything is only read", async () => {
  for (let i = 0; i < 2; i++) plugin.run();
  await server.tmux("set-option", "-g", "@fleet-_agents", "not set again");
  plugin.run();
  expect(await plugin.option("@fleet-_agents")).toBe("not set again");
  // A config that unbinds everything and loads it again, more than once.
  for (let i = 0; i < 3; i++) {
    for (const key of ["A", "N", "a"]) await server.tmux("unbind-key", "-T", "prefix", key);
    plugin.run();
    expect(await plugin.keys()).toEqual(DEFAULTS);
  }
  // What another fleet has set is set again.
  await server.tmux("set-option", "-g", "@fleet-_bin", "/another/fleet");
  plugin.run();
  expect(await plugin.option("@fleet-_agents")).toContain("popup");
});

test("the second run starts no fleet, until something is new", async () => {
  const program = recorder(join(server.root, "counted", "fleet"), "fleet 99.0.0", "set-option -g @fleet-_bin counted\n");
  await server.tmux("set-option", "-g", "@fleet-bin", program.path);
  plugin.run();
  expect(await plugin.option("@fleet-_bin")).toBe("counted");
  // Whoever starts it now leaves nothing that could be sourced.
  writeFileSync(`${program.path}.conf`, "set-option -g @fleet-_bin asked-again\n");
  await server.tmux("set-option", "-gu", "@fleet-_bin");
  plugin.run();
  expect(await plugin.option("@fleet-_bin")).toBe("counted");
  // Another binary at the same place, even an older file.
  utimesSync(program.path, 1_000_000, 1_000_000);
  plugin.run();
  expect(await plugin.option("@fleet-_bin")).toBe("asked-again");
  writeFileSync(`${program.path}.conf`, "set-option -g @fleet-_bin once-more\n");
  await server.tmux("bind-key", "-T", "prefix", "A", "display-message", "mine");
  plugin.run();
  expect(await plugin.option("@fleet-_bin")).toBe("once-more");
  await server.tmux("unbind-key", "-T", "prefix", "A");
});

test("where nothing can be kept it works all the same, and the checkout stays as it was", async () => {
  const before = readdirSync(plugin.dir, { recursive: true }).sort();
  writeFileSync(join(server.root, "a file"), "");
  plugin.run({ XDG_DATA_HOME: join(server.root, "a file") });
  expect(await plugin.keys()).toEqual(DEFAULTS);
  const other = join(server.root, "other data");
  plugin.run({ XDG_DATA_HOME: other });
  expect(readdirSync(join(other, "fleet/plugin")).length).toBe(2);
  expect(existsSync(kept)).toBe(false);
  expect(readdirSync(plugin.dir, { recursive: true }).sort()).toEqual(before);
});

test("the binary is the person's, else of the data directory, else the plugin's own, else of PATH", async () => {
  const version = (JSON.parse(readFileSync(join(plugin.dir, "package.json"), "utf8")) as { version: string }).version;
  const program = (name: string, says = `fleet ${version}`) => recorder(join(server.root, name), says, `set-option -g @fleet-_bin ${name.split("/")[0]}\n`).path;
  const bare = makePlugin(server, "bare");
  const found = async (env: Record<string, string> = {}) => {
    bare.run(env);
    return bare.option("@fleet-_bin");
  };
  const path = (...names: string[]) => ({ PATH: [...names.map((name) => join(server.root, name)), "/usr/bin:/bin"].join(":") });
  program("others/flt", "flat 1.0");
  program("others/fleet", "Fleet commander 3");
  program("onpath/fleet");
  program("short/flt");
  expect(await found(path("others"))).toBe("");
  expect(await found(path("others", "onpath"))).toBe("");
  expect(await found(path("onpath"))).toBe("onpath");
  expect(await found(path("onpath", "short"))).toBe("short");
  program("bare/bin/fleet");
  expect(await found(path("short"))).toBe("bare");
  const own = program(`data/fleet/${version}/bin/fleet`);
  expect(own).toContain("data/");
  const data = { XDG_DATA_HOME: join(server.root, "data") };
  expect(await found(data)).toBe("data");
  await server.tmux("set-option", "-g", "@fleet-bin", program("theirs/fleet"));
  expect(await found(data)).toBe("theirs");
  // An older one is passed over, a newer one is as good.
  program("theirs/fleet", "fleet 0.0.9");
  expect(await found(data)).toBe("data");
  program("theirs/fleet", "fleet 0.10.0");
  expect(await found(data)).toBe("theirs");
});

test("with no binary that is new enough, the keys open the installer, and no key of the person's is taken", async () => {
  const bare = makePlugin(server, "no binary");
  await server.tmux("bind-key", "-T", "prefix", "N", "display-message", "mine");
  await server.tmux("set-option", "-g", "@fleet-root-key-agents", "F12");
  recorder(join(bare.dir, "bin/fleet"), "fleet 0.0.9");
  const before = await everythingSet(server);
  bare.run();
  bare.run();
  expect((await fleetKeys(server)).sort()).toEqual(["prefix A agents", "prefix a menu", "root F12 agents"]);
  expect(await server.tmux("list-keys", "-N")).toMatch(/A +fleet: agents/);
  expect(await bare.option("@fleet-_agents")).toStartWith("new-window");
  expect([await bare.option("@fleet-_bin"), await bare.option("@fleet-_old")]).toEqual(["", `fleet 0.0.9, ${bare.dir}/bin/fleet`]);
  // Once there is one, the same keys open fleet.
  rmSync(join(bare.dir, "bin/fleet"));
  symlinkSync(await binary(), join(bare.dir, "bin/fleet"));
  bare.run();
  expect((await fleetKeys(server)).sort()).toEqual(["prefix A agents", "prefix a menu", "root F12 agents"]);
  expect(await bare.option("@fleet-_agents")).toContain("popup");
  expect(await bare.option("@fleet-_old")).toBe("");
  await fleet(["plugin", "--remove"], insideTmux);
  expect(await everythingSet(server)).toBe(before);
  await server.tmux("unbind-key", "-T", "prefix", "N");
});

test("a binary that breaks is no binary", async () => {
  const bare = makePlugin(server, "broken");
  const { path } = recorder(join(bare.dir, "bin/fleet"), "fleet 99");
  writeFileSync(path, "#!/bin/sh\n[ \"$1\" != --version ] || { echo fleet 99; exit; }\necho half; exit 70\n");
  bare.run();
  expect(await bare.option("@fleet-_agents")).toStartWith("new-window");
  expect(readdirSync(kept)).toEqual([]);
});

test("an installed copy knows the binary beside it, and says where it is gone", async () => {
  const dir = join(server.root, "pre fix/share/fleet");
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "fleet.tmux"), readFileSync(join(plugin.dir, "fleet.tmux")));
  chmodSync(join(dir, "fleet.tmux"), 0o755);
  const { path } = recorder(join(server.root, "pre fix/bin/fleet"), "fleet 0.1.0", "set-option -g @fleet-_bin beside\n");
  pluginAt(server, dir).run();
  expect(await plugin.option("@fleet-_bin")).toBe("beside");
  rmSync(path);
  pluginAt(server, dir).run();
  expect(await plugin.option("@fleet-_agents")).toContain("scripts/install");
});

test("a server that starts with it in its config has the keys, and no session of its own is waited for", async () => {
  const fresh = await privateServer({ started: false });
  writeFileSync(join(fresh.home, ".tmux.conf"), `set -g base-index 1\nset -g default-shell /bin/sh\nrun-shell "'${plugin.dir}/fleet.tmux'"\nset -g @after yes\n`);
  await fresh.tmux("new-session", "-d", "-s", "first", "exec sleep 1000");
  expect((await fleetKeys(fresh)).sort()).toEqual(DEFAULTS);
  expect(await fresh.tmux("show-option", "-gqv", "@after")).toBe("yes");
  // Nothing in view mode, nothing printed.
  expect(await fresh.tmux("list-panes", "-a", "-F", "#{window_index} #{pane_in_mode}")).toBe("1 0");
});
