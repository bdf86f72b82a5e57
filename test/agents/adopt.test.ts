// Real programs that a person started by hand, in a session and a worktree of their own: adopted, they are read, prompted and let go again.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { agentPlace } from "../helpers/agent-place";
import { until } from "../helpers/until";

setDefaultTimeout(400_000);

const KINDS = ["claude", "codex", "gemini", "qwen", "copilot", "opencode"] as const;
const WORDS: Readonly<Record<(typeof KINDS)[number], string>> = {
  claude: "claude --permission-mode manual", codex: "codex --no-daemon", gemini: "gemini --skip-trust -i", qwen: "qwen -i", copilot: "copilot -i", opencode: "opencode --prompt",
};

const place = await agentPlace(...KINDS);
const { server, repo, ok } = place;

for (const kind of KINDS) {
  describe(kind, () => {
    const branch = `by-hand-${kind}`;
    const at = join(server.root, branch);
    const shows = (text: string, pane: string) => until(async () => (await server.tmux("capture-pane", "-pJ", "-S", "-", "-t", pane)).includes(text), { what: text, timeout: 90_000, show: () => server.screen(pane) });
    let [session, pane, before] = ["", "", ""];
    const own = async () => `${await server.tmux("show-options", "-t", session)}\n${await server.tmux("show-hooks", "-p", "-t", pane)}`;

    test("its program is known, its status too, and a prompt arrives", async () => {
      await repo.git("worktree", "add", "-q", "-b", branch, at);
      const environment = Object.entries(server.env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
      [session = "", pane = ""] = (await server.tmux("new-session", "-d", "-P", "-F", "#{session_id} #{pane_id}", "-s", `mine-${kind}`, "-x", "120", "-y", "40", "-c", at, ...environment, "exec sh")).split(" ");
      before = await own();
      await server.tmux("send-keys", "-t", pane, `${WORDS[kind]} 'remember the number 4711'`, "Enter");
      // What is typed before a program reads is lost.
      await place.got("remember the number 4711");
      await until(async () => (await place.fleet(["adopt", `mine-${kind}`])).code === 0, { what: "it is adopted", timeout: 60_000, every: 300, show: () => server.screen(pane) });
      expect(await place.agent(branch)).toMatchObject({ kind, adopted: true, session: `mine-${kind}`, pane });
      // Once it is up it is read like any other.
      await place.comes(branch, "adopted", "idle");
      await ok(["prompt", branch, "and now"]);
      await place.got("and now");
      await place.comes(branch, "prompted", "idle");
    });

    test("let go, it runs on; its end leaves a shell, into which nothing is typed", async () => {
      const pid = (await place.agent(branch)).pid!;
      await ok(["kill", branch, "--yes"]);
      expect([existsSync(`/proc/${pid}`), await own()]).toEqual([true, before]);
      await shows("remember the number 4711", pane);
      await ok(["undo"]);
      await place.comes(branch, "taken up again", "idle");
      await place.killProgram(branch);
      await place.comes(branch, "its end", "exited");
      expect((await place.fleet(["prompt", branch, "touch typed"])).code).toBe(1);
    });

    test("started, it has a session of its own, with its conversation", async () => {
      await ok(["start", branch]);
      // Copilot CLI 1.0.102 asks so where the conversation was another program's a moment ago.
      const begun = await until(async () => [await place.agent(branch)].find(({ status }) => status !== "starting"), { timeout: 60_000 });
      if (kind === "copilot" && begun.status === "waiting") {
        expect(begun.doing).toContain("Resuming it here may cause conflicts");
        await ok(["answer", branch, "1"]);
      }
      const agent = await place.comes(branch, "started", "idle");
      expect([agent.session, existsSync(join(at, "typed"))]).toEqual([`repo-${branch}`, false]);
      await shows("remember the number 4711", agent.pane!);
      await ok(["kill", branch, "--yes"]);
      expect(existsSync(at)).toBe(true);
      await server.tmux("kill-session", "-t", session);
    });

    test("adopted without a session, its last conversation there is taken up", async () => {
      await ok(["adopt", at, "-a", kind, ...(kind === "gemini" ? ["--", "--skip-trust"] : [])]);
      const agent = await place.comes(branch, "adopted, without a session", "idle");
      // Gemini CLI 0.61.0 found none any more: it had taken this one up before, and was ended without a word in between.
      if (kind !== "gemini") await shows("remember the number 4711", agent.pane!);
      await ok(["kill", branch, "--yes"]);
    });
  });
}
