// The end of a process tree: nothing of the agent's survives, nothing else dies.
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace } from "../helpers/place";
import { until } from "../helpers/until";

setDefaultTimeout(30_000);

const place = await openPlace();
const { fleet, ok, server } = place;
const linux = process.platform === "linux";
const tools = join(server.root, "tools");
const seen = join(server.root, "pids");
mkdirSync(tools);
mkdirSync(seen);

/** A kind whose program is this script. `$seen` is where it notes pids, one file each. */
function kind(name: string, script: string): void {
  const file = join(tools, name);
  writeFileSync(file, `#!/bin/sh\nseen='${seen}/${name}'\nmkdir -p "$seen"\n${script}\n`);
  chmodSync(file, 0o755);
  mkdirSync(server.fleetHome, { recursive: true });
  const config = join(server.fleetHome, "config.toml");
  writeFileSync(config, `${existsSync(config) ? readFileSync(config, "utf8") : ""}[kinds.${name}]\ncommand = ["${file}"]\n`);
}

const noted = (name: string) => (existsSync(join(seen, name)) ? readdirSync(join(seen, name)).map(Number) : []);

function lives(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

const bystanders: Bun.Subprocess[] = [];
afterAll(() => bystanders.forEach((child) => child.kill("SIGKILL")));
/** Processes that are like the agent's in name, arguments and directory, and not its own. */
function bystander(argv: string[], cwd: string, env: Record<string, string> = {}): Bun.Subprocess {
  const child = Bun.spawn(argv, { cwd, env: { ...server.env, ...env }, stdio: ["ignore", "ignore", "ignore"] });
  bystanders.push(child);
  return child;
}

async function started(name: string, count: number): Promise<{ id: string; worktree: string; pids: number[] }> {
  await ok(["create", name, "-a", name, "-d"]);
  await until(() => noted(name).length >= count, { what: `${count} processes of ${name}`, timeout: 30_000 });
  const { id, worktree } = await place.agent(name);
  return { id, worktree, pids: noted(name) };
}

kind("deaf", `trap '' HUP TERM INT
: >"$seen/$$"
for i in 1 2 3; do (trap '' HUP TERM INT; : >"$seen/$(sh -c 'echo $PPID')"; while :; do sleep 1; done) & done
while :; do sleep 1; done`);
kind("apart", `: >"$seen/$$"
setsid sh -c ': >"$0/$$"; sleep 100000' "$seen" &
(setsid sh -c '(sh -c ": >\\"$0/\\$\\$\\"; exec sleep 100001" "$0" &) ' "$seen" &)
sleep 100002`);
kind("daemon", `: >"$seen/$$"
(cd / && setsid sh -c '(sh -c ": >\\"$0/\\$\\$\\"; exec sleep 100009" "$0" &) ' "$seen" &)
sleep 100010`);
kind("halted", `: >"$seen/$$"
sh -c ': >"$0/$$"; kill -STOP $$; sleep 100000' "$seen" &
sleep 100003`);
kind("many", `: >"$seen/$$"
i=0
while [ $i -lt 1000 ]; do (trap '' HUP TERM; exec sleep 100004) & : >"$seen/$!"; i=$((i + 1)); done
wait`);
kind("server", `: >"$seen/$$"
TMUX= TMUX_TMPDIR='${server.root}/second' tmux -f /dev/null new-session -d -s second 'exec sleep 100005'
sleep 100006`);

copyFileSync(Bun.which("sleep")!, join(tools, "gpg-agent"));
chmodSync(join(tools, "gpg-agent"), 0o755);

test("what ignores HUP and TERM is killed, and what only looks alike lives", async () => {
  const { id, worktree, pids } = await started("deaf", 4);
  const others = [
    bystander(["sh", join(tools, "deaf")], worktree),
    bystander(["sleep", "100000"], worktree, { FLEET_IDENTITY: id, X_FLEET_ID: id }),
    bystander(["sh", "-c", `: FLEET_ID=${id}; exec sleep 100000`, id], worktree, { FLEET_ID: `${id}x` }),
  ];
  await ok(["stop", "deaf"]);
  expect(pids.filter(lives)).toEqual([]);
  expect(others.map((child) => lives(child.pid))).toEqual([true, true, true]);
  expect((await place.agent("deaf")).status).toBe("stopped");
}, 30_000);

test.if(linux)("what left the session, by setsid and a double fork, is found by the environment it was born with", async () => {
  const { pids } = await started("apart", 3);
  await ok(["kill", "apart", "--yes"]);
  expect(pids.filter(lives)).toEqual([]);
}, 30_000);

test.if(linux)("a daemon of its own in / is ended, one that all programs share is not", async () => {
  const { id, pids } = await started("daemon", 2);
  // As git starts it for a signature.
  const shared = bystander([join(tools, "gpg-agent"), "100011"], "/", { FLEET_ID: id });
  await ok(["stop", "daemon"]);
  expect(pids.filter(lives)).toEqual([]);
  expect(lives(shared.pid)).toBe(true);
}, 30_000);

test("what is stopped is ended too", async () => {
  const { pids } = await started("halted", 2);
  await until(() => !linux || pids.some((pid) => /\) T /.test(readFileSync(`/proc/${pid}/stat`, "latin1"))), { what: "a stopped process" });
  await ok(["stop", "halted"]);
  expect(pids.filter(lives)).toEqual([]);
}, 30_000);

