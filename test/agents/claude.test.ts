// The real Claude Code in tmux, from its launch to its end: what fleet says of it at each step.
import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
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
  question: { chosen: "Which colour? → Blue", worded: "Which other colour? → light green" },
  ownHook: true,
  also() {
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
