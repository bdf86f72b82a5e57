// What Claude Code's hooks and its own note mean, by payloads as it sent them, and the settings file that asks for them.
import { describe, expect, test } from "bun:test";
import { builtInKind } from "../../../src/kinds/index";

const claude = builtInKind("claude")!;
const report = (event: string, fields: object) => claude.report!(event, { session_id: "4f7cd7dd", hook_event_name: event, ...fields });
const BASH = { tool_name: "Bash", tool_input: { command: "touch a", description: "make a" } };
const COLOUR = { questions: [{ question: "Which colour?", header: "Colour", options: [{ label: "Red", description: "x" }, { label: "Blue", description: "y" }], multiSelect: false }] };

describe("a hook's payload", () => {
  test("a prompt begins a turn, a stop ends it with its last words", () => {
    expect(report("UserPromptSubmit", { prompt: "fix it" })).toEqual({ status: "working", reason: null, doing: "fix it" });
    expect(report("Stop", { last_assistant_message: "done", background_tasks: [] })).toEqual({ status: "idle", reason: null, doing: "done" });
  });

  test("a stop while agents of its own are at work is not the end, and their end is no person's prompt", () => {
    const task = (type: string, status = "running") => ({ id: "a", type, status, description: "stub helper" });
    const stop = (...background_tasks: object[]) => report("Stop", { last_assistant_message: "they are at it", background_tasks })!;
    expect(stop(task("subagent"))).toEqual({ status: "working", reason: null });
    expect(stop(task("shell"), task("workflow"))).toMatchObject({ status: "working" });
    for (const over of [[task("shell")], [task("subagent", "completed")], [task("monitor")]]) expect(stop(...over)).toMatchObject({ status: "idle", doing: "they are at it" });
    const ended = '<task-notification>\n<task-id>a</task-id>\n<status>completed</status>\n<summary>Agent "stub helper" finished</summary>\n</task-notification>';
    expect(report("UserPromptSubmit", { prompt: ended })).toEqual({ status: "working", reason: null, doing: 'Agent "stub helper" finished' });
  });

  test("a session's start is idle, but working with a prompt on the command line, and nothing in the middle of a turn", () => {
    expect(report("SessionStart", { source: "startup" })).toEqual({ status: "idle", reason: null, conversation: "4f7cd7dd" });
    expect(report("SessionStartPrompted", { source: "startup" })).toMatchObject({ status: "working" });
    expect(report("SessionStartPrompted", { source: "clear" })).toMatchObject({ status: "idle", conversation: "4f7cd7dd" });
    expect(report("SessionStart", { source: "compact" })).toEqual({ conversation: "4f7cd7dd" });
  });

  test("a permission asks with its command, and only that tool's end answers it", () => {
    const asked = report("PermissionRequest", BASH)!;
    expect(asked).toMatchObject({ status: "waiting", reason: "permission", doing: "touch a", ask: { what: "permission", text: "touch a" } });
    const ended = report("PostToolUse", { ...BASH, tool_response: { stdout: "" } })!;
    expect(ended).toEqual({ status: "working", reason: null, answered: asked.asks! });
    const other = report("PostToolUse", { ...BASH, tool_input: { command: "touch b" } })!;
    expect(other.answered).not.toBe(asked.asks!);
  });

  test("a question has its choices, and is answered although its input comes back with the answers", () => {
    const asked = report("PermissionRequest", { tool_name: "AskUserQuestion", tool_input: COLOUR })!;
    expect(asked.ask).toEqual({ what: "question", text: "Which colour?", choices: ["Red", "Blue"] });
    const ended = report("PostToolUse", { tool_name: "AskUserQuestion", tool_input: { ...COLOUR, answers: { "Which colour?": "Red" }, annotations: {} } });
    expect(ended!.answered).toBe(asked.asks!);
  });

  test("several questions are a form: no choices to answer by number", () => {
    const two = { questions: [COLOUR.questions[0], { ...COLOUR.questions[0], question: "Which size?" }] };
    expect(report("PermissionRequest", { tool_name: "AskUserQuestion", tool_input: two })!.ask).toEqual({ what: "question", text: "Which colour?\nWhich size?", choices: [] });
  });

  test("a failure says which", () => {
    const reason = (error: string, message: string) => report("StopFailure", { error, last_assistant_message: message })!.reason;
    expect(reason("unknown", "API Error: 400 bad")).toBe("error");
    expect(reason("rate_limit", "limit reached, resets 7pm")).toBe("rate limit, resets 7pm");
    expect(reason("authentication_failed", "Please run /login")).toBe("login");
  });

  test("a sub-agent's end and a session's end say nothing", () => {
    expect(report("SubagentStop", {})).toBeNull();
    expect(report("SessionEnd", { reason: "clear" })).toBeNull();
  });

  test("broken payloads are no failure", () => {
    for (const payload of [null, 7, "x", [], {}]) for (const event of ["PermissionRequest", "Stop", "PostToolUse", "SessionStart"]) expect(() => claude.report!(event, payload)).not.toThrow();
  });
});

test("its note of itself is read with pane and process", () => {
  const note = { pid: 16376, sessionId: "4f7cd7dd", cwd: "/w/repo", procStart: "1132247", tmux: "my:@0 session:@0.%12", status: "waiting", statusUpdatedAt: 1795378800734, waitingFor: "permission prompt" };
  expect(claude.notes!.read(JSON.stringify(note))).toEqual({ pid: 16376, start: "1132247", cwd: "/w/repo", pane: "%12", status: "waiting", waitsFor: "permission prompt", at: 1795378800734, conversation: "4f7cd7dd" });
  expect(claude.notes!.read(JSON.stringify({ ...note, status: "shell" }))).toMatchObject({ status: "idle" });
  expect(claude.notes!.read('{"pid":1,"status":"thinking"}')).toBeNull();
  expect(claude.notes!.read("{")).toBeNull();
  expect(claude.notes!.directory({ HOME: "/h" })).toBe("/h/.claude/sessions");
  expect(claude.notes!.directory({ HOME: "/h", CLAUDE_CONFIG_DIR: "/c" })).toBe("/c/sessions");
});

test("its hooks end with 0 and without a word when fleet has gone, wherever it and the agent lie", () => {
  const files = claude.files!({ conversation: null, extra: [], fleet: "/it's gone/fleet", directory: "/it's here", worktree: "/w", prompted: false });
  const { hooks } = JSON.parse(files["claude-settings.json"]!) as { hooks: Record<string, { hooks: { command: string }[] }[]> };
  expect(Object.keys(hooks)).toContain("PermissionRequest");
  for (const [{ hooks: [hook] } = { hooks: [] }] of Object.values(hooks)) {
    const ran = Bun.spawnSync(["sh", "-c", hook!.command], { stdin: Buffer.from("{}"), stdout: "pipe", stderr: "pipe" });
    expect([ran.exitCode, ran.stdout.toString(), ran.stderr.toString()]).toEqual([0, "", ""]);
  }
});
