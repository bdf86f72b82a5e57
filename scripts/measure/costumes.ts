// How each program looks and what it reports at each moment of its work: recorded screens, hooks, titles and notes, as orders
// for the player.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Order } from "./player";

const SCREENS = join(import.meta.dir, "../../test/fixtures/screens");
export const screenText = (kind: string, name: string) => readFileSync(join(SCREENS, kind, `${name}.txt`), "utf8");
const screen = (kind: string, name: string): Order => ({ screen: screenText(kind, name) });
/** A recorded screen with other words in its last answer. */
const reworded = (kind: string, name: string, from: string | RegExp, to: string): Order => ({ screen: screenText(kind, name).replace(from, to) });

/** Moments of an agent at work, in the words of `expected`. */
export const MOMENTS = ["ready", "prompted", "asks", "denied", "interrupted", "done", "limited", "in a sub-agent", "asks, while a sub-agent's tool ends", "in compaction", "done, with a background task", "cleared"] as const;
export type Moment = (typeof MOMENTS)[number];
export type Costume = Partial<Record<Moment, Order[]>>;

const COMMAND = "touch made-by-agent.txt && echo made";
const SESSION = { session_id: "4f7cd7dd-4783-4add-b564-eedd3a6ee5be" };
const BASH = { ...SESSION, tool_name: "Bash", tool_input: { command: COMMAND } };
const OTHER = { ...SESSION, tool_name: "Bash", tool_input: { command: "ls" } };
const LIMIT = "You've hit your session limit · resets 3pm (Europe/Berlin)";

const claudeIdle = [screen("claude", "interrupted"), { note: "idle" }];
const claudeAsks: Order[] = [{ hook: "PermissionRequest", payload: BASH }, screen("claude", "permission"), { note: "waiting", waitingFor: "permission prompt" }];
const claude: Costume = {
  ready: [{ title: "✳ Claude Code" }, screen("claude", "done"), { hook: "SessionStart", payload: { ...SESSION, source: "startup" } }, { note: "idle" }],
  prompted: [{ hook: "UserPromptSubmit", payload: { ...SESSION, prompt: "first line of the task" } }, screen("claude", "working"), { note: "busy" }],
  asks: claudeAsks,
  // Esc fires no hook, neither in a dialog nor in a turn.
  denied: claudeIdle,
  interrupted: claudeIdle,
  done: [{ hook: "Stop", payload: { ...SESSION, last_assistant_message: "all done" } }, screen("claude", "done"), { note: "idle" }],
  limited: [{ hook: "StopFailure", payload: { ...SESSION, error: "rate_limit", last_assistant_message: LIMIT } }, reworded("claude", "done", /^● STUB-OK.*$/m, `● ${LIMIT}`), { note: "idle" }],
  "in a sub-agent": [{ hook: "PostToolUse", payload: OTHER }, { hook: "SubagentStop", payload: SESSION }],
  "asks, while a sub-agent's tool ends": [...claudeAsks, { hook: "PostToolUse", payload: OTHER }],
  "in compaction": [{ hook: "SessionStart", payload: { ...SESSION, source: "compact" } }],
  "done, with a background task": [{ hook: "Stop", payload: { ...SESSION, last_assistant_message: "it runs in the background", background_tasks: [{ id: "b1" }] } }, screen("claude", "done"), { note: "idle" }, { hook: "PostToolUse", payload: OTHER }],
  cleared: [{ hook: "SessionEnd", payload: { ...SESSION, reason: "clear" } }, { hook: "SessionStart", payload: { session_id: "00000000-0000-4000-8000-000000000000", source: "clear" } }, { note: "idle" }],
};

