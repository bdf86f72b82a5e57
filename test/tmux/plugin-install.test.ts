// The installer that the keys open while there is no binary: from a release with its checksum, else from source.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { dirname, join } from "node:path";
import { lendPackages, makeCheckout, pathWithBun } from "../helpers/checkout";
import { type Attached, attach, fleetKeys, makePlugin, pluginAt, recorder } from "../helpers/plugin";
import { privateServer } from "../helpers/server";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

setDefaultTimeout(120_000);

// The Bun that runs the tests is one that can build.
const PATH = pathWithBun();
const server = await privateServer({ env: { PATH } });
const open = await terminals({ ...server.env });
const ASSET = `fleet-${process.platform}-${arch()}`;
const checkout = join(server.root, "a check out");
const served = new Map<string, string>();
const web = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => {
  const body = served.get(new URL(request.url).pathname);
  return body === undefined ? new Response("", { status: 404 }) : new Response(body);
} });
let at: Attached;

beforeAll(async () => {
  makeCheckout(checkout, server.env);
  lendPackages(checkout);
  await server.tmux("set-option", "-g", "remain-on-exit", "off");
  at = await attach(server, open);
}, 60_000);

afterAll(() => web.stop(true));

const version = (JSON.parse(readFileSync(join(import.meta.dir, "../../package.json"), "utf8")) as { version: string }).version;
const windows = () => server.tmux("list-windows", "-t", "=main:", "-F", "#{window_name}");
const installed = join(server.home, ".local/bin/fleet");

/** A plugin without a binary, cloned from the local web server; prefix A opens its installer. */
async function openInstaller(name: string): Promise<string> {
  const plugin = makePlugin(server, name);
  for (const words of [["init", "-q"], ["remote", "add", "origin", `http://127.0.0.1:${web.port}/someone/fleet.git`]]) Bun.spawnSync(["git", ...words], { cwd: plugin.dir, env: server.env });
  mkdirSync(join(plugin.dir, "man"));
  writeFileSync(join(plugin.dir, "man/fleet.1"), "");
  plugin.run({ PATH });
  await at.keys("C-b", "A");
  await at.shows(`The plugin needs fleet ${version}, which is not installed.`);
  return plugin.dir;
}

function release(text: string, sum = createHash("sha256").update(text).digest("hex")): void {
  served.clear();
  const base = `/someone/fleet/releases/download/v${version}`;
  served.set(`${base}/${ASSET}`, text);
  served.set(`${base}/SHA256SUMS`, `${"0".repeat(64)}  other\n${sum}  ${ASSET}\n`);
}

async function closed(): Promise<void> {
  await at.keys("Enter");
  await until(async () => !(await windows()).includes("fleet"), { what: "the window closes", show: at.screen });
}

test("no is an answer: nothing is installed, and the window is gone", async () => {
  await openInstaller("declined");
  await at.keys("n", "Enter");
  await until(async () => !(await windows()).includes("fleet"), { what: "the window closes" });
  expect(existsSync(installed)).toBe(false);
});

test("a download with a wrong checksum is not installed", async () => {
  release(readFileSync(recorder(join(server.root, "bad/fleet"), `fleet ${version}`).path, "utf8"), "1".repeat(64));
  await openInstaller("bad checksum");
  await at.keys("Enter");
  await at.shows("the checksum of the download is wrong");
  await closed();
  expect([existsSync(installed), existsSync(join(server.home, ".local/share/fleet", version))]).toEqual([false, false]);
});

test("a release of exactly this version is installed, and the keys go on with it", async () => {
  release(readFileSync(recorder(join(server.root, "good/fleet"), `fleet ${version}`, "set-option -g @fleet-_bin released\nset-option -g @fleet-_agents 'display-message released'\n").path, "utf8"));
  const dir = await openInstaller("released");
  await at.keys("Enter");
  await at.shows("the keys work now");
  await closed();
  expect(await server.tmux("show-option", "-gqv", "@fleet-_bin")).toBe("released");
  await at.keys("C-b", "A");
  await at.shows("released");
  // By its version, for a server whose PATH is another; and it is the one on PATH.
  expect(realpathSync(join(server.home, ".local/share/fleet", version, "bin/fleet"))).toBe(installed);
  expect(existsSync(join(dir, "bin/fleet"))).toBe(false);
  rmSync(join(server.home, ".local"), { recursive: true });
});

test("without a release it is built from the checkout, and prefix A opens the agents", async () => {
  served.clear();
  pluginAt(server, checkout).run({ PATH });
  await at.keys("C-b", "A");
  await at.shows("Install it now?");
  await at.keys("Enter");
  await until(async () => (await at.screen()).includes("the keys work now"), { timeout: 90_000, what: "it is built", show: at.screen });
  await at.shows("fleet: agents");
  await closed();
  expect(Bun.spawnSync([installed, "--version"]).stdout.toString()).toBe(`fleet ${version}\n`);
  expect(await server.tmux("show-option", "-gqv", "@fleet-_bin")).toBe(installed);
  expect((await fleetKeys(server)).sort()).toEqual(["prefix A agents", "prefix N next", "prefix a menu"]);
  await at.keys("C-b", "a");
  await at.shows("go to the one that needs me most");
  await at.keys("q");
});

// Root may write anywhere but on a mount that is read-only; for everybody else the mode is enough.
const root = process.getuid?.() === 0;
const canLock = !root || Bun.spawnSync(["unshare", "-m", "true"]).exitCode === 0;

test.if(canLock)("a checkout that can't be written is built elsewhere, and another program called fleet stays", async () => {
  rmSync(join(server.home, ".local"), { recursive: true, force: true });
  mkdirSync(dirname(installed), { recursive: true });
  writeFileSync(installed, "#!/bin/sh\necho a fleet of ships\n", { mode: 0o755 });
  rmSync(join(checkout, "bin"), { recursive: true, force: true });
  const before = Bun.spawnSync(["git", "status", "--porcelain", "--ignored"], { cwd: checkout, env: server.env }).stdout.toString();
  const lock = root ? ["mount", "--bind", "-o", "ro", checkout, checkout] : ["chmod", "-R", "a-w", checkout];
  expect(Bun.spawnSync(lock).exitCode).toBe(0);
  try {
    pluginAt(server, checkout).run({ PATH });
    await at.keys("C-b", "A");
    await at.shows("Install it now?");
    await at.keys("Enter");
    await until(async () => (await at.screen()).includes("the keys work now"), { timeout: 90_000, what: "it is built", show: at.screen });
    await closed();
  } finally {
    Bun.spawnSync(root ? ["umount", checkout] : ["chmod", "-R", "u+w", checkout]);
  }
  const own = join(server.home, ".local/share/fleet", version, "bin/fleet");
  expect(await server.tmux("show-option", "-gqv", "@fleet-_bin")).toBe(own);
  expect(readFileSync(installed, "utf8")).toContain("ships");
  expect(existsSync(join(server.home, ".local/share/fleet/source"))).toBe(false);
  expect(Bun.spawnSync(["git", "status", "--porcelain", "--ignored"], { cwd: checkout, env: server.env }).stdout.toString()).toBe(before);
});
