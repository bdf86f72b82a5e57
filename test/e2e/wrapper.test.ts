// What is left in the pane when a program has ended: its menu, which text never gets through.
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace, type Place } from "../helpers/place";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

const place: Place = await openPlace({ server: { env: { PS1: "shell> " } } });
const { fleet, ok, server } = place;
const openTerminal = await terminals(server.env);
const MENU = "[fleet] r start again · s shell · q close";

const pane = async (branch: string) => (await place.agent(branch)).pane!;
const press = async (branch: string, ...keys: string[]) => server.tmux("send-keys", "-t", await pane(branch), ...keys);
const shows = (branch: string, text: string, times = 1) =>
  until(async () => (await place.screen(branch)).split(text).length > times, { what: `${branch} shows ${text}`, show: () => place.screen(branch) });

async function ended(branch: string, prompt = "exit 3"): Promise<void> {
  await ok(["create", branch, "-a", "demo", "-d"]);
  await place.untilStatus(branch, "idle");
  await ok(["prompt", branch, prompt]);
  await hasExited(branch);
  await shows(branch, MENU);
}

/** The wrapper tells the code a moment after the program is gone. */
const hasExited = (branch: string) =>
  until(async () => {
    const now = await place.agent(branch);
    return now.status === "exited" && now.exit !== null && now;
  }, { what: `${branch} has ended`, show: () => place.screen(branch) });

test("an ended program leaves its exit code, its last words, and a menu", async () => {
  await ended("ends", "say last words\nexit 3");
  expect(await place.agent("ends")).toMatchObject({ status: "exited", exit: 3, reason: "3" });
  expect(await place.screen("ends")).toContain("[fleet] ends: demo ended with 3");
  expect(await ok(["logs", "ends"])).toContain("To continue: fleet demo-agent --resume");
  expect(await ok(["logs", "ends", "--screen"])).toContain(MENU);
});

test("a prompt does not reach the menu", async () => {
  const ran = await fleet(["prompt", "ends", "touch pwned"]);
  expect(ran).toMatchObject({ code: 1, stderr: "✗ the program of ends has ended (3)\n↳ fleet start ends\n" });
  expect((await fleet(["interrupt", "ends"])).stderr).toContain("nothing runs: the program of ends has ended");
});

test("a paste into the menu is thrown away and said, bracketed or not, however long", async () => {
  const { worktree } = await place.agent("ends");
  const hostile = `r\ns\ns\ntouch ${worktree}/pwned\nq\n`.repeat(50);
  for (const [i, flags] of [["-p"], []].entries()) {
    await server.tmux("set-buffer", "-b", "x", "--", hostile);
    await server.tmux("paste-buffer", "-d", "-b", "x", "-t", await pane("ends"), ...flags);
    await shows("ends", "[fleet] the program is not running: pasted text was thrown away", i + 1);
  }
  await server.tmux("send-keys", "-t", await pane("ends"), "-l", "--", "ss touch pwned");
  await shows("ends", "thrown away", 3);
  expect(existsSync(join(worktree, "pwned"))).toBe(false);
  expect(await place.agent("ends")).toMatchObject({ status: "exited", exit: 3 });
  expect(await place.screen("ends")).not.toContain("shell>");
});

test("r starts the program again, with its conversation", async () => {
  await press("ends", "r");
  await place.untilStatus("ends", "idle");
  expect(await place.agent("ends")).toMatchObject({ exit: null, reason: null });
  expect(await place.screen("ends")).toContain("● last words");
  expect(await place.screen("ends")).toContain("resumed ");
});

test("s opens a shell only when it is pressed twice, and what runs there is said", async () => {
  await ended("shelled");
  await press("shelled", "s");
  await shows("shelled", "a shell, not the agent: press s again");
  await press("shelled", "x");
  // Silence after a key is what makes it a key: nothing on the screen tells.
  await Bun.sleep(500);
  await press("shelled", "s");
  await shows("shelled", "press s again", 2);
  await press("shelled", "s");
  await shows("shelled", "shell>");
  expect(await place.agent("shelled")).toMatchObject({ status: "exited", reason: "a shell is open" });
  expect((await fleet(["prompt", "shelled", "touch pwned"])).stderr).toContain("has ended (a shell is open)");
  await press("shelled", "touch from-shell; exit", "Enter");
  await shows("shelled", MENU, 2);
  const { worktree } = await place.agent("shelled");
  expect(existsSync(join(worktree, "from-shell"))).toBe(true);
  expect(existsSync(join(worktree, "pwned"))).toBe(false);
  expect(await place.agent("shelled")).toMatchObject({ reason: "3" });
});