/** Programs that tell by their title, and have the words on their screen. */
function titled(kind: string, titles: { ready: string; working: string[]; asks: string[] }, limited: Order): Costume {
  const [ready, working, asks] = [{ title: titles.ready }, titles.working.map((title) => ({ title })), titles.asks.map((title) => ({ title }))];
  return {
    ready: [ready, screen(kind, "done")],
    prompted: [screen(kind, "working"), ...working],
    asks: [screen(kind, "permission"), ...asks],
    denied: [screen(kind, "interrupted"), ready],
    interrupted: [screen(kind, "interrupted"), ready],
    done: [screen(kind, "done"), ready],
    limited: [limited, ready],
    "in a sub-agent": working,
    "in compaction": [screen(kind, "working"), ...working],
    "done, with a background task": [screen(kind, "done"), ready],
    cleared: [ready],
  };
}

const codex = titled(
  "codex",
  { ready: "a title | repo", working: ["⠋ a title | repo", "⠙ a title | repo"], asks: ["[ ! ] Action Required | a title", "[ . ] Action Required | a title"] },
  reworded("codex", "api-error", /^■ \{.*$/m, "■ You've hit your usage limit. Upgrade to Pro or try again in 2 hours 5 minutes."),
);
const gemini = titled(
  "gemini",
  { ready: "◇  Ready (repo)", working: ["✦  Working… (repo)"], asks: ["✋  Action Required (repo)"] },
  reworded("gemini", "done", /^✦ STUB-OK.*$/m, "✕ [API Error: You have exhausted your capacity on this model. Your quota will reset after 3h22m5s.]"),
);
const qwen = titled(
  "qwen",
  { ready: "Qwen - repo", working: ["◐ Qwen - repo", "◓ Qwen - repo"], asks: ["✳ Qwen - repo"] },
  reworded("qwen", "done", /^\s*◆\ufe0e? STUB-OK.*$/m, "  ✕ [API Error: 429 rate limit. retryDelay: 34s]"),
);

const opencode: Costume = {
  ready: [screen("opencode", "done")],
  prompted: [screen("opencode", "working")],
  asks: [screen("opencode", "permission")],
  denied: [screen("opencode", "interrupted")],
  interrupted: [screen("opencode", "interrupted")],
  done: [screen("opencode", "done")],
  "in a sub-agent": [screen("opencode", "working")],
  "in compaction": [screen("opencode", "working")],
  "done, with a background task": [screen("opencode", "done")],
  cleared: [screen("opencode", "done")],
};

const tool = { toolName: "bash", toolInput: { command: COMMAND } };
const copilot: Costume = {
  ready: [screen("copilot", "first-screen"), { hook: "sessionStart", payload: { source: "new", sessionId: SESSION.session_id } }],
  prompted: [{ hook: "userPromptSubmitted", payload: { prompt: "first line of the task" } }, screen("copilot", "working")],
  asks: [{ hook: "permissionRequest", payload: tool }, screen("copilot", "permission")],
  // As with Claude Code, neither has an event.
  denied: [screen("copilot", "interrupted")],
  interrupted: [screen("copilot", "interrupted")],
  done: [{ hook: "agentStop", payload: { stopReason: "end_turn" } }, screen("copilot", "done")],
  limited: [{ hook: "agentStop", payload: { stopReason: "error" } }, reworded("copilot", "done", /^ ● STUB-OK.*$/m, " ✗ Sorry, you've hit a rate limit. Please try again in 1 hour.")],
  "in a sub-agent": [{ hook: "postToolUse", payload: { toolName: "bash", toolArgs: { command: "ls" } } }],
  "asks, while a sub-agent's tool ends": [{ hook: "permissionRequest", payload: tool }, screen("copilot", "permission"), { hook: "postToolUse", payload: { toolName: "bash", toolArgs: { command: "ls" } } }],
  "in compaction": [screen("copilot", "working")],
  "done, with a background task": [{ hook: "agentStop", payload: { stopReason: "end_turn" } }, screen("copilot", "done")],
  cleared: [{ hook: "sessionStart", payload: { source: "new", sessionId: "00000000-0000-4000-8000-000000000000" } }],
};

export const COSTUMES: Readonly<Record<string, Costume>> = { claude, codex, gemini, opencode, qwen, copilot };
