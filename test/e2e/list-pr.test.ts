// fleet list --pr with the real binary and stand-ins for the forges' programs.
import { beforeAll, beforeEach, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { standInForForge } from "../helpers/forge";
import { openPlace, placeIn } from "../helpers/place";
import { makeRepo, openTestRepo } from "../helpers/repo";
import { until } from "../helpers/until";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const withoutForge = server.env["PATH"]!;
const glab = standInForForge(server, "glab");
const gh = standInForForge(server, "gh");
const other = placeIn(server, await makeRepo(server, { name: "other" }));
const cache = join(server.fleetHome, "cache", "requests");

const row = (number: number, head: string, more: object = {}) => ({
  number, url: `https://forge.example/acme/tool/pull/${number}`, state: "OPEN", isDraft: false, headRefName: head, isCrossRepository: false, statusCheckRollup: [], reviewDecision: "", mergeable: "MERGEABLE",
  createdAt: new Date().toISOString(), ...more,
});
const passed = { __typename: "CheckRun", name: "test", workflowName: "CI", status: "COMPLETED", conclusion: "SUCCESS" };
const lists = () => gh.calls().filter(({ words }) => words[1] === "list").length;
/** As if the last answers were of `minutes` ago. */
function age(minutes: number): void {
  for (const name of readdirSync(cache)) {
    const file = join(cache, name);
    const kept = JSON.parse(readFileSync(file, "utf8")) as { at: number };
    writeFileSync(file, JSON.stringify({ ...kept, at: kept.at - minutes * 60_000 }));
  }
}
const pr = async (branch: string, options: Parameters<typeof fleet>[1] = {}) => {
  const agents = JSON.parse(await ok(["list", "--pr", "--json"], options)) as { branch: string; pr: { state: string; number: number; stale: boolean } | null }[];
  return agents.find((agent) => agent.branch === branch)!.pr;
};

beforeAll(async () => {
  for (const [one, name] of [[repo, "one.git"], [other.repo, "two.git"]] as const) {
    await one.git("init", "-q", "--bare", join(server.root, name));
    await one.git("remote", "add", "origin", join(server.root, name));
    await one.git("push", "-q", "-u", "origin", "main");
  }
  for (const branch of ["first", "second", "third"]) await ok(["create", branch, "-a", "demo", "-d"]);
  await other.ok(["create", "away", "-a", "demo", "-d"]);
});

beforeEach(() => {
  rmSync(cache, { recursive: true, force: true });
  gh.open([row(7, "first", { statusCheckRollup: [passed], reviewDecision: "APPROVED" }), row(5, "second", { state: "MERGED" }), row(6, "away", { isDraft: true })]);
  gh.calls();
});

test("requests and their checks stand in the rows, by one question a repo, which is asked again after a minute", async () => {
  expect(await ok(["list"])).not.toContain("#7");
  expect(lists()).toBe(0);
  const shown = await ok(["list", "--pr"]);
  expect(shown.split("\n")[0]).toMatch(/ pr +ci/);
  expect(shown).toMatch(/first .*#7 approved +✓ passed/);
  expect(shown).toMatch(/second .*#5 merged/);
  expect(shown).toMatch(/away .*#6 draft/);
  expect(shown).not.toMatch(/third .*#/);
  expect(gh.calls().map(({ words }) => words)).toEqual(Array.from({ length: 2 }, () => [
    "pr", "list", "--state", "all", "--limit", "100", "--json", "number,url,state,isDraft,headRefName,isCrossRepository,statusCheckRollup,reviewDecision,mergeable,createdAt",
  ]));
  gh.open([row(7, "first", { state: "MERGED" })]);
  expect(await pr("first")).toMatchObject({ state: "open", number: 7, checks: "passed", failing: [], review: "approved", conflicts: false, stale: false });
  expect(await pr("third")).toMatchObject({ state: "none", number: null });
  expect(lists()).toBe(0);
  age(2);
  expect(await pr("first")).toMatchObject({ state: "merged", stale: false });
  expect(lists()).toBe(2);
  expect((JSON.parse(await ok(["list", "--json"])) as { pr: unknown }[]).map((agent) => agent.pr)).toEqual([null, null, null, null]);
});

test("without an answer the rows come all the same, with what was last known, and one line says why", async () => {
  gh.refuse("error connecting to api.github.com");
  const none = await fleet(["list", "--pr"]);
  expect([none.code, none.stdout]).toEqual([0, expect.stringMatching(/first .* ·/)]);
  expect(none.stderr.match(/are not known/g)).toHaveLength(1);
  expect(none.stderr).toMatch(/pull requests of (repo, other|other, repo) are not known: gh refused: gh pr list: error connecting to api\.github\.com/);
  gh.refuse(null);
  await ok(["list", "--pr"]);
  age(3);
  gh.refuse("error connecting to api.github.com");
  const old = await fleet(["list", "--pr"]);
  expect([old.code, old.stdout]).toEqual([0, expect.stringMatching(/first .*~#7 approved/)]);
  expect(old.stderr).toContain("are of 3m ago: gh refused");
  expect(await pr("first")).toMatchObject({ number: 7, stale: true });
  gh.refuse(null);

  rmSync(cache, { recursive: true });
  const missing = await fleet(["list", "--pr"], { env: { PATH: withoutForge } });
  expect([missing.code, missing.stdout, missing.stderr]).toEqual([0, expect.stringContaining("third"), expect.stringContaining("neither gh nor glab is on PATH")]);
  expect(missing.stderr).toContain("https://cli.github.com");
});

test("a program that answers something else is one more reason, and no crash", async () => {
  for (const [answer, why] of [[[null], "gh gave no list: [null]"], [["x"], "gh gave no list"], [[{}], "gh gave no number"]] as const) {
    gh.open(answer as unknown as object[]);
    const ran = await fleet(["list", "--pr"]);
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, expect.stringMatching(/first .* ·/), expect.stringContaining(why)]);
  }
  gh.open([row(7, "first", { statusCheckRollup: [null, passed] })]);
  expect(await pr("first")).toMatchObject({ number: 7, checks: "passed" });
  for (const name of readdirSync(cache)) writeFileSync(join(cache, name), JSON.stringify({ version: 1, at: Date.now(), whole: true, rows: [null] }));
  expect(await pr("first")).toMatchObject({ number: 7 });
});

test("where the answer can't be kept, it is shown all the same", async () => {
  rmSync(cache, { recursive: true, force: true });
  writeFileSync(cache, "in the way");
  expect(await pr("first")).toMatchObject({ number: 7 });
  expect(lists()).toBe(2);
});

test("a forge that does not answer is left after some seconds", async () => {
  gh.slow(60);
  const began = performance.now();
  const ran = await fleet(["list", "--pr"]);
  gh.slow(0);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("gh did not answer within 8 s")]);
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(ran.stdout).toContain("first");
}, 30_000);

test("a list that is watched does not wait: what comes in is shown by the next look", async () => {
  gh.slow(2);
  const child = Bun.spawn([await binary(), "list", "--pr", "--watch", "--json"], { cwd: repo.path, env: server.env, stdout: "pipe", stderr: "ignore" });
  let text = "";
  const reading = (async () => { for await (const bytes of child.stdout) text += Buffer.from(bytes).toString(); })();
  const news = () => text.split("\n").filter(Boolean).map((line) => JSON.parse(line) as { is: string; branch: string; pr: { number: number } | null });
  await until(async () => news().some(({ is, branch, pr: request }) => is === "changed" && branch === "first" && request?.number === 7), { what: "the request", show: () => text });
  expect(news().find(({ branch }) => branch === "first")).toMatchObject({ is: "added", pr: null });
  child.kill("SIGINT");
  await Promise.all([reading, child.exited]);
  gh.slow(0);
  expect(lists()).toBe(2);
}, 30_000);

test("GitLab's merge requests get their pipelines by a second list", async () => {
  const mr = (iid: number, branch: string, sha: string, more: object = {}) => ({
    iid, web_url: `https://lab.example/acme/tool/-/merge_requests/${iid}`, state: "opened", draft: false, source_branch: branch, source_project_id: 1, target_project_id: 1, sha, has_conflicts: false,
    detailed_merge_status: "mergeable", created_at: new Date().toISOString(), ...more,
  });
  glab.open([mr(3, "first", "a", { detailed_merge_status: "requested_changes" }), mr(2, "second", "b", { has_conflicts: true }), mr(1, "third", "c", { state: "merged" })]);
  glab.pipelines([{ id: 12, sha: "a", status: "running" }, { id: 11, sha: "a", status: "failed" }, { id: 10, sha: "b", status: "success" }]);
  const path = `${join(server.root, "bin-glab")}:${withoutForge}`;
  const shown = await ok(["list", "--pr", "--repo"], { env: { PATH: path } });
  expect(shown).toMatch(/first .*!3 changes requested +● running/);
  expect(shown).toMatch(/second .*!2 conflicts +✓ passed/);
  expect(shown).toMatch(/third .*!1 merged/);
  expect(glab.calls().map(({ words }) => words).sort()).toEqual([["ci", "list", "--per-page", "100", "--output", "json"], ["mr", "list", "--all", "--per-page", "100", "--output", "json"]]);
});

test("a request that fleet opens is seen by the next list, also under another name", async () => {
  gh.open([]);
  expect(await pr("third")).toMatchObject({ state: "none" });
  const own = openTestRepo(server, (await place.agent("third")).worktree);
  await ok(["stop", "third"]);
  await own.commit("Third");
  await ok(["pr", "third"]);
  gh.open([row(7, "third")]);
  expect((JSON.parse(await ok(["list", "--pr", "--json", "--all"])) as { branch: string; pr: object }[]).find(({ branch }) => branch === "third")?.pr).toMatchObject({ state: "open", number: 7 });
  await ok(["rename", "third", "renamed"]);
  expect(await ok(["list", "--pr", "--all"])).toMatch(/renamed .*#7 open/);
});

test("addresses and names of checks are text", async () => {
  gh.open([row(7, "first", { url: "https://forge.example/\u001b[31m7", statusCheckRollup: [{ __typename: "StatusContext", context: "\u001b]0;x\u0007bad", state: "FAILURE" }] })]);
  const shown = await ok(["list", "--pr"]);
  expect(shown).toMatch(/#7 open +✗ failed/);
  expect(shown).not.toContain("\u001b");
  expect(JSON.parse(await ok(["list", "first", "--pr", "--json"]))).toMatchObject([{ pr: { failing: ["bad"], url: "https://forge.example/7" } }]);
});
