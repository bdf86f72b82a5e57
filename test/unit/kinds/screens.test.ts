// What each program's screen says, by recorded screens (120x40), and the keys that answer it.
import { describe, expect, test } from "bun:test";
import { builtInKind } from "../../../src/kinds/index";
import type { Answer, ScreenReading } from "../../../src/kinds/kind";
import { asks, CLAUDE, CODEX, COMPOSED, COPILOT, GEMINI, lines, OPENCODE, QUESTION, QWEN, read, RECORDED } from "../../helpers/recorded-screens";

test.each([...RECORDED])("%s, %s", (kind, name, reading) => {
  expect(read(kind, lines(kind, name))).toEqual(reading);
});

test.each([...COMPOSED])("%s, %s, by its program's texts", (kind, name, reading) => {
  expect(read(kind, lines(kind, name))).toEqual(reading);
});

test("a retry in claude is one only in the spinner's place, and while it works", () => {
  const screen = lines("claude", "retrying");
  const at = screen.findIndex((line) => line.includes("retrying"));
  expect(read("claude", screen.with(at, "  500 stub error 500 · retrying in 9s · attempt 5/10"))).toEqual({ status: "working" });
  expect(read("claude", screen.with(at, "✻ Mulling… (3s · esc to interrupt)").toSpliced(at - 2, 0, "● API error · retrying in 9s · attempt 5/10"))).toEqual({ status: "working" });
  expect(read("claude", screen.map((line) => line.replace(" · esc to interrupt", "")))).toMatchObject({ status: "idle" });
});

test("gemini's question of trust, answered, stays there until it has started anew", () => {
  const screen = [...lines("gemini", "trust").filter((line) => line !== ""), "", " Gemini CLI is restarting to apply the trust changes...", ""];
  expect(read("gemini", screen)).toEqual({ status: "starting" });
  expect(read("gemini", [...screen, "⚠  Warning: True color (24-bit) support not detected.", ""])).toEqual({ status: "starting" });
});

test("Gemini's question of trust has no choices to take while another dialog stands above it: keys go to both", () => {
  const both = [...lines("gemini", "permission").filter((line) => /^\s*[╭│╰]/.test(line)), ...lines("gemini", "trust")];
  const reading = read("gemini", both)!;
  expect(reading).toMatchObject({ status: "waiting", reason: "trust", ask: { what: "trust", choices: [] } });
  for (const answer of [{ is: "yes" }, { is: "no" }, { is: "choice", n: 1 }] as const) expect(builtInKind("gemini")!.answerKeys!(reading.ask!, answer)).toBeNull();
});

test("opencode's own dialogs stand over an input box that is not to be typed into", () => {
  expect(read("opencode", lines("opencode", "connect-dialog"))).toEqual({ status: "waiting", reason: "login", ask: { what: "login", text: "Connect a provider", choices: [] } });
  expect(read("opencode", lines("opencode", "commands-dialog"))).toEqual({ status: "waiting", reason: "question", ask: { what: "question", text: "Commands", choices: [] } });
  // What its model says is no dialog, wherever the words stand.
  const table = lines("opencode", "done").map((line) => line.replace(/STUB-OK .*/, "open a dialog      esc"));
  expect(read("opencode", table)?.status).toBe("idle");
  expect(builtInKind("opencode")!.answerKeys!({ what: "question", text: "Commands", choices: [] }, { is: "no" })).toEqual([["Escape"]]);
});

