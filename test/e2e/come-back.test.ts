// After the end of the tmux server: each agent is back once, with its own conversation, whatever else brings sessions back.
import { beforeAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace, type Place } from "../helpers/place";
import { until } from "../helpers/until";

const MANY = 20;
const place: Place = await openPlace();
const { fleet, ok, server } = place;
const config = (words: string) => writeFileSync(join(server.fleetHome, "config.toml"), `[kinds.quiet]\ncommand = ["${words}", "100000"]\n`);

beforeAll(async () => {
  mkdirSync(server.fleetHome, { recursive: true });
  config("sleep");
});

/** Each agent's panes and the programs that run for it, by id: one of each is right. */
async function running(): Promise<Record<string, string>> {
  const panes = (await server.tmux("list-panes", "-a", "-f", "#{!=:#{@fleet_id},}", "-F", "#{@fleet_id}")).split("\n");
  const scripts = Bun.spawnSync(["ps", "-A", "-o", "args="]).stdout.toString().split("\n").filter((line) => line.includes(`${server.fleetHome}/agents/`) && /\/run$/.test(line));
  const count = (id: string) => `${panes.filter((one) => one === id).length} ${scripts.filter((line) => line.includes(`/${id}/run`)).length}`;
  return Object.fromEntries((await place.list("--all")).map(({ id }) => [id, count(id)]));
}

async function killServer(): Promise<void> {
  const pid = Number(await server.tmux("display-message", "-p", "#{pid}"));
  process.kill(pid, "SIGKILL");
  await until(() => { try { process.kill(pid, 0); return false; } catch { return true; } });
}

test(`${MANY} agents start again after kill -9 of the tmux server: none doubled, none lost, each with its conversation`, async () => {
  await ok(["fanout", String(MANY), "twenty", "-a", "demo", "-p", "say I am {{branch}}", "-d"], { timeout: 120_000 });
  await until(async () => (await place.list()).every(({ status }) => status === "idle"), { timeout: 60_000 });
  const before = await place.list();
  await killServer();
  const told = await fleet(["list"]);
  expect(told.stderr).toMatch(/stopped: fleet start --all|^$/);
  const began = performance.now();
  const ran = await fleet(["start", "--all"], { timeout: 120_000 });
  console.log(`${MANY} agents back in ${Math.round(performance.now() - began)} ms`);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining(`✓ ${MANY} of ${MANY} started\n`)]);
  const after = await place.list();
  expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
  expect(Object.values(await running())).toEqual(Array(MANY).fill("1 1"));
  for (const { branch } of before.slice(0, 4)) await until(async () => /I am twenty-\d+[^]*resumed /.test(await place.screen(branch)), { show: () => place.screen(branch) });
  expect((await fleet(["start", "--all"])).stderr).toBe("○ no stopped agents\n");
  await ok(["kill", "--batch", "twenty", "--yes"], { timeout: 120_000 });
}, 240_000);

test("a session that was brought back under an agent's name is the agent's, not beside it; one at work is left alone", async () => {
  for (const name of ["idle", "busy", "whole"]) await ok(["create", name, "-a", "quiet", "-d"]);
  const agents = Object.fromEntries(await Promise.all(["idle", "busy", "whole"].map(async (name) => [name, await place.agent(name)] as const)));
  await killServer();
  await until(async () => (await place.list()).every(({ status }) => status === "stopped"));
  // As resurrect does it: names, directories, a shell in each pane, and programs that it was told to restore.
  const restore = (name: string, ...words: string[]) => server.tmux("-f", "/dev/null", "new-session", "-d", "-s", `repo-${name}`, "-c", agents[name]!.worktree, ...words);
  await restore("idle");
  await restore("busy", "sh", "-c", "sleep 100000; true");
  await restore("whole", `sh '${server.fleetHome}/agents/${agents["whole"]!.id}/run'; true`);
  await until(async () => (await place.agent("whole")).status === "unknown");
  const idle = await server.tmux("display-message", "-p", "-t", "=repo-idle:", "#{session_id}");
  const ran = await fleet(["start", "--all"]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("3 of 3 started")]);
  expect(Object.values(await running())).toEqual(["1 1", "1 1", "1 1"]);
  expect(await server.tmux("display-message", "-p", "-t", idle, "#{session_name} #{@fleet_id}")).toBe(`repo-idle ${agents["idle"]!.id}`);
  expect((await server.tmux("list-sessions", "-F", "#{session_name}")).split("\n").sort()).toEqual(["repo-busy", "repo-busy-2", "repo-idle", "repo-whole"]);
  await ok(["kill", "idle", "whole", "busy", "--yes"]);
  expect(await server.tmux("list-sessions", "-F", "#{session_name}")).toBe("repo-busy");
});

test("three in a row that do not come up end it, and the rest is named", async () => {
  for (const name of ["a", "b", "c", "d", "e"]) await ok(["create", name, "-a", "quiet", "-d"]);
  await ok(["stop", "a", "b", "c", "d", "e"]);
  config("false");
  const ran = await fleet(["start", "--all"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("✗ a: quiet ended at once with 1\n");
  expect(ran.stderr).toContain("✓ 0 of 5 started\n✗ 3 did not come up one after the other: 2 more are left stopped\n");
  expect((await place.list("--all")).map(({ branch, status }) => `${branch} ${status}`).sort()).toEqual(["a exited", "b exited", "c exited", "d stopped", "e stopped"]);
  config("sleep");
  rmSync(join(server.fleetHome, "agents", (await place.agent("d")).id, "started"));
  expect((await fleet(["start", "*"])).stderr).toContain("5 of 5 started");
  expect(readFileSync(join(server.fleetHome, "agents", (await place.agent("d")).id, "started"), "utf8")).toBe("");
});
