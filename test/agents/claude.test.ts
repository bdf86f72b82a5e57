// The real Claude Code in tmux, from its launch to its end: what fleet says of it at each step.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { journey } from "../helpers/agent-journey";
import { agentPlace } from "../helpers/agent-place";
import { until } from "../helpers/until";

setDefaultTimeout(240_000);
const MANUAL = ["--permission-mode", "manual"];

const place = await agentPlace("claude");

journey(place, {
  kind: "claude",
  args: MANUAL,
  permission: ["Yes", "No"],
  question: { chosen: "Which colour? → Blue", worded: "Which other colour? → light green", field: [["Down", /❯ 3\. Type something\./]] },
  ownHook: true,
  also() {
    test("Tab at a permission opens a field, which is closed before its answer", async () => {
      await place.ok(["prompt", "task", "amend ;; STUB:bash touch amended.txt"]);
      const { worktree } = await place.comes("task", "permission", "waiting", { doing: "touch amended.txt" });
      await place.pressUntil("task", "Tab", /1\. Yes, and tell Claude what to do next/);
      await place.ok(["answer", "task", "yes"]);
      await place.comes("task", "approved", "idle", { doing: "STUB-OK tools=1" });
      expect(existsSync(join(worktree, "amended.txt"))).toBe(true);
    });
    test("cleared it has another conversation, which is the one that it is started again with", async () => {
      const conversation = () => place.kept("agents", id, "conversation");
      const { id } = await place.agent("task");
      const first = conversation();
      expect(first).toMatch(/^[0-9a-f-]{36}$/);
      await place.ok(["prompt", "task", "/clear"]);
      await until(() => conversation() !== first, { what: "another conversation" });
    });
  },
});

test("a repository that was never trusted is a question", async () => {
  const trusting = join(place.server.home, ".claude.json");
  writeFileSync(trusting, readFileSync(trusting, "utf8").replaceAll('"hasTrustDialogAccepted": true', '"hasTrustDialogAccepted": false').replaceAll('"hasTrustDialogAccepted":true', '"hasTrustDialogAccepted":false'));
  await place.ok(["create", "wary", "-d", "-a", "claude", "--", ...MANUAL]);
  const asked = await place.comes("wary", "trust", "waiting", { reason: "trust" });
  expect((asked["ask"] as { choices: string[] }).choices).toEqual(["No, exit", "Yes, I trust this folder"]);
  await place.ok(["answer", "wary", "yes"]);
  await place.comes("wary", "trusted", "idle");
});
