// What a pull request is to be, decided without git or a forge.
import { describe, expect, test } from "bun:test";
import { chooseProgram, editedText, nameOnRemote, numberInUrl, placeOfUrl, repoWord, requestOf, requestText } from "../../src/fleet/forge/plan";
import type { PullRequest } from "../../src/ports/forge/requests";

test.each([
  ["https://github.com/acme/tool.git", "github.com", "acme/tool"],
  ["https://user:word@GitHub.com/acme/tool/", "github.com", "acme/tool"],
  ["git@github.com:acme/tool.git", "github.com", "acme/tool"],
  ["ssh://git@gitlab.example.org:2222/group/sub/tool.git", "gitlab.example.org", "group/sub/tool"],
  ["github-work:acme/tool", "github-work", "acme/tool"],
])("%s is a place on a host", (url, host, path) => expect(placeOfUrl(url)).toEqual({ host, path }));

test.each(["/srv/git/tool.git", "../tool", "file:///srv/git/tool.git", ""])("%p is no host's", (url) => expect(placeOfUrl(url)).toBeNull());

describe("the program", () => {
  test("is the host's own, and of other hosts the one that is there", () => {
    expect(chooseProgram("github.com", ["gh", "glab"])).toBe("gh");
    expect(chooseProgram("gitlab.example.org", ["gh", "glab"])).toBe("glab");
    expect(chooseProgram("git.example.org", ["glab"])).toBe("glab");
    expect(chooseProgram("notgithubby.example.org", ["glab"])).toBe("glab");
    expect(chooseProgram(null, ["gh"])).toBe("gh");
  });

  test("is refused where it is missing, with how to install it", () => {
    expect(() => chooseProgram("github.com", ["glab"])).toThrow("gh is not on PATH");
    expect(() => chooseProgram("gitlab.com", ["gh"])).toThrow("glab is not on PATH");
    expect(() => chooseProgram(null, [])).toThrow("neither gh nor glab");
  });

  test("is told the repository, but not by an ssh alias", () => {
    expect(repoWord("gh", { host: "github.com", path: "acme/tool" })).toBe("github.com/acme/tool");
    expect(repoWord("glab", { host: "gitlab.com", path: "acme/tool" })).toBe("https://gitlab.com/acme/tool");
    expect(repoWord("gh", { host: "github-work", path: "acme/tool" })).toBeNull();
  });
});

test("a remote's branch goes by its name there", () => {
  expect(nameOnRemote("origin/main", ["origin"])).toBe("main");
  expect(nameOnRemote("feature/main", ["origin"])).toBe("feature/main");
});

test("a request's number is at the end of its address", () => {
  expect(["https://github.com/acme/tool/pull/7", "https://lab.example/acme/tool/-/merge_requests/12/"].map(numberInUrl)).toEqual([7, 12]);
  expect(numberInUrl("https://github.com/acme/tool/pull/new/x")).toBeNull();
});

describe("the text", () => {
  const commits = [{ subject: "Add a form", body: "Why it is there." }, { subject: "Test it", body: "" }];

  test("has the prompt's first line as its title and the commits as its body", () => {
    expect(requestText("\n  Add a \u001b[31mlogin form\nwith care", commits)).toEqual({ title: "Add a login form", body: "* Add a form\n\n  Why it is there.\n\n* Test it" });
  });

  test("has the last commit's words without a prompt, and says them once", () => {
    expect(requestText("", commits).title).toBe("Test it");
    expect(requestText("", commits.slice(0, 1))).toEqual({ title: "Add a form", body: "Why it is there." });
  });

  test("closes the issue that the agent was started for", () => {
    expect(requestText("Add a form", commits.slice(1), 12).body).toBe("* Test it\n\nCloses #12");
    expect(requestText("", [{ subject: "Test it", body: "" }], 12)).toEqual({ title: "Test it", body: "Closes #12" });
  });

  test("is never longer than a forge takes", () => {
    const { title, body } = requestText("x".repeat(500), Array.from({ length: 500 }, () => ({ subject: "y".repeat(300), body: "" })));
    expect([[...title].length, [...body].length]).toEqual([200, 60_000]);
  });

  test("that a person edited is title and body, and refused when empty", () => {
    expect(editedText("\nTitle\n\nBody\nmore\n")).toEqual({ title: "Title", body: "Body\nmore" });
    expect(() => editedText(" \n\n")).toThrow("the text is empty");
  });
});

test("a fork's request from a branch of the same name is not this one's", () => {
  const request = (number: number, owner: string | null, base = "main"): PullRequest => ({ number, owner, base, url: "", title: "", body: "", draft: false });
  expect(requestOf([request(1, "stranger")], null, "main")).toBeNull();
  expect(requestOf([request(1, null)], "me", "main")).toBeNull();
  expect(requestOf([request(1, "stranger"), request(2, "Me")], "me", "main")?.number).toBe(2);
  expect(requestOf([request(1, null, "next"), request(2, null)], null, "main")?.number).toBe(2);
});
