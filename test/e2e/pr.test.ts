// fleet pr with the real binary, a real bare repository as the remote, and stand-ins for the forges' programs.
import { beforeAll, beforeEach, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { standInForForge } from "../helpers/forge";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const withoutForge = server.env["PATH"]!;
const gh = standInForForge(server, "gh");
const glab = standInForForge(server, "glab");
const bare = join(server.root, "remote.git");
const URL = "https://forge.example/acme/tool/7";

async function agentWith(branch: string, prompt: string, ...subjects: string[]) {
  await ok(["create", branch, "-a", "demo", "-d", "-p", prompt]);
  await ok(["stop", branch]);
  const { id, worktree } = await place.agent(branch);
  const own = openTestRepo(server, worktree);
  for (const subject of subjects) {
    own.write(`${subject}.txt`, "text\n");
    await own.commit(subject);
  }
  return { id, ...own };
}

const onRemote = async (branch: string) => repo.git("--git-dir", bare, "for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`);

beforeAll(async () => {
  await repo.git("init", "-q", "--bare", "-b", "main", bare);
  await repo.git("remote", "add", "origin", bare);
  await repo.git("push", "-q", "-u", "origin", "main");
});

beforeEach(() => {
  gh.calls();
  glab.calls();
  gh.open([]);
});

test("a branch is pushed and a request opened, with the prompt's first line and the commits", async () => {
  const agent = await agentWith("one", "say Add a form\nand more", "First", "Second");
  const ran = await fleet(["pr", "one", "--draft"]);
  expect([ran.code, ran.stdout]).toEqual([0, `${URL}\n`]);
  expect(await onRemote("one")).toBe(await agent.git("rev-parse", "HEAD"));
  expect(await agent.git("rev-parse", "--abbrev-ref", "one@{u}")).toBe("origin/one");
  expect(gh.calls().at(-1)).toEqual({
    words: ["pr", "create", "--head", "one", "--base", "main", "--title", "say Add a form", "--body-file", "-", "--draft"],
    input: "* First\n* Second",
  });
  expect(glab.calls()).toEqual([]);
});

test("one that is open gets the new commits, and its text stays as it is unless edited", async () => {
  const agent = await place.agent("one");
  const own = openTestRepo(server, agent.worktree);
  await own.commit("Third");
  gh.open([
    { number: 3, url: "https://forge.example/fork/3", title: "Theirs", body: "", isDraft: false, baseRefName: "main", isCrossRepository: true, headRepositoryOwner: { login: "stranger" } },
    { number: 7, url: URL, title: "Title", body: "Body", isDraft: false, baseRefName: "main", isCrossRepository: false, headRepositoryOwner: { login: "acme" } },
  ]);
  expect(JSON.parse(await ok(["pr", "one", "--json"]))).toEqual({
    id: agent.id, branch: "one", head: "one", commit: await own.git("rev-parse", "HEAD"), remote: "origin", base: "main", number: 7, url: URL, draft: false, opened: false,
  });
  expect(await onRemote("one")).toBe(await own.git("rev-parse", "HEAD"));
  expect(gh.calls().map(({ words }) => words[1])).toEqual(["list"]);
  const editor = join(server.root, "editor");
  writeFileSync(editor, `sed -i.bak 's/^Title$/Better/; s/^Body$/Longer -- body/' "$1"\n`);
  await ok(["pr", "one", "--edit", "--draft"], { env: { EDITOR: `sh ${editor}` } });
  expect(gh.calls().slice(1)).toEqual([
    { words: ["pr", "edit", "7", "--title", "Better", "--body-file", "-"], input: "Longer -- body" },
    { words: ["pr", "ready", "7", "--undo"], input: "" },
  ]);
});

test("under another name it goes on with the request that it has", async () => {
  await ok(["rename", "one", "uno"]);
  const agent = await place.agent("uno");
  const own = openTestRepo(server, agent.worktree);
  await own.commit("Fourth");
  gh.open([{ number: 7, url: URL, title: "Title", body: "Body", isDraft: false, baseRefName: "main", isCrossRepository: false, headRepositoryOwner: { login: "acme" } }]);
  expect(await ok(["pr", "uno", "--dry-run"])).toBe(`pushes    uno to origin, where it is one\nupdates   ${URL}\n`);
  expect(await ok(["pr", "uno"])).toBe(`${URL}\n`);
  expect([await onRemote("one"), await onRemote("uno")]).toEqual([await own.git("rev-parse", "HEAD"), ""]);
  expect(gh.calls().map(({ words }) => words.slice(0, 4))).toEqual(Array.from({ length: 2 }, () => ["pr", "list", "--head", "one"]));
  // Once it is merged or closed, another one is opened under the new name.
  gh.open([]);
  await own.commit("Fifth");
  await ok(["pr", "uno"]);
  expect(await onRemote("uno")).toBe(await own.git("rev-parse", "HEAD"));
  expect(gh.calls().at(-1)?.words.slice(0, 4)).toEqual(["pr", "create", "--head", "uno"]);
});

test("uncommitted work, nothing to show, and commits that only the remote has are refused, and nothing is pushed", async () => {
  const agent = await agentWith("two", "say two");
  expect((await fleet(["pr", "two"])).stderr).toContain("two has no commits that main lacks");
  agent.write("left.txt", "x\n");
  const dirty = await fleet(["pr", "two"]);
  expect([dirty.code, dirty.stderr]).toEqual([1, expect.stringContaining("two has uncommitted work: 1 path")]);
  expect(dirty.stderr).toContain("fleet prompt two 'commit your work'");
  expect(await onRemote("two")).toBe("");
  await agent.commit("Mine");
  const theirs = await agent.git("commit-tree", "-p", "main", "-m", "Theirs", "HEAD^{tree}");
  await agent.git("push", "-q", "origin", `${theirs}:refs/heads/two`);
  const behind = await fleet(["pr", "two"]);
  expect([behind.code, behind.stderr]).toEqual([1, expect.stringContaining("origin has commits on two that are not here; nothing was pushed")]);
  expect(await onRemote("two")).toBe(theirs);
  expect(gh.calls().map(({ words }) => words[1])).not.toContain("create");
});

test("a branch that begins with a plus is never a forced push", async () => {
  const agent = await agentWith("+three", "say three", "Three");
  const theirs = await agent.git("commit-tree", "-p", "main", "-m", "Theirs", "HEAD^{tree}");
  await agent.git("push", "-q", "origin", `${theirs}:refs/heads/three`, `${theirs}:refs/heads/+three`);
  // What "+three" alone would push, by force.
  await agent.git("branch", "three", "HEAD");
  expect((await fleet(["pr", "+three"])).code).toBe(1);
  expect([await onRemote("three"), await onRemote("+three")]).toEqual([theirs, theirs]);
});

test("a dry run says what would be, and neither pushes nor opens", async () => {
  await agentWith("four", "say four", "Four");
  expect(await ok(["pr", "four", "--dry-run"])).toBe("pushes    four to origin\nopens     a request into main: say four\n");
  expect([await onRemote("four"), gh.calls().map(({ words }) => words[1])]).toEqual(["", ["list"]]);
  gh.open([{ number: 7, url: `${URL}\u001b[31m`, title: "T", body: "", isDraft: false, baseRefName: "main", isCrossRepository: false }]);
  expect(await ok(["pr", "four", "--dry-run", "--draft"])).toBe(`pushes    four to origin\nupdates   ${URL}\n          which becomes a draft\n`);
});

test("the remote's host says which program, and which repository it is told", async () => {
  await repo.git("config", `url.${bare}.pushInsteadOf`, "https://gitlab.example.org/acme/tool");
  const agent = await agentWith("five", "say five", "Five");
  await repo.git("remote", "set-url", "origin", "https://gitlab.example.org/acme/tool");
  const git = join(server.root, "bin-glab", "git");
  // What asks the host itself is answered by the bare repository.
  writeFileSync(git, `#!/bin/sh\ncase " $* " in *" ls-remote "*) exec /usr/bin/env PATH='${withoutForge}' git ls-remote '${bare}' refs/heads/main ;; esac\nexec /usr/bin/env PATH='${withoutForge}' git "$@"\n`, { mode: 0o755 });
  try {
    expect(await ok(["pr", "five"])).toBe(`${URL}\n`);
    expect(await onRemote("five")).toBe(await agent.git("rev-parse", "HEAD"));
    const repoWords = ["--repo", "https://gitlab.example.org/acme/tool"];
    expect(glab.calls().map(({ words }) => words)).toEqual([
      ["mr", "list", "--source-branch", "five", "--per-page", "50", "--output", "json", ...repoWords],
      ["mr", "create", "--source-branch", "five", "--target-branch", "main", "--title", "say five", "--description", "* Five\n", "--yes", ...repoWords],
    ]);
    expect(gh.calls()).toEqual([]);
  } finally {
    await repo.git("remote", "set-url", "origin", bare);
    writeFileSync(git, `#!/bin/sh\nexec /usr/bin/env PATH='${withoutForge}' git "$@"\n`, { mode: 0o755 });
  }
});

test("what the program refuses is told in its own words, and the next call goes on from there", async () => {
  const agent = await agentWith("six", "say six", "Six");
  gh.fail("To get started with GitHub CLI, please run:  gh auth login\n");
  const ran = await fleet(["pr", "six"]);
  expect([ran.code, ran.stdout, ran.stderr]).toEqual([1, "", expect.stringContaining("please run:  gh auth login")]);
  expect(await onRemote("six")).toBe(await agent.git("rev-parse", "HEAD"));
  gh.fail(null);
  expect(await ok(["pr", "six"])).toBe(`${URL}\n`);
});

test("a missing program and a missing remote are refused before anything is pushed", async () => {
  await agentWith("seven", "say seven", "Seven");
  const none = await fleet(["pr", "seven"], { env: { PATH: withoutForge } });
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("https://cli.github.com")]);
  expect(await onRemote("seven")).toBe("");
  await repo.git("remote", "remove", "origin");
  expect((await fleet(["pr", "seven"])).stderr).toContain("git -C");
});
