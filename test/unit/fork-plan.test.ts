// What fleet fork decides: the new branch, what can't be copied, who may, and whether the conversation goes along.
import { describe, expect, test } from "bun:test";
import { forkConversation, type ForkFacts, planFork, refuseForeignFork } from "../../src/fleet/fork/plan";
import { KINDS, resolveKind } from "../../src/kinds/index";
import type { Forked } from "../../src/kinds/kind";
import { anAgent, COMMIT } from "../helpers/model";
import { refusal } from "../helpers/refusal";

const facts = (more: Partial<ForkFacts> = {}): ForkFacts => ({ source: anAgent(), worktreeThere: true, head: COMMIT, amid: null, taken: new Set(["main", "login-form"]), clash: null, ...more });

test("the branch is the next that is free, or the one that was asked for", () => {
  expect(planFork(undefined, facts())).toBe("login-form-2");
  expect(planFork(undefined, facts({ taken: new Set(["login-form", "login-form-2"]) }))).toBe("login-form-3");
  expect(planFork("other", facts())).toBe("other");
});

test("refused is what can't be copied whole, and a name that is taken", () => {
  expect(refusal(() => planFork(undefined, facts({ worktreeThere: false }))).message).toBe("the worktree of login-form is gone: /w/web-123456/login-form");
  expect(refusal(() => planFork(undefined, facts({ head: null }))).message).toBe("login-form has no commit to start from");
  expect(refusal(() => planFork(undefined, facts({ amid: "rebase" }))).message).toBe("login-form is in the middle of a rebase, which can't be in two worktrees");
  expect(refusal(() => planFork("main", facts())).message).toBe("the branch is there already: main");
  expect(refusal(() => planFork("main/x", facts({ clash: "main" })))).toMatchObject({ message: "git can't have both branches: main/x and main", hint: "fleet fork login-form main-x" });
});

test("an agent forks itself and what it started, a person everything", () => {
  const own = anAgent({}, { parent: "caller" });
  expect(refuseForeignFork({ FLEET_ID: "caller" }, own, () => null)).toBeUndefined();
  expect(refuseForeignFork({ FLEET_ID: "abcdef" }, own, () => null)).toBeUndefined();
  expect(refuseForeignFork({}, own, () => null)).toBeUndefined();
  expect(refusal(() => refuseForeignFork({ FLEET_ID: "another" }, own, () => null)).message).toBe("an agent may fork only itself and agents that it started: login-form");
  // A person who has split a pane off an agent's session is no agent.
  expect(refuseForeignFork({ FLEET_ID: "another", TMUX: "/s,1,0", TMUX_PANE: "%9" }, own, () => "%3")).toBeUndefined();
});

describe("the conversation", () => {
  const kind = (name: string) => resolveKind(name, { opus: { like: "claude", flags: ["--model", "opus"] }, mine: { command: ["mine", "{prompt}"] } });
  const ID = "01234567-89ab-4cde-8f01-23456789abcd";
  const of: Forked = { conversation: ID, file: `/h/x-${ID}.jsonl`, directory: "/f/agents/abcdef" };
  const words = (name: string, more: Partial<Forked> = {}) => {
    const found = forkConversation(kind(name), kind(name), { ...of, ...more });
    return "why" in found ? found.why : found.begin({ conversation: "NEW", extra: ["--flag"], fleet: "/bin/fleet", directory: "/d", prompted: true, worktree: "/w/new" });
  };
  test("goes along in each program's own words, and never continues the first one's", () => {
    expect(words("claude")).toEqual(["claude", "--settings", "/d/claude-settings.json", "--resume", ID, "--fork-session", "--session-id", "NEW", "--flag", "--", { before: "", after: " " }]);
    expect(words("codex")).toEqual(["codex", "fork", "--no-daemon", "-C", "/w/new", "--flag", "--", ID, { before: "", after: "" }]);
    expect(words("gemini")).toEqual(["gemini", `--session-file=/h/x-${ID}.jsonl`, "--flag", { before: "--prompt-interactive=", after: "" }]);
  });
  test("does not where nothing was said yet, and a kind that can't says why in a line", () => {
    for (const name of ["claude", "codex", "gemini"]) expect([name, words(name, { conversation: null, file: null })]).toEqual([name, "it has none yet"]);
    // A conversation of which nothing is kept would end the program at once.
    expect(words("claude", { file: null })).toBe("it has none yet");
    for (const name of ["qwen", "opencode", "copilot", "mine"]) expect([name, words(name)]).toEqual([name, expect.stringMatching(/^[^\n]{20,}[^.]$/)]);
  });
  test("is of one program: a variant takes it up, another one does not", () => {
    expect(forkConversation(kind("claude"), kind("opus"), of)).toMatchObject({ picks: true });
    expect(forkConversation(kind("claude"), kind("codex"), of)).toEqual({ why: "Codex can't take up a conversation of Claude Code" });
  });
  test("every built-in kind says whether it can", () => {
    expect(KINDS.filter(({ fork }) => fork === undefined)).toEqual([]);
  });
});
