// The command line of every built-in kind, word by word.
import { describe, expect, test } from "bun:test";
import { builtInKind, KINDS, takesPrompt } from "../../../src/kinds/index";
import type { Word } from "../../../src/kinds/kind";

const ID = "4f7cd7dd-4783-4a6e-8b6a-2f0a3a1f6c01";
const FLEET = "/opt/fleet";
const HOOKS = ["--settings", "/agent/claude-settings.json"];

/** What the program gets: the prompt put into its word, or the word left out. */
function argv(words: readonly Word[], prompt: string | null): string[] {
  return words.flatMap((word) => (typeof word === "string" ? [word] : prompt === null ? [] : [word.before + prompt + word.after]));
}

function launch(kind: string, prompt: string | null, conversation: string | null, extra: string[] = []): string[] {
  return argv(builtInKind(kind)!.launch({ conversation, extra, fleet: FLEET, directory: "/agent", worktree: "/w", prompted: false }), prompt);
}

function resume(kind: string, conversation: string | null, extra: string[] = []): string[] {
  return argv(builtInKind(kind)!.resume({ conversation, extra, fleet: FLEET, directory: "/agent", worktree: "/w", prompted: false }), "a prompt given before");
}

describe("the first start", () => {
  const rows: [kind: string, prompt: string | null, conversation: string | null, extra: string[], words: string[]][] = [
    ["claude", "fix it", ID, [], ["claude", ...HOOKS, "--session-id", ID, "--", "fix it "]],
    ["claude", null, ID, [], ["claude", ...HOOKS, "--session-id", ID, "--"]],
    ["claude", "-x", null, [], ["claude", ...HOOKS, "--", "-x "]],
    ["claude", "doctor", ID, ["--allowedTools", "Bash", "Edit"], ["claude", ...HOOKS, "--session-id", ID, "--allowedTools", "Bash", "Edit", "--", "doctor "]],
    ["codex", "fix it", null, [], ["codex", "--no-daemon", "--", "fix it"]],
    ["codex", null, null, ["-m", "x"], ["codex", "--no-daemon", "-m", "x", "--"]],
    ["codex", "--help", null, ["-i", "a.png", "b.png"], ["codex", "--no-daemon", "-i", "a.png", "b.png", "--", "--help"]],
    ["gemini", "fix\nit", ID, [], ["gemini", "--prompt-interactive=fix\nit"]],
    ["gemini", null, null, ["--skip-trust"], ["gemini", "--skip-trust"]],
    ["gemini", "-x", ID, ["-m", "pro"], ["gemini", "-m", "pro", "--prompt-interactive=-x"]],
    ["opencode", "fix it", null, [], ["opencode", "--prompt=fix it"]],
    ["opencode", null, null, [], ["opencode"]],
    ["opencode", "-x", null, ["--agent", "plan"], ["opencode", "--agent", "plan", "--prompt=-x"]],
    ["qwen", "-x", ID, ["-m", "x"], ["qwen", "--session-id", ID, "-m", "x", "--prompt-interactive=-x"]],
    ["copilot", "-x", ID, [], ["copilot", "--plugin-dir", "/agent", "--session-id", ID, "--interactive=-x"]],
    ["copilot", null, ID, [], ["copilot", "--plugin-dir", "/agent", "--session-id", ID]],
    ["demo", "fix it", ID, [], [FLEET, "demo-agent", "--conversation", ID, "--", "fix it"]],
    ["demo", "--help", null, [], [FLEET, "demo-agent", "--", "--help"]],
    ["demo", null, ID, [], [FLEET, "demo-agent", "--conversation", ID, "--"]],
  ];
  test.each(rows)("%s with prompt %j, conversation %j and %j", (kind, prompt, conversation, extra, words) => {
    expect(launch(kind, prompt, conversation, extra)).toEqual(words);
  });

  test("every built-in kind takes a prompt on its command line", () => {
    for (const kind of KINDS) expect(takesPrompt(kind.launch({ conversation: null, extra: [], fleet: FLEET, directory: "/agent", worktree: "/w", prompted: false }))).toBe(true);
  });
});

describe("a later start", () => {
  const rows: [kind: string, conversation: string | null, extra: string[], words: string[]][] = [
    ["claude", ID, ["--model", "opus"], ["claude", ...HOOKS, "--resume", ID, "--model", "opus"]],
    ["claude", null, [], ["claude", ...HOOKS, "--continue"]],
    ["codex", ID, ["-i", "a.png"], ["codex", "resume", "--no-daemon", "-i", "a.png", "--", ID]],
    ["codex", null, ["-m", "x"], ["codex", "resume", "--no-daemon", "--last", "-m", "x"]],
    ["gemini", ID, [], ["gemini", "--resume", ID]],
    ["gemini", null, ["-m", "pro"], ["gemini", "--resume", "latest", "-m", "pro"]],
    ["opencode", "ses_1", [], ["opencode", "--session", "ses_1"]],
    ["opencode", null, [], ["opencode"]],
    ["demo", ID, [], [FLEET, "demo-agent", "--resume", ID]],
    ["demo", null, [], [FLEET, "demo-agent"]],
  ];
  test.each(rows)("%s with conversation %j and %j", (kind, conversation, extra, words) => {
    expect(resume(kind, conversation, extra)).toEqual(words);
  });

  test("gives no built-in kind its first prompt again", () => {
    for (const kind of KINDS) expect(takesPrompt(kind.resume({ conversation: ID, extra: [], fleet: FLEET, directory: "/agent", worktree: "/w", prompted: false }))).toBe(false);
  });
});

test("no built-in kind passes over permissions or trust by itself", () => {
  for (const kind of KINDS) {
    for (const words of [kind.launch, kind.resume].map((start) => argv(start({ conversation: ID, extra: [], fleet: FLEET, directory: "/agent", worktree: "/w", prompted: false }), "p"))) {
      expect(words.join(" ")).not.toMatch(/dangerously|bypass|yolo|trust|auto|permission|approv|sandbox/i);
    }
  }
});

test("codex never starts its shared daemon", () => {
  for (const words of [launch("codex", "p", null), resume("codex", ID), resume("codex", null)]) expect(words).toContain("--no-daemon");
});
