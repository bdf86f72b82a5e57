// Forms: what keys make of them, and how they are drawn.
import { describe, expect, test } from "bun:test";
import { branchRemark, type KnownBranches } from "../../src/fleet/popup/branch-check";
import { drawForm } from "../../src/ui/form/draw";
import { type Field, type Form, openForm, pressKey, type Step } from "../../src/ui/form/form";
import { readKeys } from "../../src/ui/form/keys";

describe("keys", () => {
  const names = (input: string) => readKeys(input).keys.map((key) => ("text" in key ? `${key.is}:${key.text}` : key.is));

  test("are read from what terminals send", () => {
    expect(names("aé日🚢")).toEqual(["text:a", "text:é", "text:日", "text:🚢"]);
    expect(names("\r\t\u001b[Z\u007f\u0003\u0005\n\u001b\r")).toEqual(["enter", "next", "previous", "backspace", "cancel", "edit", "newline", "newline"]);
    expect(names("\u001b[A\u001bOB\u001b[C\u001b[D\u001b[H\u001b[F\u001b[3~")).toEqual(["up", "down", "right", "left", "home", "end", "delete"]);
    expect(names("\u001b")).toEqual(["escape"]);
  });

  test("unknown sequences and the mouse do nothing", () => expect(names("\u001b[<0;3;4M\u001b[24~x")).toEqual(["text:x"]));

  test("a paste is one piece, and waits for its end", () => {
    expect(readKeys("\u001b[200~two\nlin")).toEqual({ keys: [], rest: "\u001b[200~two\nlin" });
    expect(names("a\u001b[200~two\nlines\u001b[201~b")).toEqual(["text:a", "paste:two\nlines", "text:b"]);
  });
});

const FIELDS: Field[] = [
  { name: "branch", label: "branch", value: "", stop: true, check: (value) => (value === "" ? { text: "a branch is needed", wrong: true } : null) },
  { name: "prompt", label: "prompt", value: "", stop: true, long: true },
  { name: "kind", label: "program", value: "claude", options: ["claude", "codex", "copilot"] },
  { name: "count", label: "how many", value: "3", range: [1, 100] },
];

/** Presses all of it, and returns what the last key gave. */
function press(form: Form, input: string): Step {
  let step: Step = { is: "form", form };
  for (const key of readKeys(input).keys) {
    if (step.is !== "form") return step;
    step = pressKey(step.form, key);
  }
  return step;
}

const values = (step: Step) => (step.is === "form" ? Object.fromEntries(step.form.fields.map((field) => [field.name, field.value])) : step.is === "done" ? step.values : {});
const open = () => openForm("a new agent", FIELDS);

describe("a form", () => {
  test("Enter goes from stop to stop, and from the last one on", () => {
    expect(press(open(), "feat\rdo it\r")).toEqual({ is: "done", values: { branch: "feat", prompt: "do it", kind: "claude", count: "3" } });
  });

  test("is not begun while something is wrong", () => {
    const step = press(open(), "\r");
    expect(step).toMatchObject({ is: "form", form: { at: 0, insisted: true } });
    expect(press(open(), "\t\r")).toMatchObject({ is: "form", form: { at: 0 } });
  });

  test("Esc and Ctrl-C leave it", () => {
    expect(press(open(), "x\u001b")).toEqual({ is: "cancelled" });
    expect(press(open(), "x\u0003")).toEqual({ is: "cancelled" });
  });

  test("text is edited where the cursor is", () => {
    expect(values(press(open(), "feet\u001b[D\u001b[D\u007fa\u001b[F!"))["branch"]).toBe("faet!");
    expect(values(press(open(), "one two\u0017"))["branch"]).toBe("one ");
    expect(values(press(open(), "one two\u0015"))["branch"]).toBe("");
    expect(values(press(open(), "日本\u007f"))["branch"]).toBe("日");
  });

  test("a pasted text keeps its lines in a prompt, and becomes one line elsewhere; controls stay out", () => {
    expect(values(press(open(), "\u001b[200~a\r\nb\u001b[201~"))["branch"]).toBe("a b");
    expect(values(press(open(), "\t\u001b[200~a\r\nb\u0007c\u001b[201~"))["prompt"]).toBe("a\nbc");
    expect(values(press(open(), "\ta\nb"))["prompt"]).toBe("a\nb");
  });

  test("choices turn, and are found by their letters", () => {
    expect(values(press(open(), "\t\t\u001b[C"))["kind"]).toBe("codex");
    expect(values(press(open(), "\t\t\u001b[D"))["kind"]).toBe("copilot");
    expect(values(press(open(), "\t\tcop"))["kind"]).toBe("copilot");
    expect(values(press(open(), "\t\tz"))["kind"]).toBe("claude");
  });

  test("a number is typed over, counted, and stays within its range", () => {
    expect(values(press(open(), "\t\t\t5"))["count"]).toBe("5");
    expect(values(press(open(), "\t\t\t12"))["count"]).toBe("12");
    expect(values(press(open(), "\t\t\t\u001b[C"))["count"]).toBe("4");
    expect(values(press(open(), "\t\t\t0"))["count"]).toBe("1");
    expect(values(press(open(), "\t\t\t999"))["count"]).toBe("9");
    expect(values(press(open(), "\t\t\tx"))["count"]).toBe("3");
  });

  test("only a long text goes to the editor", () => {
    expect(press(open(), "\u0005")).toMatchObject({ is: "form" });
    expect(press(open(), "\t\u0005")).toEqual({ is: "edit", field: "prompt" });
  });
});

