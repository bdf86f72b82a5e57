// Setup commands: live in the pane, their log kept, and everything undone when one fails or Ctrl-C comes.
import { beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { openPlace, type Place } from "../helpers/place";
import { until } from "../helpers/until";

const place: Place = await openPlace({ repo: { files: 800 } });
const { fleet, ok, repo, server } = place;
const gate = join(server.root, "gate");
mkdirSync(server.fleetHome, { recursive: true });

function setup(...commands: string[]): void {
  writeFileSync(join(server.fleetHome, "config.toml"), `[setup]\nrun = ${JSON.stringify(commands)}\n`);
}
const waitForGate = `while [ ! -e '${gate}' ]; do sleep 0.05; done`;
beforeEach(() => setup());

/** `fleet create` in the background, as from a terminal whose Ctrl-C is `interrupt`. */
async function begin(...words: string[]) {
  const child = Bun.spawn([await binary(), "create", ...words], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const said = child.stderr.text();
  return { interrupt: () => child.kill("SIGINT"), end: async () => ({ code: await child.exited, stderr: await said }) };
}

test("setup runs in the worktree before the program, its output is in the pane and in a log", async () => {
  setup("echo first; pwd", 'echo "for $FLEET_BRANCH slot $FLEET_SLOT" >made-by-setup', "echo second >&2");
  const ran = await fleet(["create", "with-setup", "-a", "demo"]);
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain("with-setup: setup");
  const { id, worktree } = await place.untilStatus("with-setup", "idle");
  expect(readFileSync(join(worktree, "made-by-setup"), "utf8")).toBe("for with-setup slot 1\n");
  const log = place.kept("logs", `setup-${id}.log`);
  expect(log).toContain(`$ echo first; pwd\nfirst\n${worktree}\n`);
  expect(log).toContain("second\n");
});

test("while setup runs the agent is starting, its step is told, and its output is live", async () => {
  setup("echo visible-at-once", waitForGate);
  const run = await begin("slow-setup", "-a", "demo", "-p", "say up");
  const { pane } = await until(async () => {
    const now = await place.agent("slow-setup");
    return now.status === "starting" && now.pane ? now : null;
  });
  await until(async () => (await server.screen(pane!)).includes("visible-at-once"));
  await until(async () => (await server.tmux("show-options", "-v", "-t", pane!, "@fleet_step")).startsWith("setup 2/2"));
  // A prompt that comes meanwhile waits for the program, and never goes to what setup runs.
  const early = fleet(["prompt", "slow-setup", "say came early"]);
  await Bun.sleep(400);
  expect(await server.screen(pane!)).not.toContain("came early");
  writeFileSync(gate, "");
  const { code, stderr } = await run.end();
  expect(code).toBe(0);
  expect(stderr).toContain("slow-setup: setup 2/2");
  expect((await early).code).toBe(0);
  await until(async () => (await place.agent("slow-setup")).doing === "came early");
  expect(await place.screen("slow-setup")).toContain("● up");
});

test("-d does not wait for setup", async () => {
  setup("sleep 0.2; exit 9");
  await ok(["create", "left-alone", "-a", "demo", "-d"]);
  expect(await place.untilStatus("left-alone", "exited")).toMatchObject({ exit: 9, reason: "setup failed with 9" });
});

test("--no-setup skips it", async () => {
  setup("exit 1");
  await ok(["create", "no-setup", "-a", "demo", "--no-setup", "-d"]);
  await place.untilStatus("no-setup", "idle");
});

test("a failing setup undoes everything that create made, and shows its last 20 lines and the log", async () => {
  setup("echo new >untracked; echo edited >>README.md", "for i in $(seq 30); do echo \"line $i\"; done; printf '\\033[31mred\\033[0m\\n'; exit 3", "echo never");
  const before = await place.traces();
  const ran = await fleet(["create", "fails", "-a", "demo"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("✗ setup failed with 3\n");
  expect(ran.stderr).toContain("│ line 30\n│ red\n");
  expect(ran.stderr).not.toContain("│ line 9\n");
  expect(ran.stderr).not.toContain("\u001b");
  expect(ran.stderr.match(/^│ /gm)).toHaveLength(20);
  const log = /the whole log: (\S+)/.exec(ran.stderr)![1]!;
  expect(readFileSync(log, "utf8")).toContain("line 1\n");
  expect(readFileSync(log, "utf8")).not.toContain("never");
  expect(await place.traces()).toEqual(before);
});

test("--keep leaves a failed start for a look, and it can be started again", async () => {
  setup(`[ -e '${gate}-2' ]`);
  const ran = await fleet(["create", "kept", "-a", "demo", "--keep", "-p", "say came up"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("○ kept for a look: fleet attach kept   ·   fleet start kept   ·   fleet kill kept\n");
  const kept = await place.agent("kept");
  expect(kept).toMatchObject({ status: "exited", exit: 1, reason: "setup failed with 1" });
  expect(existsSync(kept.worktree)).toBe(true);
  expect(await place.screen("kept")).toContain("[fleet] r start again · s shell · q close");
  writeFileSync(`${gate}-2`, "");
  await ok(["start", "kept"]);
  // Its program never ran: the first prompt is still before it.
  await until(async () => (await place.agent("kept")).doing === "came up");
});

test("Ctrl-C during setup undoes everything", async () => {
  setup("echo under way; sleep 600");
  const before = await place.traces();
  const run = await begin("interrupted", "-a", "demo");
  await until(async () => (await place.agent("interrupted")).status === "starting" && (await place.screen("interrupted")).includes("under way"));
  run.interrupt();
  expect((await run.end()).code).toBe(130);
  expect(await place.traces()).toEqual(before);
});

test("Ctrl-C during the checkout undoes everything", async () => {
  // The hook of the checkout is a step that can be held up.
  repo.write("../hooks/post-checkout", "#!/bin/sh\nsleep 600\n");
  await Bun.spawn(["chmod", "+x", join(server.root, "hooks/post-checkout")]).exited;
  await repo.git("config", "core.hooksPath", join(server.root, "hooks"));
  const before = await place.traces();
  const run = await begin("in-checkout", "-a", "demo");
  await until(() => [...new Bun.Glob("worktrees/*/in-checkout/README.md").scanSync(server.fleetHome)].length === 1);
  expect((await place.agent("in-checkout")).status).toBe("starting");
  run.interrupt();
  const { code, stderr } = await run.end();
  expect([code, stderr.includes("✗")]).toEqual([130, false]);
  expect(await place.traces()).toEqual(before);
  await repo.git("config", "--unset", "core.hooksPath");
});

test("a program that can't start is undone, with what it said", async () => {
  writeFileSync(join(server.fleetHome, "config.toml"), `[kinds.bad]\ncommand = ["sh", "-c", "echo some explanation; exit 4", "{prompt}"]\n`);
  const before = await place.traces();
  const ran = await fleet(["create", "bad-start", "-a", "bad", "-p", "x"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("✗ bad ended at once with 4\n│ some explanation\n");
  expect(ran.stderr).toContain("--keep");
  expect(await place.traces()).toEqual(before);
});

test("a program that ended at once but left work keeps its worktree, and that is said", async () => {
  writeFileSync(join(server.fleetHome, "config.toml"), `[kinds.bad]\ncommand = ["sh", "-c", "echo precious >work.txt; exit 4"]\n`);
  const ran = await fleet(["create", "left-work", "-a", "bad"]);
  expect(ran.code).toBe(1);
  const kept = /kept as a stopped agent, because it holds work .*: (\S+)/.exec(ran.stderr)![1]!;
  expect(readFileSync(join(kept, "work.txt"), "utf8")).toBe("precious\n");
  expect(await place.agent("left-work")).toMatchObject({ status: "stopped", worktree: kept });
});
