// What people type and forges tell, as numbers, branch names, addresses and prompts.
import { describe, expect, test } from "bun:test";
import { branchOfIssue, branchOfRequest, numberOf, numbersOf, promptOfIssue, pushPlaceOf, refuseOther, siblingUrl } from "../../src/fleet/forge/name";
import type { Issue } from "../../src/ports/forge/issues";

const issue = (more: Partial<Issue> = {}): Issue => ({ number: 12, url: "https://forge.example/acme/tool/issues/12", title: "The form loses its text", body: "Steps", closed: false, author: "octocat", ...more });

describe("numbers", () => {
  test("are taken with their mark, each once", () => {
    expect(["7", "#7", "!7", " 7 "].map((word) => numberOf(word, "pr"))).toEqual(Array.from({ length: 4 }, () => ({ number: 7, of: null })));
    expect(numbersOf("12,15, #20 12", "issues").map(({ number }) => number)).toEqual([12, 15, 20]);
  });

  test.each(["", "x", "-1", "0", "1.5", "1e9", "12345678901", "7;id", "$(7)"])("%p is none", (word) => expect(() => numberOf(word, "pr")).toThrow("--pr takes a number"));
});

describe("an address", () => {
  const [github, gitlab] = [{ host: "github.com", path: "acme/tool" }, { host: "lab.example", path: "a/b/tool" }];

  test.each([
    ["https://github.com/acme/tool/pull/7", github],
    ["https://github.com/acme/tool/pull/7/", github],
    ["https://github.com/acme/tool/issues/7#issuecomment-1", github],
    ["https://lab.example/a/b/tool/-/merge_requests/7?x=y", gitlab],
    ["https://lab.example/a/b/tool/-/issues/7", gitlab],
  ])("%s is a number of a repository", (url, of) => expect(numberOf(url, "pr")).toEqual({ number: 7, of }));

  test.each(["https://github.com/acme/tool", "https://github.com/acme/tool/pull/x", "https:///pull/7", "/pull/7"])("%p is none", (word) => expect(() => numberOf(word, "pr")).toThrow("--pr takes a number"));

  test("of another repository than the remote's is refused, and an ssh alias may be any host", () => {
    refuseOther({ number: 7, of: null }, null);
    refuseOther({ number: 7, of: github }, { host: "github.com", path: "Acme/Tool" });
    refuseOther({ number: 7, of: github }, { host: "github-work", path: "acme/tool" });
    for (const here of [null, gitlab, { host: "github.com", path: "acme/other" }]) expect(() => refuseOther({ number: 7, of: github }, here)).toThrow("#7 is of another repository: github.com/acme/tool");
  });
});

describe("an issue's branch", () => {
  test.each([
    ["Fix the login form", "12-fix-the-login-form"],
    ["[bug] `fleet list` can't tell: $(rm -rf ~)", "12-bug-fleet-list-cant-tell-rm-rf"],
    ["--force; ../../etc/passwd", "12-force-etc-passwd"],
    ["ログインできない", "12-ログインできない"],
    ["Ünïcode Café", "12-unicode-cafe"],
    ["🔥🔥", "issue-12"],
    ["", "issue-12"],
    ["\u001b]0;x\u0007", "12-0-x"],
  ])("of %p is %p", (title, branch) => expect(branchOfIssue({ number: 12, title })).toBe(branch));

  test("is bounded", () => expect([...branchOfIssue({ number: 12, title: "x".repeat(100_000) })].length).toBeLessThanOrEqual(40));
});

describe("an issue's prompt", () => {
  test("is its title, where it is, its body, and what the person adds", () => {
    expect(promptOfIssue(issue(), "Begin with a test")).toBe("The form loses its text\n\n(issue #12: https://forge.example/acme/tool/issues/12)\n\nSteps\n\nBegin with a test");
    expect(promptOfIssue(issue({ body: "" }), null)).toBe("The form loses its text\n\n(issue #12: https://forge.example/acme/tool/issues/12)");
    expect(promptOfIssue(issue({ title: "\u0007", body: " \r\n" }), null)).toStartWith("Issue #12\n\n(");
  });

  test.each(["--dangerous", "/logout", "!rm -rf ~", "#x", "@x", "🔥", "$(x)", "`x`"])("begins with a word of fleet's where the title is %p", (title) => {
    expect(promptOfIssue(issue({ title }), null)).toStartWith(`Issue #12: ${title}\n`);
  });

  test("holds no control characters, which could break out of a paste", () => {
    expect(promptOfIssue(issue({ title: "-x\u001b[201~\nrm", body: "a\u001b[201~\rb\u0000c\u009b" }), null)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
  });
});

describe("a request's branch", () => {
  const fork = { owner: "octocat", name: "tool", takesPushes: true };

  test("has its own name, and a fork's with a name that every repository has its owner's before it", () => {
    expect(branchOfRequest({ number: 7, head: "main", base: "main", fork: null }, [])).toBe("main");
    expect(branchOfRequest({ number: 7, head: "patch-1", base: "main", fork }, ["dev"])).toBe("patch-1");
    expect(branchOfRequest({ number: 7, head: "main", base: "main", fork }, [])).toBe("octocat/main");
    expect(branchOfRequest({ number: 7, head: "dev", base: "main", fork }, [null, "dev"])).toBe("octocat/dev");
    expect(branchOfRequest({ number: 7, head: "main", base: "main", fork: { ...fork, owner: "" } }, [])).toBe("pr-7");
  });

  test("of a fork is pushed to a remote that is there, else to the fork's address where that takes pushes", () => {
    const remotes = new Map([["origin", "git@github.com:acme/tool.git"], ["theirs", "https://github.com/Octocat/Tool"]]);
    expect(pushPlaceOf({ ...fork, takesPushes: false }, "git@github.com:acme/tool.git", remotes)).toBe("theirs");
    expect(pushPlaceOf(fork, "git@github.com:acme/tool.git", new Map())).toBe("git@github.com:octocat/tool.git");
    expect(pushPlaceOf({ ...fork, takesPushes: false }, "git@github.com:acme/tool.git", new Map())).toBeNull();
    for (const owner of ["", "..", "-o", "a/b", "x y", "a:b", "a@b"]) expect(pushPlaceOf({ ...fork, owner }, "git@github.com:acme/tool.git", new Map())).toBeNull();
  });

  test.each([
    ["https://github.com/acme/tool.git", "https://github.com/o/n.git"],
    ["https://github.com/acme/tool", "https://github.com/o/n"],
    ["ssh://git@github.com:22/acme/tool.git/", "ssh://git@github.com:22/o/n.git"],
    ["https://octo:word@github.com/acme/tool.git", "https://github.com/o/n.git"],
    ["https://token@github.com/acme/tool", "https://github.com/o/n"],
    ["github-work:acme/tool", "github-work:o/n"],
    ["/srv/acme/tool.git", "/srv/o/n.git"],
    ["tool", null],
  ])("the address beside %s is %p", (url, beside) => expect(siblingUrl(url, "o", "n")).toBe(beside));
});
