// The tools of the tests are tested too: a guard that can't bite guards nothing.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { fleetIn } from "../helpers/fleet";
import { reaches } from "../helpers/guard";
import { makeRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";
import { until } from "../helpers/until";

const server = await privateServer();

test("the guard names each way to a person's own things", () => {
  const safe = { HOME: "/tmp/x/home", TMUX_TMPDIR: "/tmp/x" };
  expect(reaches(safe, "/home/me")).toEqual([]);
  expect(reaches({ ...safe, HOME: "/home/me" }, "/home/me")).toHaveLength(1);
  expect(reaches({ ...safe, HOME: undefined }, "/home/me")).toHaveLength(1);
  expect(reaches({ ...safe, TMUX: "/tmp/tmux-0/default,1,0" }, "/home/me")).toHaveLength(1);
  expect(reaches({ HOME: safe.HOME }, "/home/me")).toHaveLength(1);
  expect(reaches({ ...safe, GIT_DIR: ".git" }, "/home/me")).toHaveLength(1);
});

test("programs started without an environment of their own see the private home", () => {
  expect(Bun.spawnSync(["sh", "-c", 'printf %s "$HOME"']).stdout.toString()).toBe(process.env["HOME"]!);
});

test("a private server has a socket of its own and a repository commits", async () => {
  expect(existsSync(server.socket)).toBe(true);
  expect(await server.tmux("list-sessions", "-F", "#{session_name} #{socket_path}")).toBe(`main ${server.socket}`);
  const repo = await makeRepo(server, { files: 3 });
  expect((await repo.git("ls-files")).split("\n")).toHaveLength(4);
});

test("the compiled binary runs in the private place", async () => {
  const ran = await fleetIn(server)(["--version"]);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  expect(ran.stdout).toMatch(/^fleet \d+\.\d+\.\d+\n$/);
});

test("until returns the first truthy answer, and gives up telling what it saw", async () => {
  let asked = 0;
  expect(await until(() => ++asked > 2 && "yes")).toBe("yes");
  await expect(until(() => false, { what: "snow", timeout: 50, show: () => "a screen" })).rejects.toThrow(/snow: not after 50 ms; last: false\na screen/);
});
