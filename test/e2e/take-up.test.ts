// fleet create --pr: a pull or merge request that is there, from a real bare repository with the forges' own refs.
import { beforeAll, beforeEach, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { standInForForge } from "../helpers/forge";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { terminals } from "../helpers/terminal";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const withoutForge = server.env["PATH"]!;
const glab = standInForForge(server, "glab");
const gh = standInForForge(server, "gh");
const [bare, theirs] = [join(server.root, "acme", "tool.git"), join(server.root, "stranger", "tool.git")];

const details = (number: number, head: string, more: object = {}) => ({
  number, url: `https://forge.example/acme/tool/pull/${number}`, title: `Request ${number}`, state: "OPEN", author: { login: "octocat" }, baseRefName: "main", headRefName: head,
  isCrossRepository: false, headRepositoryOwner: { login: "acme" }, headRepository: { name: "tool" }, maintainerCanModify: false, ...more,
});
const fromFork = { isCrossRepository: true, headRepositoryOwner: { login: "stranger" }, headRepository: { name: "tool" } };
const listed = (number: number, more: object = {}) => ({ number, url: `https://forge.example/acme/tool/pull/${number}`, title: "T", body: "", isDraft: false, baseRefName: "main", isCrossRepository: false, ...more });

const at = (repository: string, ref: string) => repo.git("--git-dir", repository, "for-each-ref", "--format=%(objectname)", ref);

/** A commit on `parent` with one file, which no branch here has. */
async function aCommit(parent: string, file: string): Promise<string> {
  const blob = await repo.git("hash-object", "-w", "README.md");
  const entries = await repo.git("ls-tree", parent);
  const index = join(server.root, "index");
  const tree = await openTestRepo({ env: { ...server.env, GIT_INDEX_FILE: index } }, repo.path).git("read-tree", parent).then(async () => {
    const own = openTestRepo({ env: { ...server.env, GIT_INDEX_FILE: index } }, repo.path);
    await own.git("update-index", "--add", "--cacheinfo", `100644,${blob},${file}`);
    return own.git("write-tree");
  });
  expect(entries).not.toContain(file);
  return repo.git("commit-tree", "-p", parent, "-m", `Add ${file}`, tree);
}

beforeAll(async () => {
  for (const path of [bare, theirs]) await repo.git("init", "-q", "--bare", "-b", "main", path);
  await repo.git("remote", "add", "origin", bare);
  await repo.git("push", "-q", "-u", "origin", "main");
});

beforeEach(() => {
  gh.calls();
  glab.calls();
  gh.open([]);
});

test("an agent starts on the request's branch, and its next commits go to that request", async () => {
  const begun = await repo.git("rev-parse", "main");
  const head = await aCommit("main", "feature.txt");
  const moved = await aCommit("main", "later.txt");
  await repo.git("push", "-q", bare, `${head}:refs/heads/feature`, `${head}:refs/pull/3/head`, `${moved}:refs/heads/main`);
  gh.view("pr", 3, details(3, "feature", { title: "Add \u001b[31ma\u001b[0m feature" }));
  const before = await place.traces();
  const dry = await ok(["create", "--pr", "3", "-a", "demo", "--dry-run"]);
  expect(dry).toContain("request   #3 Add a feature\n");
  expect(dry).toContain(`branch    feature new, from origin/feature, into main\n`);
  expect(await place.traces()).toEqual(before);

  const ran = await fleet(["create", "--pr", "#3", "-a", "demo", "-d", "--json"]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("pull request #3 by octocat: Add a feature")]);
  expect(JSON.parse(ran.stdout)).toMatchObject({ branch: "feature", pr: 3, issue: null });
  const agent = await place.agent("feature");
  const own = openTestRepo(server, agent.worktree);
  expect([await own.git("rev-parse", "HEAD"), await own.git("rev-parse", "--abbrev-ref", "@{u}")]).toEqual([head, "origin/feature"]);
  expect([agent["base"], agent["prompt"], agent.doing]).toEqual([{ branch: "main", commit: begun }, null, expect.stringContaining("#3 Add a feature")]);
  expect(await repo.git("for-each-ref", "refs/fleet/requests")).toBe("");
  expect(await repo.git("rev-parse", "origin/main")).toBe(moved);

  await ok(["stop", "feature"]);
  await own.commit("More");
  await ok(["rename", "feature", "mine"]);
  gh.open([listed(3), listed(4)]);
  expect(JSON.parse(await ok(["pr", "mine", "--json"]))).toMatchObject({ number: 3, head: "feature", opened: false });
  expect([await at(bare, "refs/heads/feature"), await at(bare, "refs/heads/mine")]).toEqual([await own.git("rev-parse", "HEAD"), ""]);
  expect(gh.calls().map(({ words }) => words[1])).not.toContain("create");
  await ok(["kill", "mine", "--yes"]);
  expect(await at(bare, "refs/heads/feature")).not.toBe("");
});

