// What each recorded screen says, by program; test/unit/kinds/recorded.test.ts holds that no status of a program is without one.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtInKind } from "../../src/kinds/index";
import type { Ask, ScreenReading } from "../../src/kinds/kind";

export const lines = (kind: string, name: string) => readFileSync(join(import.meta.dir, "../fixtures/screens", kind, `${name}.txt`), "utf8").split("\n");
export const read = (kind: string, screen: readonly string[]) => builtInKind(kind)!.readScreen!(screen, "");
const COMMAND = "touch made-by-agent.txt && echo made";
const DONE = "STUB-OK tools=1 lines=4 chars=97: first line of the task second";

export function asks(what: Ask["what"], text: string, choices: string[]): ScreenReading {
  return { status: "waiting", reason: what, ask: { what, text, choices, selected: 0 } };
}

function withoutCursor({ ask, ...reading }: ScreenReading): ScreenReading {
  const { selected: _, ...rest } = ask!;
  return { ...reading, ask: rest };
}

export const CLAUDE = asks("permission", COMMAND, ["Yes", "Yes, and always allow access to /home/dev/code/repo from this project", "Yes, and switch to auto mode · auto mode handles these prompts for you", "No"]);
export const QUESTION = asks("question", "Which colour?", ["Red", "Blue", "Type something.", "Chat about this"]);
export const CODEX = asks("permission", "touch made-by-agent.txt #escalate", ["Yes, proceed (y)", "Yes, and don't ask again for commands that start with `touch made-by-agent.txt #escalate` (p)", "No, and tell Codex what to do differently (esc)"]);
export const GEMINI = asks("permission", COMMAND, ["Allow once", "Allow for this session", "No, suggest changes (esc)"]);
export const QWEN = asks("permission", COMMAND, ["Yes, allow once", "Always allow run 'touch *' commands in this project", "Always allow run 'touch *' commands for this user", "No, suggest changes (esc)"]);
export const COPILOT = asks("permission", COMMAND, ["Yes", "Yes, and don't ask again for `touch` in this repo (/home/dev/code/repo)", "No, and tell Copilot what to do differently (Esc to stop)"]);
// Which button is marked, colours tell.
export const OPENCODE = withoutCursor(asks("permission", COMMAND, ["Allow once", "Allow always", "Reject"]));

const LOGIN = asks("login", [
  "Login",
  "CLAUDE_CODE_OAUTH_TOKEN is set in your environment. This session will switch to your new credentials after logging in, but if that variable is set in your",
  "shell profile or a Claude Code settings file, new `claude` sessions will keep using the old token until you remove it there.",
  "Select login method:",
].join("\n"), ["Claude account with subscription · Individual, Team, or Enterprise", "Anthropic Console account · API usage billing", "3rd-party platform · Bedrock, Microsoft Foundry, Google Vertex AI"]);

/** Gemini's question about a limit, which has its own reason. */
function limits(time: string, more: string, choices: string[]): ScreenReading {
  const text = `Usage limit reached for all Pro models.\nAccess resets at ${time} UTC.\n/stats model for usage details\n/model to switch models.${more && `\n${more}`}`;
  return { ...asks("question", text, choices), reason: `rate limit, resets ${time} UTC` };
}

type Recorded = [kind: string, screen: string, reading: ScreenReading];

