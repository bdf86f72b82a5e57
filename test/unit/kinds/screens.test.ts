// What each program's screen says, by recorded screens (120x40), and the keys that answer it.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtInKind } from "../../../src/kinds/index";
import type { Answer, Ask, ScreenReading } from "../../../src/kinds/kind";

const lines = (kind: string, name: string) => readFileSync(join(import.meta.dir, "../../fixtures/screens", kind, `${name}.txt`), "utf8").split("\n");
const read = (kind: string, screen: readonly string[]) => builtInKind(kind)!.readScreen!(screen, "");
const COMMAND = "touch made-by-agent.txt && echo made";
const DONE = "STUB-OK tools=1 lines=4 chars=97: first line of the task second";

function asks(what: Ask["what"], text: string, choices: string[]): ScreenReading {
  return { status: "waiting", reason: what, ask: { what, text, choices, selected: 0 } };
}

function withoutCursor({ ask, ...reading }: ScreenReading): ScreenReading {
  const { selected: _, ...rest } = ask!;
  return { ...reading, ask: rest };
}

const CLAUDE = asks("permission", COMMAND, ["Yes", "Yes, and always allow access to /home/dev/code/repo from this project", "Yes, and switch to auto mode · auto mode handles these prompts for you", "No"]);
const QUESTION = asks("question", "Which colour?", ["Red", "Blue", "Type something.", "Chat about this"]);
const CODEX = asks("permission", "touch made-by-agent.txt #escalate", ["Yes, proceed (y)", "Yes, and don't ask again for commands that start with `touch made-by-agent.txt #escalate` (p)", "No, and tell Codex what to do differently (esc)"]);
const GEMINI = asks("permission", COMMAND, ["Allow once", "Allow for this session", "No, suggest changes (esc)"]);
const QWEN = asks("permission", COMMAND, ["Yes, allow once", "Always allow run 'touch *' commands in this project", "Always allow run 'touch *' commands for this user", "No, suggest changes (esc)"]);
const COPILOT = asks("permission", COMMAND, ["Yes", "Yes, and don't ask again for `touch` in this repo (/home/dev/code/repo)", "No, and tell Copilot what to do differently (Esc to stop)"]);
// Which button is marked, colours tell.
const OPENCODE = withoutCursor(asks("permission", COMMAND, ["Allow once", "Allow always", "Reject"]));

const screens: [kind: string, screen: string, reading: ScreenReading][] = [
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
];

test.each(screens)("%s, %s", (kind, name, reading) => {
  expect(read(kind, lines(kind, name))).toEqual(reading);
});

