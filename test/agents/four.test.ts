// Four real programs' agents at once, as a person has them: every look is right, and the answer loop deals with every question.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { agentPlace } from "../helpers/agent-place";
import { until } from "../helpers/until";

setDefaultTimeout(400_000);

const KINDS = ["claude", "codex", "gemini", "opencode"] as const;
const ARGS: Readonly<Record<string, readonly string[]>> = {
  claude: ["--", "--permission-mode", "manual"],
  codex: ["--", "-a", "on-request", "-s", "workspace-write"],
  gemini: ["--", "--skip-trust"],
};

const place = await agentPlace(...KINDS);

test("each waits with its own question", async () => {
  for (const kind of KINDS) await place.ok(["create", kind, "-d", "-a", kind, "-p", `for ${kind}\nSTUB:bash touch ${kind}.txt`, ...(ARGS[kind] ?? [])]);
  for (const kind of KINDS) await place.comes(kind, "four at once", "waiting", { reason: "permission", doing: `touch ${kind}.txt` });
  for (const kind of KINDS) expect(await place.agent(kind)).toMatchObject({ ask: { text: `touch ${kind}.txt` } });
});

test("the answer loop has each allowed, one after the other, and ends when none is left", async () => {
  const command = "fleet answer; echo ended with $?";
  const [session, pane] = (await place.server.tmux("new-session", "-d", "-P", "-F", "#{session_id} #{pane_id}", "-x", "120", "-y", "40", "-c", place.repo.path, `PATH=${process.cwd()}/bin:$PATH; ${command}; exec sleep 1000`)).split(" ") as [string, string];
  const answered = new Set<string>();
  while (answered.size < KINDS.length) {
    const before = answered.size;
    const screen = async () => place.server.tmux("capture-pane", "-p", "-J", "-S", "-", "-t", pane);
    // The choices of the question that is asked now are drawn: keys before that are typed ahead.
    const asked = await until(async () => {
      const shown = await screen();
      const at = shown.lastIndexOf("Allow this?");
      const heads = [...shown.slice(0, at).matchAll(/^(claude|codex|gemini|opencode) · \1\b/gm)];
      const kind = heads.at(-1)?.[1];
      return heads.length === before + 1 && kind !== undefined && !answered.has(kind) && /[●○] 1 {2}\S/.test(shown.slice(at)) && kind;
    }, { what: `question ${before + 1}`, timeout: 60_000, every: 100, show: screen });
    expect(await screen()).toContain(`touch ${asked}.txt`);
    await place.server.tmux("send-keys", "-t", pane, "Enter");
    answered.add(asked);
  }
  await until(async () => (await place.server.tmux("capture-pane", "-p", "-J", "-S", "-", "-t", pane)).includes("ended with 0"), { what: "the loop's end", timeout: 60_000, every: 100, show: () => place.server.tmux("capture-pane", "-p", "-J", "-S", "-", "-t", pane) });
  expect(await place.server.tmux("capture-pane", "-p", "-J", "-S", "-", "-t", pane)).toContain("4 answered, none left");
  await place.server.tmux("kill-session", "-t", session);
});

test("each has done what was allowed and nothing else, and is idle", async () => {
  for (const kind of KINDS) {
    const done = await place.comes(kind, "answered in the loop", "idle", { reason: null, doing: "STUB-OK tools=1" });
    for (const other of KINDS) expect(existsSync(join(done.worktree, `${other}.txt`))).toBe(other === kind);
  }
});

test("every look is right while all of them work and end", async () => {
  for (const kind of KINDS) await place.ok(["prompt", kind, `${kind} again ;; STUB:delay 20000`]);
  const now = await place.list();
  expect(now.map(({ branch, status }) => [branch, status]).sort()).toEqual(KINDS.map((kind) => [kind, "working"]).sort());
  for (const kind of KINDS) await place.comes(kind, "all at once", "idle", { doing: "STUB-OK lines=1" });
});
