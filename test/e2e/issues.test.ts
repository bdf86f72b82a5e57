// Issues of a forge as prompts: fleet create --issue and multi --issues with the real binary and a stand-in for gh.
import { beforeAll, beforeEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { standInForForge } from "../helpers/forge";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const withoutForge = server.env["PATH"]!;
const glab = standInForForge(server, "glab");
const gh = standInForForge(server, "gh");

const issue = (number: number, title: string, body = "", more: object = {}) =>
  gh.view("issue", number, { number, url: `https://forge.example/acme/tool/issues/${number}`, title, body, state: "OPEN", author: { login: "octocat" }, ...more });

beforeAll(async () => {
  await repo.git("init", "-q", "--bare", "-b", "main", join(server.root, "remote.git"));
  await repo.git("remote", "add", "origin", join(server.root, "remote.git"));
  await repo.git("push", "-q", "-u", "origin", "main");
});

beforeEach(() => {
  gh.calls();
});

test("an issue is an agent's prompt and name, and its request closes it", async () => {
  issue(12, "Say the form loses its text", "Steps:\r\n1. type\u001b[31m");
  const ran = await fleet(["create", "--issue", "12", "-a", "demo", "-d", "--json", "-p", "write fix.txt fixed\ncommit Fix it"]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("issue #12 Say the form loses its text, by octocat")]);
  expect(JSON.parse(ran.stdout)).toMatchObject({ branch: "12-say-the-form-loses-its-text", issue: 12, pr: null });
  expect(gh.calls().map(({ words }) => words)).toEqual([["issue", "view", "12", "--json", "number,url,title,body,state,author"]]);
  const agent = await place.untilStatus("12-say-the-form-loses-its-text", "idle");
  expect(agent["prompt"]).toBe("Say the form loses its text\n\n(issue #12: https://forge.example/acme/tool/issues/12)\n\nSteps:\n1. type[31m\n\nwrite fix.txt fixed\ncommit Fix it");
  expect(await openTestRepo(server, agent.worktree).git("log", "-1", "--format=%s")).toBe("Fix it");
  await ok(["stop", agent.branch]);
  await ok(["pr", agent.branch]);
  expect(gh.calls().at(-1)).toMatchObject({ words: expect.arrayContaining(["--title", "Say the form loses its text"]), input: "* Fix it\n\nCloses #12" });
});

test("an answer that is no issue starts nothing", async () => {
  for (const answer of [{}, { number: "x", title: "A" }, { number: 1e400 }]) {
    gh.view("issue", 40, answer);
    const ran = await fleet(["create", "--issue", "40", "-a", "demo", "-d"]);
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([1, "", expect.stringContaining("✗ gh gave no number")]);
  }
});

test("a dry run says what it would be, and a name that is given is kept", async () => {
  issue(13, "Another");
  const before = await place.traces();
  const lines = await ok(["create", "mine", "--issue", "#13", "-a", "demo", "--dry-run"]);
  expect(lines).toStartWith("issue     #13 Another\nbranch    mine new, from ");
  expect(lines).toContain("(with the prompt)");
  expect(await place.traces()).toEqual(before);
});

test("hostile titles and bodies are text, however long", async () => {
  issue(14, `--force $(touch ${join(server.root, "pwned")}) \`id\` #{E:#(id)} ; "'`, `$(touch ${join(server.root, "pwned")})\n${"x".repeat(100_000)}\n\u001b[201~\u0003rm -rf /\n-- END`);
  await ok(["create", "--issue", "14", "-a", "demo", "-d"]);
  const branch = "14-force-touch-tmp";
  const agent = (await place.list()).find((one) => one.branch.startsWith("14-"))!;
  expect(agent.branch.length).toBeLessThanOrEqual(40);
  expect(agent.branch).toStartWith(branch.slice(0, 8));
  await place.untilStatus(agent.branch, "idle");
  expect((agent["prompt"] as string).length).toBeGreaterThan(100_000);
  expect(agent["prompt"]).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
  expect(existsSync(join(server.root, "pwned"))).toBe(false);
  issue(15, "🔥", "");
  await ok(["create", "--issue", "15", "-a", "demo", "-d"]);
  expect((await place.untilStatus("issue-15", "idle"))["prompt"]).toStartWith("Issue #15: 🔥\n\n(issue #15");
});

