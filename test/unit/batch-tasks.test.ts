// Tasks, names, kinds and templates of a batch: what is taken, and what is refused with which words.
import { describe, expect, test } from "bun:test";
import { kindsInOrder } from "../../src/fleet/batch/kinds";
import { listed, nextNumbers, slugOf } from "../../src/fleet/batch/names";
import { firstFree } from "../../src/fleet/naming";
import { checkTasks, type Draft, draftOfWord } from "../../src/fleet/batch/tasks";
import { fillTemplate, parseForeach } from "../../src/fleet/batch/template";
import { refusal } from "../helpers/refusal";

const drafts = (...all: Omit<Draft, "where">[]): Draft[] => all.map((draft, i) => ({ ...draft, where: `task ${i + 1}` }));

describe("a word of multi", () => {
  test("is divided at its first colon, and keeps all others, quotes and line ends", () => {
    const word = `fix/a:say "b": 'c'\n-- and --flags`;
    expect(draftOfWord(word, 0)).toEqual({ branch: "fix/a", prompt: `say "b": 'c'\n-- and --flags`, where: "task 1" });
  });
  test("without a colon, or with nothing before it, is refused by name", () => {
    expect(refusal(() => draftOfWord("fix-login", 0)).message).toBe("a task is branch:prompt: fix-login");
    expect(refusal(() => draftOfWord(":prompt", 0)).message).toBe("a task is branch:prompt: :prompt");
  });
});

describe("a task list", () => {
  test("is taken with its blanks cut and its control characters gone", () => {
    const [task] = checkTasks(drafts({ branch: " a ", prompt: "\n one\u001b[201~two\r\nthree \n", kind: " ", base: " main " }));
    expect(task).toEqual({ branch: "a", prompt: "one[201~two\nthree", kind: null, base: "main" });
  });
  test("gets branches from its prompts, each its own, and never one that another task names", () => {
    const tasks = checkTasks(drafts({ prompt: "Fix typo" }, { prompt: "Fix typo" }, { branch: "fix-typo-2", prompt: "x" }, { prompt: "Fix typo" }));
    expect(tasks.map(({ branch }) => branch)).toEqual(["fix-typo", "fix-typo-3", "fix-typo-2", "fix-typo-4"]);
  });
  test("tells every mistake at once, each at its place", () => {
    const bad = drafts({ branch: "a", prompt: "x" }, { branch: "a", prompt: "y" }, { branch: "b", prompt: "  " }, { branch: "a/c", prompt: "z" }, { prompt: "…!" }, { branch: "d\u0000", prompt: "x" });
    expect(refusal(() => checkTasks(bad))).toMatchObject({
      message: "the task list has 5 mistakes",
      detail: "task 3: b has no prompt\ntask 5: no branch, and none can be made of its prompt\ntask 6: not a branch name: d\\x00\ntask 2: a is the branch of task 1 too\ntask 4: git can't have both branches, a and a/c",
    });
  });
  test("that is empty, or too long to be meant, is refused", () => {
    expect(refusal(() => checkTasks([])).message).toBe("no tasks in the list");
    expect(refusal(() => checkTasks(Array.from({ length: 1001 }, (_, i) => ({ branch: `b${i}`, prompt: "x", where: "" })))).message).toBe("a batch is of at most 1000 agents: 1001");
  });
});

describe("a name made of a prompt", () => {
  test("is its first words, without accents, addresses and marks", () => {
    expect(slugOf("Fix the *login* form's text: it vanishes after a while")).toBe("fix-the-login-forms-text-it");
    expect(slugOf("Füge `Ärger` & Ñandú hinzu")).toBe("fuge-arger-nandu-hinzu");
    expect(slugOf("[Fix the link](https://example.org/a?b=c) on https://example.org/x now")).toBe("fix-the-link-on-now");
  });
  test("keeps other scripts, is at most 32 characters long, and empty when there are no letters", () => {
    expect(slugOf("修正する バグ")).toBe("修正する-バグ");
    expect(slugOf("x".repeat(99))).toBe("x".repeat(32));
    expect(slugOf("one two three four five six seven eight").length).toBeLessThanOrEqual(32);
    expect(slugOf("!? …")).toBe("");
    expect(slugOf("---\nFix it\nwith care")).toBe("fix-it");
  });
});

