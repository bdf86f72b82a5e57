// Real programs, forked: the second agent goes on from the words of the first, in its own worktree, and the first one does not hear of it.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentPlace, filesOf } from "../helpers/agent-place";
import { until } from "../helpers/until";

setDefaultTimeout(400_000);

const KINDS = ["claude", "codex", "gemini", "qwen", "opencode", "copilot"] as const;
const ARGS: Readonly<Record<string, readonly string[]>> = {
  claude: ["--", "--permission-mode", "manual"],
  codex: ["--", "-a", "on-request", "-s", "workspace-write"],
  gemini: ["--", "--skip-trust"],
};
/** What is said of those that can't. */
const ANEW: Readonly<Record<string, string>> = {
  qwen: "Qwen Code forks a conversation only in the directory in which it began",
  opencode: "opencode goes on with a forked conversation in the directory of the first one, whose files it would change",
  copilot: "GitHub Copilot CLI has no way to fork a conversation",
};

const place = await agentPlace(...KINDS);

for (const kind of KINDS) {
  describe(kind, () => {
    const shows = (branch: string, text: string) => until(async () => (await place.server.tmux("capture-pane", "-pJ", "-S", "-", "-t", (await place.agent(branch)).pane!)).includes(text), { what: `${text} in ${branch}`, timeout: 60_000, show: () => place.screen(branch) });

    test("forked with a prompt it goes on in its own worktree, with the words of the first one where its program can", async () => {
      await place.ok(["create", `${kind}-a`, "-d", "-a", kind, "-p", "remember the number 4711", ...(ARGS[kind] ?? [])]);
      await place.got("remember the number 4711");
      const source = await place.comes(`${kind}-a`, "launch", "idle");
      writeFileSync(join(source.worktree, "work.txt"), "not committed\n");
      const forked = await place.fleet(["fork", `${kind}-a`, `${kind}-b`, "-d", "-p", "where are we\nSTUB:bash pwd >where.txt"]);
      expect([forked.code, forked.stderr.includes("a new conversation begins"), forked.stderr.includes(ANEW[kind] ?? "its conversation too")]).toEqual([0, kind in ANEW, true]);
      const asked = await place.comes(`${kind}-b`, "forked", "waiting", { reason: "permission" }).catch(async (error: unknown) => {
        // One whose sandbox lets it write there does not ask.
        if ((await place.agent(`${kind}-b`)).status !== "idle") throw error;
        return place.agent(`${kind}-b`);
      });
      if (asked.status === "waiting") await place.ok(["answer", `${kind}-b`, "yes"]);
      const fork = await place.comes(`${kind}-b`, "its turn", "idle", { reason: null });
      expect((await Bun.file(join(fork.worktree, "where.txt")).text()).trim()).toBe(fork.worktree);
      expect(await Bun.file(join(source.worktree, "where.txt")).exists()).toBe(false);
      if (!(kind in ANEW)) await shows(`${kind}-b`, "remember the number 4711");
      expect(await place.screen(`${kind}-a`)).not.toContain("where are we");
    });

    test("started again it has its own conversation", async () => {
      await place.ok(["restart", `${kind}-b`]);
      await place.comes(`${kind}-b`, "started again", "idle");
      await shows(`${kind}-b`, "where are we");
    });

    if (!(kind in ANEW)) {
      test("forked without a prompt it waits with the words of the first one, and can be stopped and started", async () => {
        await place.ok(["fork", `${kind}-a`, `${kind}-c`]);
        await place.comes(`${kind}-c`, "forked, unprompted", "idle");
        await shows(`${kind}-c`, "remember the number 4711");
        await place.ok(["restart", `${kind}-c`]);
        await place.comes(`${kind}-c`, "started again, unprompted", "idle");
        await place.ok(["prompt", `${kind}-c`, "and now"]);
        await place.got("and now");
        await place.comes(`${kind}-c`, "prompted", "idle");
      });
    }
    test("one that was never prompted can be stopped and started", async () => {
      await place.ok(["create", `${kind}-d`, "-d", "-a", kind, ...(ARGS[kind] ?? [])]);
      await place.comes(`${kind}-d`, "unprompted", "idle");
      await place.ok(["restart", `${kind}-d`]);
      await place.comes(`${kind}-d`, "unprompted, started again", "idle");
    });

    test("they end", async () => void (await place.ok(["kill", "*", "--yes", "--force"])));
  });
}

test("the person's files are as they were", () => {
  // Qwen Code notes there by itself what it has shown.
  const now = filesOf(place.server.home, Object.keys(place.before));
  for (const [name, text] of Object.entries(place.before)) expect(now[name]).toStartWith(name.startsWith(".qwen/") ? "" : text);
});