test("opencode's question is the same one while the choice that was taken has its mark", () => {
  const screen = lines("opencode", "question");
  expect(read("opencode", screen.map((line) => line.replace("2. Blue", "2. Blue ✓")))).toEqual(read("opencode", screen)!);
  expect(screen.join()).toContain("2. Blue");
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
    ["codex", asks("question", "Which?", ["Red", "Blue", "None of the above"]), { is: "choice", n: 2 }, [["Down"], ["Enter"]]],
    ["codex", asks("question", "Which?", ["Red", "Blue", "None of the above"]), { is: "text", text: "x" }, [["Down"], ["Down"], ["Tab"]]],
    ["codex", asks("question", "Which?", ["Red", "Blue", "None of the above"]), { is: "no" }, [["Escape"]]],
    ["codex", read("codex", lines("codex", "hooks-review"))!, { is: "text", text: "x" }, null],
    // By Enter that choice only opens a box.
    ["copilot", COPILOT, { is: "choice", n: 3 }, [["Escape"]]],
    ["copilot", COPILOT, { is: "choice", n: 2 }, [["Down"], ["Enter"]]],
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

test("Codex: all of a long draft with blank lines is read, whether or not there is room for the footer", () => {
  const draft = Array.from({ length: 28 }, (_, i) => (i % 5 === 3 ? "" : `line ${i}`));
  const box = [...draft.map((line, i) => `${i === 0 ? "›" : " "} ${line}`.trimEnd())];
  const above = ["• Said before.", "", "  Worked for 1s", ""];
  const footer = ["", "  gpt-5.1-codex default · ~/code"];
  for (const screen of [[...above, ...box, ...footer], [...above, ...box]]) expect(read("codex", screen)).toEqual({ status: "idle", said: "Said before.", draft: draft.join("\n") });
  // Below the last prompt of a conversation stands what was said to it.
  expect(read("codex", ["› a prompt", "", "• Said to it.", ""])).toBeNull();
});

test("Copilot works on after one Esc, whatever its hint says then", () => {
  const screen = lines("copilot", "turn-begins").map((line) => line.replace("esc esc edit prompt", "esc again to edit prompt"));
  expect(screen.join("\n")).toContain("esc again to edit prompt");
  expect(read("copilot", screen)).toMatchObject({ status: "working" });
});

test("Codex: all of a script is asked for, a reason may be a question, and a label's second row may begin with a number", () => {
  const screen = (reason: string, ...command: string[]) => ["", "  Would you like to run the following command?", "", `  Reason: ${reason}`, "", ...command.map((row, i) => (i === 0 ? `  $ ${row}` : row && `  ${row}`)), "",
    "› 1. Yes, proceed (y)", "  2. Yes, and don't ask again for commands that start with `touch aa", "     1. b` (p)", "  3. No, and tell Codex what to do differently (esc)", "", "  Press enter to confirm or esc to cancel"];
  const script = ["rm -rf important", "echo really?", "", "touch hidden"];
  for (const reason of ["it says so", "May it?"]) {
    expect(read("codex", screen(reason, ...script))).toMatchObject({ reason: "permission", ask: { what: "permission", text: "rm -rf important\necho really?\ntouch hidden", selected: 0 } });
  }
  expect(read("codex", screen("so", "ls"))!.ask!.choices).toHaveLength(3);
});

test("a draft that only begins like a program's own hint is a draft", () => {
  const box = { claude: /^❯\u00a0$/, opencode: /^ {2}┃$/, qwen: /^>   Type your message or @path\/to\/file$/ };
  for (const [kind, mark, hint, draft] of [["claude", "❯\u00a0", 'Try "fix it"', 'Try "bun test" first'], ["opencode", "  ┃  ", 'Ask anything… "Fix a bug"', "Ask anything of them"], ["qwen", ">   ", "Type your message or @path/to/file", "Type your message or @foo"]] as const) {
    const screen = lines(kind, "done");
    const at = screen.findLastIndex((line) => box[kind].test(line));
    expect(read(kind, screen.with(at, `${mark}${hint}`))!.draft).toBeUndefined();
    expect(read(kind, screen.with(at, `${mark}${draft}`))!.draft).toBe(draft);
  }
});

test("Gemini without colours has its input box between rules", () => {
  const rule = "─".repeat(100);
  const screen = (text: string) => ["✦ Said before.", "", rule, " Shift+Tab to accept edits", rule, ` >   ${text}`, rule, " workspace (/directory)      branch", " ~/code/repo                 main"];
  expect(read("gemini", screen("Type your message or @path/to/file"))).toEqual({ status: "idle", said: "Said before." });
  expect(read("gemini", screen("half draft"))).toEqual({ status: "idle", said: "Said before.", draft: "half draft" });
});
