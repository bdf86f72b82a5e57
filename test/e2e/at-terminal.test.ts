// What fleet does at a person's terminal: questions, progress, tables that fit, going to an agent and back.
import { beforeAll, expect, test } from "bun:test";
import { binary } from "../helpers/binary";
import { openPlace, type Place } from "../helpers/place";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

const place: Place = await openPlace();
const { ok, repo, server } = place;
const openTerminal = await terminals(server.env);
let fleet = "";
beforeAll(async () => {
  fleet = await binary();
  await ok(["create", "first", "-a", "demo", "-p", "say here I am"]);
  await place.untilStatus("first", "idle");
});

/** A terminal in which `words` run in `cwd`; the end shows the exit code. */
const at = (cwd: string, words: string) => openTerminal(`trap : INT; cd '${cwd}' && '${fleet}' ${words}; echo "code=$?"; exec sleep 1000`);

test("attach outside of tmux shows the agent; detaching comes back", async () => {
  const terminal = await at(repo.path, "attach first");
  await terminal.shows("here I am");
  await terminal.keys("C-b", "d");
  await terminal.shows("code=0");
  await terminal.close();
});

test("create --attach goes to the new agent at once", async () => {
  const terminal = await at(repo.path, "create shown -a demo --attach -p 'say just made'");
  await terminal.shows("just made");
  expect(await server.tmux("list-clients", "-t", "=repo-shown", "-F", "#{client_session}")).toBe("repo-shown");
  await until(async () => (await place.agent("shown"))["seen"] === true, { what: "seen, after two seconds at it" });
  await terminal.close();
});

test("outside of any repository create asks among the known ones", async () => {
  const terminal = await at(server.home, "create asked-repo -a demo -d");
  await terminal.shows("Not in a repository. Which one?");
  await terminal.shows(repo.path);
  await terminal.keys("Enter");
  await terminal.shows("code=0");
  expect(await place.agent("asked-repo")).toMatchObject({ repo: `${repo.path}/.git` });
  await terminal.close();
});

test("an existing branch is asked about: yes uses it, no and Ctrl-C make nothing", async () => {
  await repo.git("branch", "there");
  const before = await place.traces();
  for (const keys of [["n", "Enter"], ["C-c"]]) {
    const terminal = await at(repo.path, "create there -a demo -d");
    await terminal.shows("The branch there exists. Work on it?");
    await terminal.keys(...keys);
    await terminal.shows("code=");
    expect(await terminal.screen()).not.toContain("code=0");
    expect(await place.traces()).toEqual(before);
    await terminal.close();
  }
  const terminal = await at(repo.path, "create there -a demo -d");
  await terminal.shows("The branch there exists. Work on it?");
  await terminal.keys("y", "Enter");
  await terminal.shows("code=0");
  expect((await place.agent("there")).branch).toBe("there");
  await terminal.close();
});

test("a list fits the terminal that it is in", async () => {
  await ok(["create", "a-branch-with-quite-a-long-name/and-more-of-it", "-a", "demo", "-d", "-p", `say ${"words ".repeat(60)}`]);
  const terminal = await at(repo.path, "list");
  const screen = await terminal.shows("code=0");
  // A line too wide would be wrapped: each agent has exactly one.
  const rows = screen.slice(0, screen.indexOf("code=0")).trim().split("\n");
  expect(rows).toHaveLength((await place.list()).length + 1);
  await terminal.close();
});

test("list --watch renews itself in place, and Ctrl-C leaves the terminal as it was", async () => {
  const terminal = await at(repo.path, "list --watch");
  await terminal.shows("first");
  await ok(["prompt", "first", "ask Shall I?"]);
  await terminal.shows("Shall I?");
  await terminal.keys("C-c");
  const screen = await terminal.shows("code=0");
  expect(screen).not.toContain("Shall I?");
  await terminal.close();
});

test("Ctrl-C at the terminal, which git gets too, undoes a create", async () => {
  repo.write("slow/post-checkout", "#!/bin/sh\necho hooked >&2\nsleep 600\n");
  await Bun.spawn(["chmod", "+x", `${repo.path}/slow/post-checkout`]).exited;
  await repo.git("config", "core.hooksPath", `${repo.path}/slow`);
  const before = await place.traces();
  const terminal = await at(repo.path, "create cut-off -a demo");
  await terminal.shows("cut-off: checkout");
  await terminal.keys("C-c");
  await terminal.shows("code=130");
  expect(await place.traces()).toEqual(before);
  await repo.git("config", "--unset", "core.hooksPath");
  await terminal.close();
});

test("a reader that goes away ends the answer without a word", async () => {
  const child = Bun.spawn(["sh", "-c", `'${fleet}' list --json | head -1; '${fleet}' logs first | true`], { cwd: repo.path, env: server.env, stdout: "pipe", stderr: "pipe" });
  expect([await child.stdout.text(), await child.stderr.text()]).toEqual(["[\n", ""]);
});

test("list --watch --json prints a line for each agent, and ends at Ctrl-C", async () => {
  const child = Bun.spawn([fleet, "list", "--watch", "--json", "first"], { cwd: repo.path, env: server.env, stdout: "pipe", stderr: "pipe" });
  const reader = child.stdout.getReader();
  const first = new TextDecoder().decode((await reader.read()).value);
  expect(JSON.parse(first.split("\n")[0]!)).toMatchObject({ is: "added", branch: "first" });
  child.kill("SIGINT");
  expect(await child.exited).toBe(0);
  await until(() => child.exitCode === 0);
});

test("after Ctrl-Z and fg a question is asked anew, and its keys work", async () => {
  await ok(["create", "put-off", "-a", "demo", "-d", "-p", "ask May I wait?\nsay waited\nchoose And why?"]);
  await place.untilStatus("put-off", "waiting");
  const terminal = await openTerminal(`cd '${repo.path}' && PS1='shell> ' exec bash --norc --noprofile -i`);
  const putOff = async (question: string) => {
    await terminal.shows(question);
    await terminal.keys("C-z");
    await terminal.shows("Stopped");
    await terminal.keys("clear; fg", "Enter");
    await terminal.shows(question);
  };
  // A key that is pressed while the question is being asked anew may be lost: again, until it is seen to have been read.
  const press = (keys: string[], seen: string) => until(async () => (await terminal.screen()).includes(seen) || (await terminal.keys(...keys), false), { what: seen, every: 300, show: terminal.screen });
  await terminal.shows("shell>");
  await terminal.keys(`'${fleet}' answer put-off`, "Enter");
  await putOff("Allow this? (permission)");
  await putOff("Allow this? (permission)");
  await press(["Down"], "● 2  no");
  await press(["Up"], "● 1  yes");
  await terminal.keys("Enter");
  await until(async () => (await place.agent("put-off")).doing === "And why?", { what: "allowed", show: terminal.screen });
  await putOff("Your answer?");
  await press(["Down"], "● pass over");
  await press(["Up"], "● answer in words");
  await terminal.keys("Enter");
  await putOff("The answer in words:");
  await press(["C-u", "just so"], "just so");
  await terminal.keys("Enter");
  await terminal.shows("2 answered, none left");
  expect((await place.agent("put-off")).doing).toBe("answer: just so");
  await terminal.close();
});
