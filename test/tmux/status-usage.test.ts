// CPU and memory in the status line: fetched while somebody looks, by one process for all terminals, and by none else.
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTmux } from "../../src/ports/tmux/call";
import { claimLook } from "../../src/ports/tmux/usage";
import { binary } from "../helpers/binary";
import { privateServer } from "../helpers/server";
import { fakeAgent, putStatusLine } from "../helpers/status-line";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

const server = await privateServer();
const open = await terminals(server.env);
const attach = (session = "main") => open(`exec tmux -u attach-session -t =${session}`);
const hidden = async (...where: string[]) => server.tmux("show-environment", ...where, "-h");

// Counts its starts, by the terminal that asked.
const bin = join(server.root, "a (fleet) #{pid}");
const log = join(server.root, "polls");
const polls = () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : []);
/** Status lines are drawn each second, and a look is due every five: whatever starts one has started it by then. */
const drawn = async () => {
  const began = Date.now();
  await until(() => Date.now() - began > 6_000, { what: "more than a round has passed", timeout: 10_000 });
};

beforeAll(async () => {
  writeFileSync(bin, `#!/bin/sh\necho "$2" >>'${log}'\nexec '${await binary()}' "$@"\n`);
  chmodSync(bin, 0o755);
  await server.tmux("set-option", "-g", "status-interval", "1", ";", "set-option", "-g", "status-right-length", "200", ";", "set-option", "-g", "status-right", "#{fleet}");
  await fakeAgent(server, "busy", { status: "working" });
  await fakeAgent(server, "calm", { status: "idle" });
  await server.tmux("respawn-pane", "-k", "-t", "=busy:", "while :; do :; done");
  await putStatusLine(server, bin);
});

test("nobody looks, and nothing is started", () => expect(polls()).toEqual([]));

test("a terminal shows the sums, and each agent's own; the person's interval stays", async () => {
  const terminal = await attach();
  await until(async () => /cpu [1-9]\d+% {2}mem \d+M/.test(await terminal.screen()), { what: "figures", show: terminal.screen });
  expect(await hidden("-g")).toMatch(/^@fleet_all_cpu=\d+%$/m);
  expect(await hidden("-t", "=busy:")).toMatch(/^@fleet_cpu=[1-9]\d+%$/m);
  expect(await hidden("-t", "=calm:")).toMatch(/^@fleet_cpu=0%$/m);
  expect(await server.tmux("show-options", "-gv", "status-interval")).toBe("1");
  expect(await server.tmux("show-options", "-t", "=busy:")).not.toContain("cpu");
  await server.tmux("switch-client", "-t", "=calm:");
  await server.tmux("set-option", "-g", "status-left", "#{fleet_agents} ", ";", "set-option", "-g", "status-left-length", "80");
  await putStatusLine(server, bin);
  await until(async () => /● busy \d+% \d+M {2}[✓○] calm 0% \d+M/.test(await terminal.screen()), { what: "each agent's", show: terminal.screen });
  await terminal.close();
});

test("one of several terminals asks for all, and another one takes over when it is gone", async () => {
  const [one, two, three] = [await attach(), await attach("busy"), await attach()];
  await until(() => polls().length > 0);
  const before = polls().length;
  await drawn();
  const asked = polls().slice(before);
  expect(new Set(asked).size).toBe(1);
  expect(asked.length).toBeLessThanOrEqual(2);
  for (const terminal of [one, two, three]) expect(await terminal.screen()).toMatch(/cpu \d+%/);
  await server.tmux("detach-client", "-t", asked[0]!);
  await until(() => polls().at(-1) !== asked[0], { what: "another one asks", timeout: 20_000 });
  for (const terminal of [one, two, three]) await terminal.close().catch(() => {});
}, 60_000);

test("it ends when the last terminal is gone, and when none of the lines shows a figure", async () => {
  await until(async () => (await server.tmux("list-clients")) === "");
  const alone = polls().length;
  await drawn();
  expect(polls().length).toBe(alone);

  await server.tmux("set-option", "-g", "status-right", "#{fleet_counts} #{fleet_waiting}", ";", "set-option", "-g", "status-left", "");
  await putStatusLine(server, bin);
  const terminal = await attach();
  await terminal.shows("● 1");
  const shown = polls().length;
  await drawn();
  expect(polls().length).toBe(shown);
  await terminal.close();
}, 60_000);

test("a binary that was moved away does no harm: the line is drawn, nothing is said, and when one is there again it goes on", async () => {
  await server.tmux("set-option", "-g", "status-right", "#{fleet_cpu} #{fleet_counts}");
  await putStatusLine(server, bin);
  renameSync(bin, `${bin}.away`);
  const before = polls().length;
  const terminal = await attach();
  await terminal.shows("● 1");
  await drawn();
  const screen = (await terminal.screen()).trimEnd();
  expect(screen.split("\n").filter((line) => line.trim())).toHaveLength(1);
  expect(screen).not.toMatch(/not (found|ready)|fleet/);
  expect(polls().length).toBe(before);
  renameSync(`${bin}.away`, bin);
  await until(() => polls().length > before, { what: "it asks again" });
  await terminal.close();
}, 60_000);

test("programs that drive tmux are no terminals: nothing is drawn for them", async () => {
  const control = Bun.spawn(["tmux", "-u", "-C", "attach-session", "-t", "=main"], { env: server.env, stdin: "pipe", stdout: "ignore", stderr: "ignore" });
  const terminal = await attach();
  await until(async () => (await server.tmux("list-clients")).split("\n").length === 2);
  const look = await claimLook(openTmux(server.env), "x", 0);
  expect(look.clients).toHaveLength(1);
  expect(look.clients[0]).toStartWith("/dev/");
  expect([...look.agents.values()].every(({ pids }) => pids.length === 1)).toBe(true);
  control.stdin.end();
  await control.exited;
  await terminal.close();
});

test("with the server gone, a look that was under way ends without a word", async () => {
  await server.tmux("kill-server");
  const ran = Bun.spawnSync([await binary(), "poll", "/dev/pts/none"], { env: server.env, stdout: "pipe", stderr: "pipe" });
  expect([ran.exitCode, ran.stdout.toString(), ran.stderr.toString()]).toEqual([0, "", ""]);
  expect(server.tmux("list-sessions")).rejects.toThrow();
});
