// A person's own tmux, in unusual states: hooks that rename sessions, servers without one, sockets that were cleaned away.
import { afterEach, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { openPlace, placeIn } from "../helpers/place";
import { makeRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";
import { until } from "../helpers/until";

const place = await openPlace();
const { server, repo, ok, fleet } = place;

afterEach(async () => {
  await server.tmux("set-hook", "-gu", "after-new-session").catch(() => {});
});

test("a hook that renames sessions loses no agent", async () => {
  await server.tmux("set-hook", "-g", "after-new-session", "rename-session hooked");
  await ok(["create", "renamed", "-a", "demo", "-d"]);
  const agent = await place.untilStatus("renamed", "idle");
  expect(agent.session).toBe("hooked");
  await ok(["kill", "renamed", "--yes"]);
  expect(await server.tmux("list-sessions", "-F", "#{session_name}")).not.toContain("hooked");
});

test("a hook that fails is no taken name: create does not try one after the other", async () => {
  await server.tmux("set-hook", "-g", "after-new-session", "rename-session -t: main");
  const ran = await fleet(["create", "collides", "-a", "demo", "-d"], { timeout: 20_000 });
  expect(ran.code).not.toBeNull();
  const sessions = (await server.tmux("list-sessions", "-F", "#{session_name}")).split("\n").filter((name) => name.includes("collides"));
  expect(sessions.length).toBeLessThanOrEqual(1);
});

test("names mean the branches that a list shows, also after two were swapped", async () => {
  for (const name of ["left", "right"]) await ok(["create", name, "-a", "demo", "-d"]);
  const before = { left: await ok(["path", "left"]), right: await ok(["path", "right"]) };
  for (const [from, to] of [["left", "aside"], ["right", "left"], ["aside", "right"]]) await repo.git("branch", "-m", from!, to!);
  expect({ left: await ok(["path", "left"]), right: await ok(["path", "right"]) }).toEqual({ left: before.right, right: before.left });
});

test("two starts at once make one session", async () => {
  await ok(["create", "once", "-a", "demo", "-d"]);
  await place.untilStatus("once", "idle");
  await ok(["stop", "once"]);
  const ran = await Promise.all([fleet(["start", "once"]), fleet(["start", "once"])]);
  expect(ran.map(({ code }) => code).sort()).toEqual([0, 1]);
  const sessions = (await server.tmux("list-sessions", "-F", "#{@fleet_branch}")).split("\n").filter((branch) => branch === "once");
  expect(sessions).toEqual(["once"]);
});

test("the agent whose create started the tmux server, which has its words on its command line, is stopped, read, started and killed like any other", async () => {
  const bare = await privateServer({ started: false });
  const own = placeIn(bare, await makeRepo(bare));
  await own.ok(["create", "first", "-a", "demo", "-d"]);
  await own.ok(["create", "second", "-a", "demo", "-d"]);
  for (const branch of ["first", "second"]) await own.untilStatus(branch, "idle");
  await own.ok(["stop", "first"]);
  expect(await own.agent("first")).toMatchObject({ status: "stopped", reason: null });
  expect(await own.ok(["logs", "first"])).toContain("demo");
  await own.ok(["start", "first"]);
  await own.untilStatus("first", "idle");
  await own.ok(["kill", "first", "--yes"]);
  await own.ok(["undo"]);
  expect((await own.agent("first")).status).toBe("stopped");
  await own.ok(["start", "first"]);
  await own.untilStatus("first", "idle");
});

test("while its socket is gone an agent that runs is not called stopped, and not started twice", async () => {
  await ok(["create", "alive", "-a", "demo", "-d"]);
  const { pid } = await place.untilStatus("alive", "idle");
  rmSync(server.socket);
  try {
    const found = (JSON.parse((await fleet(["list", "--all", "--json"])).stdout) as { branch: string; status: string; reason: string }[]).find((one) => one.branch === "alive")!;
    expect(found).toMatchObject({ status: "unknown", reason: `it runs (pid ${pid}), but its tmux server can't be reached` });
    expect(await fleet(["start", "alive"])).toMatchObject({ code: 1 });
    expect(await fleet(["kill", "alive", "--yes"])).toMatchObject({ code: 1 });
  } finally {
    // tmux makes its socket again on SIGUSR1.
    process.kill(Number(await serverPid()), "SIGUSR1");
  }
  await until(async () => (await place.agent("alive")).status === "idle", { what: "the server to be back" });

  async function serverPid(): Promise<string> {
    return Bun.spawnSync(["ps", "-o", "ppid=", "-p", String(pid)]).stdout.toString().trim();
  }
});

test("a server without any session has no agents, and is no failure", async () => {
  await server.tmux("set-option", "-g", "exit-empty", "off");
  for (const session of (await server.tmux("list-sessions", "-F", "#{session_id}")).split("\n")) await server.tmux("kill-session", "-t", session);
  const ran = await fleet(["list"]);
  expect(ran).toMatchObject({ code: 0, stdout: "" });
});