test("several that are started at once for one request each get its commit", async () => {
  const head = await aCommit("main", "shared.txt");
  await repo.git("push", "-q", bare, `${head}:refs/heads/shared`, `${head}:refs/pull/5/head`, `${await aCommit("origin/main", "onward.txt")}:refs/heads/main`);
  gh.view("pr", 5, details(5, "shared"));
  const names = Array.from({ length: 8 }, (_, i) => `shared-${i}`);
  const rans = await Promise.all(names.map((name) => fleet(["create", name, "--pr", "5", "-a", "demo", "-d"])));
  expect(rans.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)).toEqual([]);
  expect(await Promise.all(names.map((name) => repo.git("rev-parse", name)))).toEqual(names.map(() => head));
  expect(await repo.git("for-each-ref", "refs/fleet/requests")).toBe("");
  await ok(["kill", ...names, "--yes", "--delete-branch"]);
});

test("a fork's branch comes through the target's own ref, and goes back to the fork where it takes pushes", async () => {
  const head = await aCommit("main", "fork.txt");
  await repo.git("push", "-q", theirs, `${head}:refs/heads/patch`, `${head}:refs/heads/main`);
  for (const number of [11, 12, 13]) await repo.git("push", "-q", bare, `${head}:refs/pull/${number}/head`);
  gh.view("pr", 11, details(11, "patch", { ...fromFork, maintainerCanModify: true }));
  const ran = await fleet(["create", "--pr", "11", "-a", "demo", "-d", "-p", "say hello"]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("it comes from a fork")]);
  expect((await place.agent("patch"))["prompt"]).toBe("say hello");
  await ok(["stop", "patch"]);
  const own = openTestRepo(server, (await place.agent("patch")).worktree);
  expect(await own.git("rev-parse", "HEAD")).toBe(head);
  await own.commit("For them");
  gh.open([listed(11, { isCrossRepository: true, headRepositoryOwner: { login: "stranger" } })]);
  expect(JSON.parse(await ok(["pr", "patch", "--json"]))).toMatchObject({ number: 11, remote: theirs, opened: false });
  expect([await at(theirs, "refs/heads/patch"), await at(bare, "refs/heads/patch")]).toEqual([await own.git("rev-parse", "HEAD"), ""]);

  // Called like the target, which every repository has: with its owner.
  gh.view("pr", 12, details(12, "main", fromFork));
  await ok(["create", "--pr", "12", "-a", "demo", "-d"]);
  await ok(["stop", "stranger/main"]);
  const other = openTestRepo(server, (await place.agent("stranger/main")).worktree);
  await other.commit("Not for them");
  gh.open([listed(12, { isCrossRepository: true, headRepositoryOwner: { login: "stranger" } })]);
  const refused = await fleet(["pr", "stranger/main"]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("pull request #12 comes from a fork that takes no pushes from here")]);
  expect([await at(theirs, "refs/heads/main"), gh.calls().some(({ words }) => words[1] === "create")]).toEqual([head, false]);
});