test("q closes the session; the agent is stopped, its worktree and screen are kept", async () => {
  await press("shelled", "q");
  const { worktree } = await place.untilStatus("shelled", "stopped");
  expect(existsSync(worktree)).toBe(true);
  expect(await ok(["logs", "shelled"])).toContain("To continue: ");
});

test("start brings an ended or stopped agent back, once", async () => {
  await ok(["start", "shelled"]);
  await place.untilStatus("shelled", "idle");
  const ran = await fleet(["start", "shelled"]);
  expect(ran).toMatchObject({ code: 1, stderr: "✗ already running: shelled is idle\n↳ fleet attach shelled\n" });
});

test("a program killed with focus reports on is 137 (SIGKILL); the server lives through switching to it and away", async () => {
  const terminal = await openTerminal(`exec tmux -S '${server.socket}' attach -t main`);
  await server.tmux("set-option", "-g", "focus-events", "on");
  await ok(["create", "crashes", "-a", "demo", "-d"]);
  await place.untilStatus("crashes", "idle");
  const client = await until(() => server.tmux("list-clients", "-F", "#{client_name}"));
  const go = async (session: string) => server.tmux("switch-client", "-c", client, "-t", `=${session}`);
  await go("repo-crashes");
  await ok(["prompt", "crashes", "crash"]);
  expect(await hasExited("crashes")).toMatchObject({ exit: 137, reason: "137 (SIGKILL)" });
  for (let i = 0; i < 4; i++) {
    await go("main");
    await go("repo-crashes");
    await server.tmux("new-window", "-d", "-t", "=repo-crashes:", "true");
  }
  expect(await terminal.shows("137 (SIGKILL)")).toContain(MENU);
  // It had no time to leave its own screen.
  expect(await ok(["logs", "crashes"])).toContain("› crash");
  await terminal.close();
  expect(await server.tmux("list-sessions", "-F", "#{session_name}")).toContain("main");
});

test("what the program had turned on is off again: no mouse, focus or paste mode, no alternate screen", async () => {
  const modes = await server.tmux("display-message", "-p", "-t", await pane("crashes"), "#{alternate_on} #{mouse_any_flag} #{keypad_cursor_flag} #{cursor_flag}");
  expect(modes).toBe("0 0 0 1");
});

test("kill -9 of the wrapper ends the program with it: stopped, and nothing left running", async () => {
  await ok(["create", "beheaded", "-a", "demo", "-d", "--", "children 2"]);
  await until(async () => (await place.agent("beheaded")).doing === "started 2 processes");
  const { pid, id } = await place.agent("beheaded");
  process.kill(pid!, "SIGKILL");
  await place.untilStatus("beheaded", "stopped");
  await until(() => {
    const ran = Bun.spawnSync(["sh", "-c", `grep -lz 'FLEET_ID=${id}' /proc/[0-9]*/environ 2>/dev/null`]);
    return ran.stdout.toString() === "";
  }, { what: "its processes to end" });
});

test("the program itself dying is seen at the next look, whoever killed it", async () => {
  await ok(["create", "shot", "-a", "demo", "-d"]);
  const { pane: shot } = await place.untilStatus("shot", "idle");
  const wrapper = Number(await server.tmux("display-message", "-p", "-t", shot!, "#{pane_pid}"));
  const child = Bun.spawnSync(["ps", "-o", "pid=", "--ppid", String(wrapper)]).stdout.toString().trim();
  process.kill(Number(child), "SIGTERM");
  expect(await hasExited("shot")).toMatchObject({ exit: 143 });
});

test("an agent splits, opens windows and shells without its evidence being taken from them", async () => {
  await ok(["create", "split", "-a", "demo", "-d"]);
  const { pane: own } = await place.untilStatus("split", "idle");
  await server.tmux("split-window", "-d", "-t", own!, "sh");
  await server.tmux("select-pane", "-t", `${own!}`);
  await server.tmux("new-window", "-t", "=repo-split:", "sh");
  expect(await place.agent("split")).toMatchObject({ status: "idle", pane: own });
  await ok(["prompt", "split", "say to the right pane"]);
  await until(async () => (await place.agent("split")).doing === "to the right pane");
  expect(readFileSync(join(server.fleetHome, "state.json"), "utf8")).toContain('"split"');
});
