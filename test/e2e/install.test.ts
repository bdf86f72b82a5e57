// scripts/install and scripts/demo, run as a person runs them, into a private home.
import { beforeAll, expect, test } from "bun:test";
import { lstatSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { binary } from "../helpers/binary";
import { privateServer } from "../helpers/server";

const server = await privateServer();
const ROOT = join(import.meta.dir, "../..");
// The bun that runs the tests is one that bootstrap takes.
const PATH = `${dirname(process.execPath)}:${server.env["PATH"]}`;

beforeAll(async () => void (await binary()), 60_000);

async function run(script: string, env: Record<string, string> = {}): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = Bun.spawn([join(ROOT, script)], { env: { ...server.env, PATH, ...env }, cwd: server.root, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, stdout, stderr };
}

test("install puts fleet, flt, plugin and man page under PREFIX, and again over itself", async () => {
  const prefix = join(server.root, "pre fix");
  for (let i = 0; i < 2; i++) {
    const ran = await run("scripts/install", { PREFIX: prefix });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(`▲ not on PATH: ${prefix}/bin`);
    expect(ran.stdout).toBe(`run-shell "'${prefix}/share/fleet/fleet.tmux'"\n`);
  }
  expect(readdirSync(join(prefix, "bin")).sort()).toEqual(["fleet", "flt"]);
  expect(readlinkSync(join(prefix, "bin/flt"))).toBe("fleet");
  expect(readdirSync(join(prefix, "share/man/man1")).sort()).toEqual(["fleet.1", "flt.1"]);
  expect(Bun.spawnSync([join(prefix, "bin/flt"), "--version"]).stdout.toString()).toMatch(/^fleet \d/);
  // The printed line works as it is, and the plugin finds the installed binary.
  writeFileSync(join(server.root, "tmux.conf"), `run-shell "'${prefix}/share/fleet/fleet.tmux'"\n`);
  await server.tmux("source-file", join(server.root, "tmux.conf"));
  expect(await server.tmux("show-option", "-gqv", "@fleet-_bin")).toMatch(/\/(pre fix|share\/fleet\/\.\.\/\.\.)\/bin\/fleet$/);
}, 60_000);

test("install leaves another program of the same name alone", async () => {
  const prefix = join(server.root, "other");
  mkdirSync(join(prefix, "bin"), { recursive: true });
  writeFileSync(join(prefix, "bin/fleet"), "#!/bin/sh\necho nothing\n", { mode: 0o755 });
  expect(await run("scripts/install", { PREFIX: prefix })).toMatchObject({ code: 1, stderr: expect.stringContaining(`another program has this name: ${prefix}/bin/fleet`) });
  expect(lstatSync(join(prefix, "bin/fleet")).size).toBeLessThan(100);
}, 60_000);

test("the demo brings two agents to the end and one to its question, and leaves nothing behind", async () => {
  const ran = await run("scripts/demo");
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/release +demo +◐ waiting/);
  expect(ran.stdout).toMatch(/greeting +demo +✓ idle/);
  expect(ran.stdout).toMatch(/Greet the world/);
  const place = /\/tmp\/fleet-demo\.\w+/.exec(ran.stderr)?.[0];
  expect(place).toBeString();
  expect(await Bun.file(`${place}/hello/README.md`).exists()).toBe(false);
  expect(readdirSync("/tmp")).not.toContain(place!.slice("/tmp/".length));
  // The server it was called beside is untouched.
  expect(await server.tmux("list-sessions", "-F", "#{session_name}")).toBe("main");
}, 90_000);