describe("a drawn form", () => {
  const plain = (_: unknown, text: string) => text;
  const draw = (step: Step, width = 60) => drawForm((step as { form: Form }).form, width, plain);

  test("shows each field with its remark, and the cursor where one types", () => {
    const { lines, cursor } = draw(press(open(), "fe\r"));
    expect(lines.join("\n")).toMatch(/^ {2}branch +fe$/m);
    expect(lines.join("\n")).toMatch(/^▶ prompt/m);
    expect(lines[cursor.line]).toContain("▶ prompt");
    expect(draw(press(open(), "\r")).lines.join("\n")).toContain("a branch is needed");
    expect(draw({ is: "form", form: open() }).lines.join("\n")).not.toContain("a branch is needed");
  });

  test("a long text is folded, and its end stays in sight", () => {
    const { lines, cursor } = draw(press(open(), `\t${"word ".repeat(200)}end`));
    expect(lines.length).toBeLessThan(18);
    expect(lines[cursor.line]).toContain("end");
    for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(60);
  });
});

describe("a branch name as it is typed", () => {
  const known: KnownBranches = { agents: new Set(["mine"]), taken: new Map([["main", "/repo"]]), free: new Set(["old", "a/b"]) };
  const said = (name: string, several = false) => branchRemark(name, known, several);

  test("is free, or its culprit is named", () => {
    expect(said("feat/new")).toBeNull();
    expect(said("mine")).toEqual({ text: "an agent has this branch already", wrong: true });
    expect(said("main")).toEqual({ text: "checked out in /repo", wrong: true });
    expect(said("old")).toEqual({ text: "the branch exists: the agent goes on with it", wrong: false });
    expect(said("a")?.wrong).toBe(true);
    expect(said("old/er")?.wrong).toBe(true);
    expect(said("mine", true)).toBeNull();
  });

  test("says of every name what git says", () => {
    for (const name of ["a b", "-x", "a..b", "a~b", "a^", "a:b", "a?", "a*", "a[b", "a\\b", "a//b", "/a", "a/", "a.", ".a", "a/.b", "a.lock", "a@{b", "@", "HEAD", "a\u0007"]) {
      expect([name, said(name)?.wrong]).toEqual([name, true]);
      // git takes these two for names of what is checked out.
      if (name !== "@" && name !== "HEAD") expect([name, Bun.spawnSync(["git", "check-ref-format", "--branch", name]).exitCode]).not.toEqual([name, 0]);
    }
    for (const name of ["b", "feat/x-1", "日本", "c'b", "$(date)", "c;b", "c#b", "{a}", "c@b", "x".repeat(100)]) expect([name, said(name)]).toEqual([name, null]);
  });
});