test("a thousand children are ended", async () => {
  const { pids } = await started("many", 1001);
  const began = performance.now();
  await ok(["kill", "many", "--yes"]);
  expect(pids.filter(lives)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(15_000);
}, 60_000);

test("a tmux server that was started in the agent's pane is the person's, and lives on", async () => {
  mkdirSync(join(server.root, "second"));
  await started("server", 1);
  const env = { ...server.env, TMUX_TMPDIR: join(server.root, "second") };
  const tmux = (...words: string[]) => Bun.spawnSync(["tmux", ...words], { env }).stdout.toString().trim();
  await until(() => tmux("list-sessions", "-F", "#{session_name}") === "second", { what: "the second server" });
  const pids = tmux("list-panes", "-a", "-F", "#{pane_pid}\n#{pid}").split("\n").map(Number);
  try {
    await ok(["kill", "server", "--yes"]);
    expect(pids.map(lives)).toEqual([true, true]);
  } finally {
    tmux("kill-server");
  }
}, 30_000);

test("a stopped agent is stopped once more without a word, and what it left behind is ended", async () => {
  await ok(["create", "left", "-a", "demo", "-d"]);
  const { id, worktree } = await place.untilStatus("left", "idle");
  await ok(["stop", "left"]);
  const stray = bystander(["sleep", "100007"], worktree, { FLEET_ID: id });
  const elsewhere = bystander(["sleep", "100008"], server.root, { FLEET_ID: id });
  await until(() => lives(stray.pid) && lives(elsewhere.pid));
  await ok(["stop", "left"]);
  if (linux) expect(lives(stray.pid)).toBe(false);
  // A browser opened for a login, an editor: a person's by now.
  expect(lives(elsewhere.pid)).toBe(true);
});

test("stop keeps branch, worktree and files; start and restart bring the conversation on", async () => {
  await ok(["create", "again", "-a", "demo", "-d", "-p", "write a.txt one\nsay first words"]);
  const { worktree } = await place.untilStatus("again", "idle");
  await ok(["stop", "again"]);
  expect(existsSync(join(worktree, "a.txt"))).toBe(true);
  expect(await ok(["logs", "again"])).toContain("first words");
  await ok(["start", "again"]);
  await place.untilStatus("again", "idle");
  await until(async () => (await place.screen("again")).includes("first words"), { what: "the conversation", show: () => place.screen("again") });
  const { pid } = await place.agent("again");
  await ok(["restart", "again"]);
  await place.untilStatus("again", "idle");
  expect((await place.agent("again")).pid).not.toBe(pid);
  expect((await fleet(["start", "again"])).stderr).toContain("already running: again is idle");
  await server.tmux("kill-server");
  expect((await place.agent("again")).status).toBe("stopped");
  await ok(["start", "--all"]);
  await place.untilStatus("again", "idle");
  rmSync(worktree, { recursive: true });
}, 40_000);