/** Not recorded: put together from the program's own texts (of the versions in test/helpers/real-agents.ts), in the place of a recorded one. */
const composed: [kind: string, screen: string, reading: ScreenReading][] = [
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

test.each(composed)("%s, %s, by its program's texts", (kind, name, reading) => {
  expect(read(kind, lines(kind, name))).toEqual(reading);
});

test("a retry in claude is one only in the spinner's place, and while it works", () => {
  const screen = lines("claude", "retrying");
  const at = screen.findIndex((line) => line.includes("retrying"));
  expect(read("claude", screen.with(at, "  500 stub error 500 · retrying in 9s · attempt 5/10"))).toEqual({ status: "working" });
  expect(read("claude", screen.with(at, "✻ Mulling… (3s · esc to interrupt)").toSpliced(at - 2, 0, "● API error · retrying in 9s · attempt 5/10"))).toEqual({ status: "working" });
  expect(read("claude", screen.map((line) => line.replace(" · esc to interrupt", "")))).toMatchObject({ status: "idle" });
});

test("qwen asks the same beside the bar of a long transcript", () => {
  const long = lines("qwen", "question").map((line) => `${line.trimEnd().padEnd(159)}█`);
  expect(read("qwen", long)).toEqual(asks("question", "Which colour?", ["Red", "Blue", "Type something..."]));
});

describe("questions before the first prompt", () => {
  test("claude asks for trust, without numbers, and the cursor stands on No", () => {
    expect(read("claude", lines("claude", "trust"))).toMatchObject({ status: "waiting", reason: "trust", ask: { what: "trust", choices: ["No, exit", "Yes, I trust this folder"], selected: 0 } });
  });
  test("gemini asks for trust, under a title that says ready", () => {
    expect(read("gemini", lines("gemini", "trust"))).toMatchObject({ reason: "trust", ask: { what: "trust", choices: ["Trust folder (repo)", "Trust parent folder (home-dev-code)", "Don't trust"] } });
  });
  test("codex, copilot and qwen ask for trust", () => {
    expect(read("codex", lines("codex", "trust"))).toMatchObject({ reason: "trust", ask: { what: "trust", choices: ["Trust and continue", "Back to Agent Command Center"], selected: 0 } });
    expect(builtInKind("codex")!.answerKeys!(read("codex", lines("codex", "trust"))!.ask!, { is: "yes" })).toEqual([["Enter"]]);
    expect(read("copilot", lines("copilot", "trust"))).toMatchObject({ reason: "trust", ask: { what: "trust", choices: ["Yes", "Yes, and remember this folder for future sessions", "No (Esc)"], selected: 0 } });
    expect(read("copilot", lines("copilot", "trust"))!.ask!.text).not.toContain("─");
    expect(read("qwen", lines("qwen", "trust"))).toMatchObject({ reason: "trust", ask: { what: "trust", choices: ["Trust folder (repo)", "Trust parent folder (code)", "Don't trust (esc)"], selected: 0 } });
  });
  test("codex asks for hooks to be reviewed", () => {
    expect(read("codex", lines("codex", "hooks-review"))).toMatchObject({ status: "waiting", ask: { what: "question", choices: ["Review hooks", "Trust all and continue", "Continue without trusting (hooks won't run)"] } });
  });
});

describe("the same words elsewhere", () => {
  test("in what an agent says or a person writes ask nothing", () => {
    const words = ["Do you want to proceed?", "❯ 1. Yes", "› 1. Yes, proceed (y)", "● 1. Allow once", "  2. No", "Esc to cancel · Tab to amend", "Press enter to confirm or esc to cancel", "△ Permission required", "esc to interrupt"];
    for (const kind of ["claude", "codex", "gemini", "qwen", "copilot", "opencode"]) {
      const screen = lines(kind, "done");
      const at = screen.findIndex((line) => line.includes("STUB-OK"));
      screen.splice(at + 1, 0, "", ...words.map((word) => `  ${word}`), "");
      expect(read(kind, screen)?.status).toBe("idle");
    }
  });

  test("on a shell's or another program's screen say nothing", () => {
    for (const kind of ["claude", "codex", "gemini", "qwen", "copilot", "opencode"]) {
      expect(read(kind, ["$ echo esc to interrupt", "esc to interrupt", "$ "])).toBeNull();
      expect(read(kind, [])).toBeNull();
    }
  });

  test("a screen of half a frame asks nothing that has no choices", () => {
    const half = lines("claude", "permission").filter((line) => !/\d\. /.test(line) && !line.includes("❯"));
    expect(read("claude", half)?.status).not.toBe("waiting");
  });
});

describe("keys", () => {
  const rows: [kind: string, reading: ScreenReading, answer: Answer, keys: string[][] | null][] = [
    ["claude", CLAUDE, { is: "yes" }, [["1"]]],
    ["claude", CLAUDE, { is: "always" }, [["2"]]],
    ["claude", CLAUDE, { is: "no" }, [["Escape"]]],
    ["claude", CLAUDE, { is: "choice", n: 4 }, [["4"]]],
    ["claude", CLAUDE, { is: "choice", n: 5 }, null],
    ["claude", CLAUDE, { is: "text", text: "no, rm" }, null],
    ["claude", QUESTION, { is: "choice", n: 2 }, [["2"]]],
    ["claude", QUESTION, { is: "yes" }, null],
    ["claude", QUESTION, { is: "text", text: "green" }, [["3"]]],
    ["codex", CODEX, { is: "yes" }, [["y"]]],
    ["codex", CODEX, { is: "always" }, [["p"]]],
    ["codex", CODEX, { is: "no" }, [["Escape"]]],
    ["codex", CODEX, { is: "choice", n: 3 }, [["Escape"]]],
    ["codex", CODEX, { is: "text", text: "x" }, null],
    ["gemini", GEMINI, { is: "yes" }, [["Enter"]]],
    ["gemini", GEMINI, { is: "always" }, [["Down"], ["Enter"]]],
    ["gemini", GEMINI, { is: "no" }, [["Escape"]]],
    ["gemini", GEMINI, { is: "text", text: "x" }, null],
    ["qwen", QWEN, { is: "choice", n: 3 }, [["Down"], ["Down"], ["Enter"]]],
    ["qwen", QWEN, { is: "yes" }, [["Enter"]]],
    ["copilot", COPILOT, { is: "always" }, [["Down"], ["Enter"]]],
    ["copilot", COPILOT, { is: "no" }, [["Escape"]]],
    ["opencode", OPENCODE, { is: "yes" }, [["Enter"]]],
    ["opencode", { ...OPENCODE, ask: { ...OPENCODE.ask!, selected: 1 } }, { is: "yes" }, [["Left"], ["Enter"]]],
    ["opencode", { ...OPENCODE, ask: { ...OPENCODE.ask!, selected: 2 } }, { is: "always" }, [["Left"], ["Enter"], ["Enter"]]],
    ["opencode", asks("question", "Which?", ["Red", "Blue", "Type your own answer"]), { is: "choice", n: 2 }, [["2"]]],
    ["opencode", asks("question", "Which?", ["Red", "Blue", "Type your own answer"]), { is: "text", text: "x" }, [["3"]]],
    ["gemini", asks("question", "Which?", ["Red", "Enter a custom value"]), { is: "text", text: "x" }, [["Down"]]],
    ["opencode", OPENCODE, { is: "no" }, [["Escape"]]],
    ["opencode", OPENCODE, { is: "text", text: "x" }, null],
  ];
  test.each(rows)("%s, %j, %j", (kind, reading, answer, keys) => {
    expect(builtInKind(kind)!.answerKeys!(reading.ask!, answer)).toEqual(keys);
  });

  test("trust in claude moves from where the cursor stands", () => {
    const { ask } = read("claude", lines("claude", "trust"))!;
    expect(builtInKind("claude")!.answerKeys!(ask!, { is: "yes" })).toEqual([["Down"], ["Enter"]]);
    expect(builtInKind("claude")!.answerKeys!({ ...ask!, selected: 1 }, { is: "yes" })).toEqual([["Enter"]]);
    expect(builtInKind("claude")!.answerKeys!(ask!, { is: "no" })).toEqual([["Enter"]]);
  });
});
