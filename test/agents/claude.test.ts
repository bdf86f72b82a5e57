// The real Claude Code in tmux, from its launch to its end: what fleet says of it at each step.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentPlace, filesOf, PROMPTS } from "../helpers/agent-place";
import { until } from "../helpers/until";

setDefaultTimeout(240_000);
const MANUAL = ["--", "--permission-mode", "manual"];

const place = await agentPlace("claude");

test("launched with a prompt it works, then waits with the command that it asks for", async () => {
  await place.ok(["create", "task", "-d", "-a", "claude", "-p", "make it\nSTUB:delay 1500\nSTUB:bash touch made.txt", ...MANUAL]);
  await place.comes("task", "launch", "working");
  const asked = await place.comes("task", "permission", "waiting", { reason: "permission", doing: "touch made.txt" });
  expect(asked["ask"]).toMatchObject({ what: "permission", text: "touch made.txt" });
  await place.asks("task", "Yes");
});

test("answered yes it carries the command out, and is idle with its last words", async () => {
  await place.ok(["answer", "task", "yes"]);
  const done = await place.comes("task", "approved", "idle", { reason: null, doing: "STUB-OK tools=1" });
  expect(existsSync(join(done.worktree, "made.txt"))).toBe(true);
});

test("denied it is idle, although no hook tells of it", async () => {
  await place.ok(["prompt", "task", "again ;; STUB:bash touch denied.txt"]);
  await place.comes("task", "permission", "waiting", { doing: "touch denied.txt" });
  await place.ok(["answer", "task", "no"]);
  const denied = await place.comes("task", "denied", "idle");
  expect(existsSync(join(denied.worktree, "denied.txt"))).toBe(false);
});

test("its question has its choices, and takes an answer by number", async () => {
  await place.ok(["prompt", "task", "colour ;; STUB:ask Which colour?"]);
  await place.comes("task", "question", "waiting", { reason: "question", doing: "Which colour?" });
  await place.asks("task", "Red", "Blue");
  await place.ok(["answer", "task", "2"]);
  await place.comes("task", "answered", "idle");
  expect(await place.screen("task")).toContain("Which colour? → Blue");
});

test("an error of its model is a reason, with its text", async () => {
  await place.ok(["prompt", "task", "bad ;; STUB:fail 400"]);
  await place.comes("task", "error", "idle", { reason: "error", doing: "API Error: 400 stub error 400" });
});

test("interrupted it is idle, and the interrupted prompt does not come with the next one", async () => {
  await place.ok(["prompt", "task", "stuck ;; STUB:delay 60000"]);
  await place.comes("task", "prompt", "working", { doing: "stuck ;; STUB:delay 60000" });
  await place.got("stuck ;; STUB:delay 60000");
  await place.ok(["interrupt", "task"]);
  await place.comes("task", "interrupted", "idle");
  await place.ok(["prompt", "task", "after it"]);
  await place.got("after it");
  await place.comes("task", "next prompt", "idle", { doing: "STUB-OK lines=1" });
});

test("a person's draft is kept, and the prompt refused", async () => {
  await place.press("task", "-l", "half a thought");
  await until(async () => (await place.screen("task")).includes("half a thought"));
  expect((await place.fleet(["prompt", "task", "x"])).stderr).toContain("text that was not sent stands in the input box of task: half a thought");
  await place.press("task", "C-u");
  await until(async () => !(await place.screen("task")).includes("half a thought"));
});

for (const prompt of PROMPTS) {
  test(`a prompt of ${prompt.split("\n").length} lines arrives as the person's own words`, async () => {
    await place.ok(["prompt", "task", "-f", "-"], { stdin: prompt });
    await place.got(prompt);
    await place.comes("task", `${prompt.split("\n").length} lines`, "idle", { doing: `STUB-OK lines=${prompt.split("\n").length}` });
  });
}

test("cleared it has another conversation, and is started again with that one", async () => {
  const conversation = () => place.kept("agents", id, "conversation");
  const { id } = await place.agent("task");
  const first = conversation();
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  await place.ok(["prompt", "task", "/clear"]);
  await until(() => conversation() !== first, { what: "another conversation" });
  await place.ok(["prompt", "task", "remember the number 4711"]);
  await place.comes("task", "after /clear", "idle", { doing: "STUB-OK lines=1" });
  await place.ok(["stop", "task"]);
  await place.ok(["start", "task"]);
  await place.comes("task", "started again", "idle");
  await until(async () => (await place.screen("task")).includes("remember the number 4711"), { what: "the conversation on the screen" });
});

test("its tokens are the sums that the model sent, and logs shows what was said", async () => {
  await place.countsAllOf("task", "❯ after it", "→ ", "touch made.txt", "● STUB-OK tools=1");
});

test("killed it has ended, with its signal", async () => {
  await place.killProgram("task");
  await place.comes("task", "kill -9", "exited", { exit: 137, reason: "137 (SIGKILL)" });
});

test("the person's hooks ran, and their files are as they were", () => {
  expect(readFileSync(join(place.server.home, "own-hook"), "utf8")).toContain("own");
  expect(filesOf(place.server.home, Object.keys(place.before))).toEqual(place.before);
});

test("a repository that was never trusted is a question", async () => {
  const trusting = join(place.server.home, ".claude.json");
  writeFileSync(trusting, readFileSync(trusting, "utf8").replaceAll('"hasTrustDialogAccepted": true', '"hasTrustDialogAccepted": false').replaceAll('"hasTrustDialogAccepted":true', '"hasTrustDialogAccepted":false'));
  await place.ok(["create", "wary", "-d", "-a", "claude", ...MANUAL]);
  const asked = await place.comes("wary", "trust", "waiting", { reason: "trust" });
  expect((asked["ask"] as { choices: string[] }).choices).toEqual(["No, exit", "Yes, I trust this folder"]);
  await place.ok(["answer", "wary", "yes"]);
  await place.comes("wary", "trusted", "idle");
});