test("several issues are a batch, read at once and each once", async () => {
  issue(21, "Say one", "write one.txt 1");
  issue(22, "Say two", "write two.txt 2", { state: "CLOSED" });
  const before = await place.traces();
  expect(await ok(["multi", "--issues", "21,#22,21", "-a", "demo", "--dry-run"])).toMatch(/^21-say-one {2}demo {2}from main {2}#21 Say one\n22-say-two {2}demo {2}from main {2}#22 Say two\n$/);
  expect(await place.traces()).toEqual(before);
  expect(gh.calls().map(({ words }) => words[2]).sort()).toEqual(["21", "22"]);
  const ran = await fleet(["multi", "--issues", "21 22", "-a", "demo", "-d", "-p", "write both.txt x"]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("issue #22 is closed")]);
  for (const branch of ["21-say-one", "22-say-two"]) {
    const { prompt } = await place.untilStatus(branch, "idle");
    expect(prompt).toMatch(/^Say (one|two)\n\n\(issue #2[12]: [^]*write both\.txt x$/);
  }
  expect(await ok(["batch"])).toContain("issues");
  const kept = JSON.parse(place.kept("state.json")) as { agents: Record<string, { branch: string; issue?: number }> };
  expect(Object.values(kept.agents).find(({ branch }) => branch === "22-say-two")?.issue).toBe(22);
});

test("several issues are refused as a whole where one can't be read, by name", async () => {
  const before = await place.traces();
  const ran = await fleet(["multi", "--issues", "21,97,98,22", "-a", "demo"]);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("nothing was started: 2 of 4 issues can't be read")]);
  expect(ran.stderr).toContain("#97, #98: no such issue");
  gh.refuse("To get started with GitHub CLI, please run:  gh auth login");
  const out = await fleet(["multi", "--issues", "21,22", "-a", "demo"]);
  expect(out.stderr).toMatch(/#21, #22: gh refused: gh issue view: To get started[^]*gh auth login/);
  gh.refuse(null);
  expect((await fleet(["multi", "--issues", "21,22", "-a", "demo"])).stderr).toContain("an agent has this branch already: 21-say-one");
  for (const [words, text] of [[["--issues", ""], "--issues takes numbers"], [["--issues", "1,x"], "--issues takes a number or an address: x"], [["a:b", "--issues", "1"], "give tasks in one way"], [["-p", "x"], "no tasks"]] as const) {
    expect((await fleet(["multi", ...words])).stderr).toContain(text);
  }
  expect(await place.traces()).toEqual(before);
});

test("a closed issue is said to be one", async () => {
  issue(16, "Old", "", { state: "CLOSED" });
  expect((await fleet(["create", "--issue", "16", "-a", "demo", "--dry-run"])).stderr).toMatch(/issue #16 Old, by octocat\n.*issue #16 is closed/);
});

test("GitLab's issues come by glab", async () => {
  glab.view("issue", 17, { iid: 17, web_url: "https://lab.example/acme/tool/-/issues/17", title: "Lab", description: "Text", state: "opened", author: { username: "root" } });
  const ran = await fleet(["create", "--issue", "17", "-a", "demo", "--dry-run"], { env: { PATH: `${join(server.root, "bin-glab")}:${withoutForge}` } });
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("issue #17 Lab, by root")]);
  expect(glab.calls().map(({ words }) => words)).toEqual([["issue", "view", "17", "--output", "json"]]);
});

test("what can't be read is refused with the next command, and nothing is made", async () => {
  const before = await place.traces();
  const refused = async (...words: string[]) => (await fleet(["create", "-a", "demo", ...words])).stderr;
  expect(await refused("--issue", "99")).toMatch(/no such issue: #99[^]*gh issue list/);
  issue(18, "A pull request", "", { url: "https://forge.example/acme/tool/pull/18" });
  expect(await refused("--issue", "18")).toMatch(/not an issue, but a pull request: #18[^]*fleet create --pr 18/);
  issue(12, "Say the form loses its text");
  expect(await refused("--issue", "12")).toMatch(/an agent has this branch already: 12-say-the-form-loses-its-text[^]*fleet attach/);
  gh.refuse("To get started with GitHub CLI, please run:  gh auth login");
  expect(await refused("--issue", "12")).toMatch(/gh refused: gh issue view[^]*gh auth login/);
  gh.refuse(null);
  const none = await fleet(["create", "--issue", "12", "-a", "demo"], { env: { PATH: withoutForge } });
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("neither gh nor glab is on PATH")]);
  expect(await place.traces()).toEqual(before);
});