export const RECORDED: readonly Recorded[] = [
  ["claude", "working", { status: "working" }],
  ["claude", "permission", CLAUDE],
  ["claude", "question", QUESTION],
  ["claude", "done", { status: "idle", said: DONE }],
  ["claude", "interrupted", { status: "idle", said: "answer-four", draft: "stuck ;; STUB:delay 30000" }],
  ["claude", "retrying", { status: "working", reason: "500 stub error 500 · attempt 5/10" }],
  ["claude", "api-error", { status: "idle", reason: "error", said: "API Error: 400 stub error 400" }],
  ["codex", "working", { status: "working" }],
  ["codex", "permission", CODEX],
  ["codex", "done", { status: "idle", said: DONE.replace("97", "94") }],
  ["codex", "interrupted", { status: "idle" }],
  ["codex", "api-error", { status: "idle", reason: "error", said: "stub error 400" }],
  ["gemini", "working", { status: "working" }],
  ["gemini", "permission", GEMINI],
  ["gemini", "done", { status: "idle", said: DONE }],
  ["gemini", "interrupted", { status: "idle" }],
  ["qwen", "working", { status: "working" }],
  ["qwen", "permission", QWEN],
  ["qwen", "done", { status: "idle", said: DONE }],
  ["qwen", "question", asks("question", "Which colour?", ["Red", "Blue", "Type something..."])],
  ["qwen", "interrupted", { status: "idle", said: "answer-file", draft: "stuck ;; STUB:delay 30000" }],
  ["copilot", "first-screen", { status: "idle" }],
  ["copilot", "working", { status: "working" }],
  ["copilot", "permission", COPILOT],
  ["copilot", "done", { status: "idle", said: DONE }],
  ["copilot", "question", asks("question", "Which other colour?", ["Red", "Blue", "Other (type your answer)"])],
  ["copilot", "api-error", { status: "idle", reason: "error", said: "400 stub error 400" }],
  ["copilot", "interrupted", { status: "idle" }],
  ["opencode", "working", { status: "working" }],
  ["opencode", "permission", OPENCODE],
  ["opencode", "done", { status: "idle", said: DONE }],
  ["opencode", "interrupted", { status: "idle" }],
  ["opencode", "first-screen", { status: "idle" }],
  ["opencode", "wide-permission", { ...asks("permission", "touch denied.txt", ["Allow once", "Allow always", "Reject"]), ask: { ...OPENCODE.ask!, text: "touch denied.txt", selected: 1 } }],
  ["opencode", "always", asks("permission", "This will allow the following patterns until OpenCode is restarted\n- touch *", ["Confirm", "Cancel"])],
  ["opencode", "denied", { status: "idle" }],
  ["opencode", "question", withoutCursor(asks("question", "Which colour?", ["Red", "Blue", "Type your own answer"]))],
  ["opencode", "api-error", { status: "idle", reason: "error", said: "stub error 400" }],
  ["claude", "not-logged-in", { status: "idle", reason: "login" }],
  ["gemini", "login", asks("login", "? Get started\nHow would you like to authenticate for this project?", ["Sign in with Google", "Use Gemini API Key", "Vertex AI"])],
  ["codex", "login", asks("login", "Welcome to Codex, OpenAI's command-line coding agent\nChoose how you want to use Codex.", ["Sign in with ChatGPT", "Sign in with Device Code", "Sign in another way"])],
  ["qwen", "login", asks("login", "Connect a Provider", ["Alibaba ModelStudio", "Third-party Providers", "Custom Provider"])],
  ["gemini", "plain-error", { status: "idle", reason: "login", said: "stub error 401" }],
  ["claude", "denied", { status: "idle" }],
  ["claude", "background-agent", { status: "working" }],
  ["claude", "rate-limit", { status: "idle", reason: "rate limit", said: "API Error: Request rejected (429) · stub error 429", draft: "Resend your message to try again" }],
  ["claude", "five-hour-limit", { status: "idle", reason: "rate limit, resets 12:03pm (UTC)", said: "You've hit your 5-hour limit · resets 12:03pm (UTC)" }],
  ["claude", "login-error", { status: "idle", reason: "login", said: "Please run /login · API Error: 401 stub error 401", draft: "Once fixed, resend your message" }],
  ["claude", "login-dialog", LOGIN],
  ["codex", "login-error", { status: "idle", reason: "login", said: "unexpected status 401 Unauthorized: stub error 401, url: http://127.0.0.1:40000/v1/responses" }],
  ["codex", "retrying", { status: "working", reason: "We’re currently experiencing high demand, which may cause temporary errors. · attempt 3/5" }],
  ["codex", "question", asks("question", "Which colour?", ["Red", "Blue", "None of the above"])],
  ["codex", "rate-limit", { status: "idle", reason: "rate limit", said: "exceeded retry limit, last status: 429 Too Many Requests" }],
  ["codex", "plan-limit", { status: "idle", reason: "rate limit, resets 12:28 PM", said: "You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or try again\nat 12:28 PM." }],
  ["gemini", "api-error", { status: "idle", reason: "error", said: "stub error 400" }],
  ["gemini", "limit-stopped", { status: "idle", reason: "rate limit, resets after 3h5m", said: "stub error 429\nSuggested retry after 11100s." }],
  ["gemini", "compressing", { status: "working" }],
  ["gemini", "question", asks("question", "Which colour?", ["Red", "Blue", "Enter a custom value"])],
  ["gemini", "pro-limit", limits("11:56 AM", "", ["Keep trying", "Stop"])],
  ["gemini", "credits-limit", limits("12:09 PM", "/auth to switch to API key.\nYou have 100 AI Credits available.\nHow would you like to proceed?", ["Use AI Credits - Continue this request (Overage)", "Manage - View balance and purchase more credits", "Switch to gemini-3-flash-preview", "Stop - Abort request"])],
  ["gemini", "no-credits-limit", limits("12:08 PM", "/auth to switch to API key.\nTo continue using this model now, purchase more AI Credits.\nNewly purchased AI credits may take a few minutes to update.\nHow would you like to proceed?", ["Get AI Credits - Open browser to purchase credits", "Switch to gemini-3-flash-preview", "Stop - Abort request"])],
  ["gemini", "verify-account", asks("login", "Further action is required to use this service.", ["Verify your account", "Change authentication"])],
  ["opencode", "login-error", { status: "idle", reason: "login", said: "stub error 401" }],
  ["opencode", "retrying", { status: "working", reason: "stub error 429 · attempt #1" }],
  ["opencode", "retrying-limit", { status: "working", reason: "stub error 429 · again in 3h · attempt #1" }],
  ["qwen", "retrying", { status: "working", reason: "429 stub error 429 · attempt 1/10" }],
  ["qwen", "background-agent", { status: "working" }],
  ["qwen", "denied", { status: "idle" }],
  ["qwen", "api-error", { status: "idle", reason: "error", said: "stub error 400" }],
  ["qwen", "login-error", { status: "idle", reason: "login", said: "stub error 401" }],
  ["copilot", "compacting", { status: "working" }],
  ["copilot", "turn-begins", { status: "working" }],
  ["copilot", "rate-limit", { status: "idle", reason: "rate limit", said: "Failed to get response from the AI model; retried 5 times (total retry wait time: 55.24 seconds) Last error: 429 stub error 429" }],
  ["copilot", "login-error", { status: "idle", reason: "login", said: "Authentication failed with provider at http://127.0.0.1:40000/v1 (HTTP 401).\nCheck your COPILOT_PROVIDER_API_KEY, COPILOT_PROVIDER_API_KEY_COMMAND, or COPILOT_PROVIDER_BEARER_TOKEN." }],
  ["copilot", "not-logged-in", { status: "idle", reason: "login", said: "Please use /login to sign in to use Copilot" }],
  ["copilot", "login-dialog", asks("login", "What account do you want to log into?", ["GitHub.com", "GitHub Enterprise Cloud (*.ghe.com)"])],
];

/** Not recorded: put together from the program's own texts (of the versions in test/helpers/real-agents.ts), in the place of a recorded one. */
export const COMPOSED: readonly Recorded[] = [
  ["claude", "retrying-limit", { status: "working", reason: "Session limit reached · resets 3pm · attempt 5/10" }],
  ["claude", "session-limit", { status: "idle", reason: "rate limit, resets 3pm (Europe/Berlin)", said: "You've hit your session limit · resets 3pm (Europe/Berlin)" }],
  ["claude", "login-expired", { status: "idle", reason: "login", said: "Please run /login · API Error: 401 invalid x-api-key" }],
  ["codex", "usage-limit", { status: "idle", reason: "rate limit, resets 3:05 PM", said: "You’ve hit your usage limit. Upgrade to Pro or try again at 3:05 PM." }],
  ["gemini", "usage-limit", {
    ...asks("question", "Usage limit reached for all Pro models.\nAccess resets at 3:07 PM UTC.\n/stats model for usage details\n/model to switch models.", ["Switch to gemini-2.5-flash", "Stop"]),
    reason: "rate limit, resets 3:07 PM UTC",
  }],
  ["qwen", "rate-limit", { status: "idle", reason: "rate limit", said: "Too many requests" }],
];