test("in a clone of one branch the request's can't be followed, and is there all the same", async () => {
  const head = await aCommit("main", "single.txt");
  await repo.git("push", "-q", bare, `${head}:refs/heads/single`, `${head}:refs/pull/41/head`);
  gh.view("pr", 41, details(41, "single"));
  await repo.git("config", "remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main");
  await ok(["create", "--pr", "41", "-a", "demo", "-d"]);
  await repo.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
  expect([await repo.git("rev-parse", "single"), await repo.git("for-each-ref", "--format=%(upstream)", "refs/heads/single")]).toEqual([head, ""]);
  // One whose branch is gone there, as after a merge, comes by the forge's own ref.
  await repo.git("push", "-q", bare, `${head}:refs/pull/42/head`);
  gh.view("pr", 42, details(42, "long-gone", { state: "MERGED" }));
  await ok(["create", "--pr", "42", "-a", "demo", "-d"]);
  expect(await repo.git("rev-parse", "long-gone")).toBe(head);
});

test("a branch of that name that is here is asked for, brought up to the request, and never deleted with the agent", async () => {
  const first = await aCommit("main", "old.txt");
  const second = await aCommit(first, "new.txt");
  await repo.git("branch", "topic", first);
  await repo.git("push", "-q", bare, `${second}:refs/pull/21/head`);
  gh.view("pr", 21, details(21, "topic", { state: "MERGED" }));
  const refused = await fleet(["create", "--pr", "21", "-a", "demo", "-d"]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("the branch exists: topic")]);
  expect(refused.stderr).toContain("fleet create --pr 21 --existing");
  expect(refused.stderr).toMatch(/pull request #21 by octocat: Request 21\n.*pull request #21 is merged/);
  // A create that fails leaves the branch where it was.
  const config = join(server.fleetHome, "config.toml");
  writeFileSync(config, `[setup]\nrun = ["git log -1 --format=%s; false"]\n`);
  const failed = await fleet(["create", "--pr", "21", "--existing", "-a", "demo"]);
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining("Add new.txt")]);
  rmSync(config);
  expect(await repo.git("rev-parse", "topic")).toBe(first);
  await ok(["create", "--pr", "21", "--existing", "-a", "demo", "-d"]);
  expect(await repo.git("rev-parse", "topic")).toBe(second);
  await ok(["kill", "topic", "--yes"]);
  expect(await repo.git("rev-parse", "topic")).toBe(second);

  const parted = await aCommit("main", "elsewhere.txt");
  await repo.git("branch", "-f", "topic", parted);
  const apart = await fleet(["create", "--pr", "21", "--existing", "-a", "demo", "-d"]);
  expect([apart.code, apart.stderr]).toEqual([1, expect.stringContaining("the branch and the request have parted: topic")]);
  expect([await repo.git("rev-parse", "topic"), (await place.list()).map(({ branch }) => branch)]).toEqual([parted, expect.not.arrayContaining(["topic"])]);
  // Under another name it can be had all the same.
  await ok(["create", "topic-again", "--pr", "21", "-a", "demo", "-d"]);
  expect(await repo.git("rev-parse", "topic-again")).toBe(second);
});

test("on a terminal the branch that is here is asked about", async () => {
  await ok(["kill", "topic-again", "--yes"]);
  const second = await at(bare, "refs/pull/21/head");
  await repo.git("branch", "-f", "topic", `${second}~1`);
  const openTerminal = await terminals(server.env);
  const terminal = await openTerminal(`export PATH='${server.env["PATH"]!}'; cd '${repo.path}' && '${await binary()}' create --pr 21 -a demo -d; echo "code=$?"; exec sleep 1000`);
  await terminal.shows("The branch topic exists. Work on it?");
  await terminal.keys("y", "Enter");
  await terminal.shows("code=0");
  await terminal.close();
  expect([await repo.git("rev-parse", "topic"), (await place.agent("topic"))["base"]]).toEqual([second, { branch: "main", commit: await repo.git("rev-parse", "main") }]);
});