test("numbers go on after the highest, whatever else begins alike", () => {
  expect(nextNumbers("cache", 2, ["cache-3", "cache-1", "cache-12x", "cached-99", "cache-4-5", "cache"])).toEqual([4, 5]);
  expect(nextNumbers("cache", 1, [])).toEqual([1]);
});

test("a free name is the wanted one, else the first with a number", () => {
  expect([firstFree("a", () => false), firstFree("a", (name) => ["a", "a-2"].includes(name))]).toEqual(["a", "a-3"]);
  expect([2, 3, 4].map((n) => firstFree("a", (name) => ["a", "a.2", "a.3"].slice(0, n - 1).includes(name), "."))).toEqual(["a.2", "a.3", "a.4"]);
});

test("a dozen names are said, and the others counted", () => {
  expect(listed(["a", "b"])).toBe("a, b");
  expect(listed(Array.from({ length: 14 }, (_, i) => `n${i}`))).toMatch(/^n0, .*n11 and 2 more$/);
});

describe("kinds of a fanout", () => {
  test("are handed out in order", () => {
    expect(kindsInOrder(3, undefined, "claude:2, codex:1")).toEqual(["claude", "claude", "codex"]);
    expect(kindsInOrder(2, "codex", undefined)).toEqual(["codex", "codex"]);
    expect(kindsInOrder(2, undefined, undefined)).toEqual([null, null]);
  });
  test("must be as many as agents, and be given once", () => {
    expect(refusal(() => kindsInOrder(3, undefined, "claude:2")).message).toBe("--agents makes 2 agents, not 3: claude:2");
    expect(refusal(() => kindsInOrder(3, undefined, "claude:4")).message).toBe("--agents makes more than 3 agents: claude:4");
    expect(refusal(() => kindsInOrder(3, undefined, "claude")).message).toBe("--agents takes KIND:N,KIND:N: claude");
    expect(refusal(() => kindsInOrder(3, "codex", "claude:3")).message).toBe("the kind was given twice: --agent and --agents");
  });
});

describe("{{…}} in a prompt", () => {
  const values = { n: "2", branch: "x-2" };
  test("is filled in, blanks within allowed, and what it is filled with is not looked at again", () => {
    expect(fillTemplate("{{n}} of {{ branch }}; ${n} {n}", values)).toBe("2 of x-2; ${n} {n}");
    expect(fillTemplate("{{a}}", { a: "{{b}} $& $1" })).toBe("{{b}} $& $1");
  });
  test("of an unknown name is refused; --raw is offered only where it is", () => {
    expect(refusal(() => fillTemplate("${{ github.ref }}", values, { raw: true }))).toMatchObject({ message: "no value for {{ github.ref }} in the prompt", hint: "there are {{n}} {{branch}}; --raw sends the text as it is" });
    expect(refusal(() => fillTemplate("{{x}}", values)).hint).toBe("there are {{n}} {{branch}}");
    expect(refusal(() => fillTemplate("{{toString}}", values)).message).toContain("{{toString}}");
  });
});

describe("--foreach", () => {
  test("goes through all variables in step", () => {
    expect(parseForeach("a=x, y;b=1,2=3")).toEqual([{ a: "x", b: "1" }, { a: "y", b: "2=3" }]);
  });
  test.each([
    ["a=x,y;b=1", "--foreach has 2 values of a and 1 of b"],
    ["a=x;a=y", "--foreach names a variable twice: a"],
    ["a=x,,y", "--foreach has an empty value: a=x,,y"],
    ["=x", "--foreach takes name=value,value;…: =x"],
    ["a b=x", "--foreach takes name=value,value;…: a b=x"],
    [" ; ", "--foreach is empty"],
  ])("%p is refused", (text, message) => expect(refusal(() => parseForeach(text)).message).toBe(message));
});
