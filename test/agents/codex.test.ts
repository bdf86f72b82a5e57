// The real Codex in tmux, from its launch to its end: what fleet says of it at each step.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { agentPlace, filesOf, PROMPTS } from "../helpers/agent-place";
import { until } from "../helpers/until";

setDefaultTimeout(240_000);

const place = await agentPlace("codex");

test("launched with a prompt it works, then waits with the command that it asks for", async () => {
  await place.ok(["create", "task", "-d", "-a", "codex", "-p", "make it\nSTUB:delay 1500\nSTUB:bash touch made.txt", "--", "-a", "on-request", "-s", "workspace-write"]);
  await place.comes("task", "launch", "working");
  const asked = await place.comes("task", "permission", "waiting", { reason: "permission", doing: "touch made.txt" });
  expect(asked["ask"]).toMatchObject({ what: "permission", text: "touch made.txt", choices: [expect.stringContaining("Yes"), expect.any(String), expect.stringContaining("No")] });
});

test("answered yes it carries the command out, and is idle with its last words", async () => {
  await place.ok(["answer", "task", "yes"]);
  const done = await place.comes("task", "approved", "idle", { doing: "STUB-OK tools=1" });
  expect(existsSync(join(done.worktree, "made.txt"))).toBe(true);
});

test("denied it is idle", async () => {
  await place.ok(["prompt", "task", "again ;; STUB:bash touch denied.txt"]);
  await place.comes("task", "permission", "waiting", { doing: "touch denied.txt" });
  await place.ok(["answer", "task", "no"]);
  const denied = await place.comes("task", "denied", "idle");
  expect(existsSync(join(denied.worktree, "denied.txt"))).toBe(false);
});

test("an error of its model is a reason, with its text", async () => {
  await place.ok(["prompt", "task", "bad ;; STUB:fail 400"]);
  await place.comes("task", "error", "idle", { reason: "error", doing: "stub error 400" });
});

test("interrupted it is idle, and takes the next prompt", async () => {
  await place.ok(["prompt", "task", "stuck ;; STUB:delay 60000"]);
  await place.comes("task", "prompt", "working");
  await place.got("stuck ;; STUB:delay 60000");
  await place.ok(["interrupt", "task"]);
  await place.comes("task", "interrupted", "idle");
  await place.ok(["prompt", "task", "after it"]);
  await place.got("after it");
  await place.comes("task", "next prompt", "idle", { doing: "STUB-OK lines=1" });
});

for (const prompt of PROMPTS) {
  test(`a prompt of ${prompt.split("\n").length} lines arrives whole`, async () => {
    await place.ok(["prompt", "task", "-f", "-"], { stdin: prompt });
    await place.got(prompt);
    await place.comes("task", `${prompt.split("\n").length} lines`, "idle", { doing: `STUB-OK lines=${prompt.split("\n").length}` });
  });
}

test("stopped and started it has its conversation", async () => {
  await place.ok(["stop", "task"]);
  await place.ok(["start", "task"]);
  await place.comes("task", "started again", "idle");
  await until(async () => (await place.screen("task")).includes("STUB-OK lines=200"), { what: "the conversation on the screen" });
});

test("its tokens are the sums that the model sent, and logs shows what was said", async () => {
  await place.countsAllOf("task", "❯ after it", "→ ", "touch made.txt", "● STUB-OK tools=1");
});

test("killed it has ended, with its signal", async () => {
  await place.killProgram("task");
  await place.comes("task", "kill -9", "exited", { exit: 137, reason: "137 (SIGKILL)" });
});

test("the person's own notification ran, and their files are as they were", () => {
  expect(readFileSync(join(place.server.home, "own-hook"), "utf8")).toContain("own");
  // Codex adds a [tui] of its own at the end.
  const now = filesOf(place.server.home, Object.keys(place.before));
  for (const [name, text] of Object.entries(place.before)) expect(now[name]).toStartWith(text);
});