test("a create that fails leaves nothing of what it fetched but the remote's own branches", async () => {
  const head = await at(bare, "refs/pull/13/head");
  gh.view("pr", 13, details(13, "patch-13", fromFork));
  for (const { branch, status } of await place.list()) if (status !== "stopped") await place.untilStatus(branch, "idle");
  const before = await place.traces();
  const config = join(server.fleetHome, "config.toml");
  writeFileSync(config, `[setup]\nrun = ["git log -1 --format=%H; false"]\n`);
  const failed = await fleet(["create", "--pr", "13", "-a", "demo"]);
  rmSync(config);
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining(head)]);
  expect(await place.traces()).toEqual(before);
});

test("GitLab's merge requests come by glab, from the ref that GitLab has", async () => {
  const head = await aCommit("main", "lab.txt");
  await repo.git("push", "-q", bare, `${head}:refs/merge-requests/5/head`);
  glab.view("mr", 5, { iid: 5, web_url: "https://lab.example/acme/tool/-/merge_requests/5", title: "Lab", state: "opened", author: { username: "root" }, target_branch: "main", source_branch: "lab", source_project_id: 1, target_project_id: 1 });
  const path = `${join(server.root, "bin-glab")}:${withoutForge}`;
  const ran = await fleet(["create", "--pr", "!5", "-a", "demo", "-d"], { env: { PATH: path } });
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("merge request !5 by root: Lab")]);
  expect(glab.calls().map(({ words }) => words)).toEqual([["mr", "view", "5", "--output", "json"]]);
  expect(await repo.git("rev-parse", "lab")).toBe(head);
});

test("what can't be taken up is refused with the next command, and nothing is made", async () => {
  for (const { branch, status } of await place.list()) if (status !== "stopped") await place.untilStatus(branch, "idle");
  const before = await place.traces();
  const refused = async (words: string[], env: Record<string, string> = {}) => (await fleet(["create", "-a", "demo", ...words], { env })).stderr;
  expect(await refused(["--pr", "99"])).toMatch(/no such pull request: #99[^]*gh pr list/);
  expect(await refused(["--pr", "seven"])).toContain("--pr takes a number or an address: seven");
  expect(await refused(["--pr", "0"])).toContain("--pr takes a number or an address: 0");
  expect(await refused(["--pr", "https://github.com/other/tool/pull/3"])).toContain("#3 is of another repository: github.com/other/tool");
  expect(await refused(["--pr", "3", "--base", "main"])).toContain("--base does not go with --pr");
  expect(await refused(["--pr", "3", "--issue", "4"])).toContain("give one of them");
  expect(await refused([])).toContain("missing: branch, the new branch");
  expect(await refused(["--pr", "3"], { PATH: withoutForge })).toContain("https://cli.github.com");
  gh.view("pr", 31, details(31, "no-ref"));
  expect(await refused(["--pr", "31"])).toContain("the remote does not give the request's branch: origin refs/pull/31/head");
  for (const [number, head] of [[32, "-x"], [33, "a..b"], [34, "+refs/heads/main"], [35, "$(touch pwned)"], [36, "x:refs/heads/main"]] as const) {
    gh.view("pr", number, details(number, head));
    expect(await refused(["--pr", String(number)])).toMatch(/git does not allow the branch name|does not give the request's branch/);
  }
  expect(existsSync(join(repo.path, "pwned"))).toBe(false);
  expect(await place.traces()).toEqual(before);
  await repo.git("remote", "rename", "origin", "away");
  await repo.git("remote", "add", "second", bare);
  expect(await refused(["--pr", "3"])).not.toContain("several remotes");
  await repo.git("branch", "--unset-upstream", "main");
  await repo.git("config", "remote.second.gh-resolved", "base");
  expect(await refused(["--pr", "31"])).toContain("the remote does not give the request's branch: second refs/pull/31/head");
  await repo.git("config", "--unset", "remote.second.gh-resolved");
  expect(await refused(["--pr", "3"])).toContain("several remotes, and main follows none");
  for (const name of ["away", "second"]) await repo.git("remote", "remove", name);
  expect(await refused(["--pr", "3"])).toMatch(/the repository has no remote on a forge[^]*remote add origin URL/);
  expect(readFileSync(join(server.fleetHome, "state.json"), "utf8")).not.toContain("pwned");
});
