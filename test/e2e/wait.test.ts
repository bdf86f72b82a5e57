// `fleet wait`: exit codes, and that it is woken instead of looking again and again.
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { verdict } from "../../src/fleet/wait";
import type { Status } from "../../src/base/model";
import { anAgent } from "../helpers/model";
import { openPlace, said } from "../helpers/place";
import { until } from "../helpers/until";

setDefaultTimeout(40_000);
const place = await openPlace();
const { ok, fleet } = place;
const create = (branch: string, prompt: string) => ok(["create", branch, "-a", "demo", "-d", "-p", prompt]);

test("all must get there, or with --any one; an agent that ended never will", () => {
  const one = (id: string, status: Status) => anAgent({ status }, { id });
  const exit = (agents: [string, Status][], any = false, statuses: Status[] = ["idle"]) => verdict(agents.map(([id, status]) => one(id, status)), { ids: ["a", "b"], statuses, any }).exit;
  expect(exit([["a", "idle"], ["b", "working"]])).toBeNull();
  expect(exit([["a", "idle"], ["b", "idle"], ["c", "working"]])).toBe(0);
  expect(exit([["a", "idle"], ["b", "working"]], true)).toBe(0);
  expect(exit([["a", "exited"], ["b", "working"]])).toBe(3);
  expect(exit([["a", "exited"], ["b", "working"]], true)).toBeNull();
  expect(exit([["a", "stopped"]], true)).toBe(3);
  expect(exit([["a", "exited"], ["b", "exited"]], false, ["exited"])).toBe(0);
});

test("it ends within a moment of the change: reached, exited, killed from outside, timed out", async () => {
  await create("short", "work 1.5\nsay finished");
  expect(await ok(["wait", "short"])).toBe("short idle\n");
  expect((await place.agent("short")).doing).toBe("finished");
  expect(await ok(["wait", "short", "--timeout", "1"])).toBe("short idle\n");

  await create("ends", "work 1\nexit 4");
  const ended = await fleet(["wait", "ends"]);
  expect([ended.code, ended.stdout]).toEqual([3, ""]);
  expect(said(ended)).toContain("ended before: ends");
  expect((await fleet(["wait", "ends", "--status", "exited"])).code).toBe(0);

  await create("busy", "work 600");
  const began = Date.now();
  const late = await fleet(["wait", "busy", "--timeout", "0.7s"]);
  expect(late.code).toBe(124);
  expect(said(late)).toContain("timed out after 0.7s: busy is working");
  expect(Date.now() - began).toBeLessThan(3_000);
  expect((await fleet(["wait", "busy", "--timeout", "soon"])).code).toBe(2);
  expect((await fleet(["wait", "busy", "--status", "asleep"])).code).toBe(2);
  expect(await ok(["wait", "busy", "short", "--any"])).toBe("short idle\n");
});

test("of a program that tells nothing it says so, instead of waiting in silence", async () => {
  mkdirSync(place.server.fleetHome, { recursive: true });
  writeFileSync(`${place.server.fleetHome}/config.toml`, '[kinds.silent]\ncommand = ["sleep", "100000"]\n');
  await ok(["create", "silent", "-a", "silent", "-d"]);
  await place.untilStatus("silent", "unknown");
  const waited = await fleet(["wait", "silent", "--timeout", "0.5s"]);
  expect([waited.code, said(waited)]).toEqual([124, expect.stringContaining("▲ nothing tells what silent does: this may wait until the program ends\n↳ fleet explain silent")]);
  expect((await fleet(["wait", "silent", "--status", "unknown"])).stderr).toBe("");
});

test("many wait at once, each is woken, and none of them looks meanwhile", async () => {
  await create("shared", "work 600");
  await place.untilStatus("shared", "working");
  const waiters = Array.from({ length: 12 }, () => fleet(["wait", "shared", "--verbose"]));
  const clients = () => Bun.spawnSync(["pgrep", "-f", `wait-for fleet-${id}$`]).stdout.toString().split("\n").filter(Boolean).length;
  const id = (await place.agent("shared")).id;
  await until(() => clients() === 12, { what: "12 clients wait" });
  await Bun.sleep(1_000);
  await ok(["interrupt", "shared"]);
  const began = Date.now();
  for (const { code, stderr } of await Promise.all(waiters)) {
    expect(code).toBe(0);
    // To find the agent, to look, after registering, and after the signal.
    expect(stderr.split("\n").filter((line) => line.includes("list-panes")).length).toBeLessThanOrEqual(5);
  }
  expect(Date.now() - began).toBeLessThan(3_000);
  await until(() => clients() === 0, { what: "no client is left" });
});

test("a program that tells nothing by itself is looked at: one of several waiters does it for all", async () => {
  const bin = `${place.server.root}/bin`;
  mkdirSync(bin);
  const screen = (name: string) => `printf '\\033[2J\\033[H'; cat '${import.meta.dir}/../fixtures/screens/opencode/${name}.txt'`;
  writeFileSync(`${bin}/opencode`, `#!/bin/sh\n${screen("working")}\nwhile [ ! -e '${bin}/done' ]; do sleep 0.1; done\n${screen("done")}\nexec sleep 100000\n`, { mode: 0o755 });
  await ok(["create", "mute", "-a", "opencode", "-d", "-p", "x"], { env: { PATH: `${bin}:${place.server.env["PATH"]}` } });
  await place.untilStatus("mute", "working");
  const waiters = Array.from({ length: 3 }, () => fleet(["wait", "mute", "--timeout", "30", "--verbose"]));
  await Bun.sleep(1_500);
  writeFileSync(`${bin}/done`, "");
  const began = Date.now();
  const ran = await Promise.all(waiters);
  expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(Date.now() - began).toBeLessThan(6_000);
  const looks = ran.map(({ stderr }) => stderr.split("\n").filter((line) => line.includes("list-panes")).length).sort((a, b) => a - b);
  expect(looks[1]!).toBeLessThanOrEqual(5);
});
