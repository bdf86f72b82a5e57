import { afterAll, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentRecord } from "../../src/base/model";
import { loadGitFacts } from "../../src/fleet/changes";
import type { GitFacts } from "../../src/fleet/git-facts";
import { addToGitCache, readGitCache } from "../../src/fleet/git-cache";
import { inPool } from "../../src/fleet/pool";
import { type Git, openGit } from "../../src/ports/git/call";

const root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-facts-")));
const env = {
  PATH: process.env["PATH"], HOME: root, GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.com", GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@example.com",
};
const git = openGit(env);
const run = (cwd: string, ...args: string[]) => git.call(cwd, args);
let count = 0;
let main = "";
let home = "";
let base = "";
let clock = 0;
let left = 0;
let calls: string[] = [];

beforeEach(async () => {
  main = join(root, `r${count}`);
  home = join(root, `home${count++}`);
  clock = 1_800_000_000_000;
  await run(root, "init", "-q", "-b", "main", main);
  writeFileSync(join(main, "a.txt"), "one\ntwo\n");
  await commit(main, "Begin");
  base = (await run(main, "rev-parse", "HEAD")).trim();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function commit(tree: string, message: string): Promise<void> {
  await run(tree, "add", "-A");
  await run(tree, "commit", "-q", "--allow-empty", "-m", message);
}

async function agent(branch: string, more: Partial<AgentRecord> = {}): Promise<AgentRecord> {
  const worktree = `${main}-${branch.replaceAll("/", "-")}`;
  await run(main, "worktree", "add", "-q", "-b", branch, worktree);
  return {
    id: `id-${branch}`, branch, branchCreated: true, kind: "demo", batch: null, repo: join(main, ".git"), main, worktree,
    base: { branch: "main", commit: base }, title: "", session: "", socket: "", slot: 0, conversation: null, args: [], path: "",
    created: "2026-01-01T00:00:00Z", placed: [], ...more,
  };
}

/** One look, counting git processes and refreshes left behind. Generous by default: what is tested is not the speed. */
async function look(records: AgentRecord[], options: { deadlineMs?: number; git?: Git } = {}): Promise<Map<string, GitFacts>> {
  calls = [];
  left = 0;
  const inner = options.git ?? git;
  const counting: Git = { ...inner, try: (cwd, args, o) => (calls.push(args.join(" ")), inner.try(cwd, args, o)) };
  return await loadGitFacts({ git: counting, home, deadlineMs: options.deadlineMs ?? 20_000, now: () => clock, leaveBehind: () => void left++ }, records);
}

/** A git on PATH that hangs in the commands matched by this sh pattern, and is itself otherwise. */
function hangingGit(pattern: string): Git {
  const bin = join(root, `bin${count}-${pattern.replace(/\W/g, "_")}`);
  mkdirSync(bin, { recursive: true });
  const real = Bun.which("git")!;
  writeFileSync(join(bin, "git"), `#!/bin/sh\ncase "$*" in ${pattern}) sleep 20;; esac\nexec '${real}' "$@"\n`);
  chmodSync(join(bin, "git"), 0o755);
  return openGit({ ...env, PATH: `${bin}:${env.PATH}` });
}

test("the first look asks everything, the second one only for the branches", async () => {
  const one = await agent("one");
  const two = await agent("feat/two");
  writeFileSync(join(one.worktree, "new.txt"), "1\n2\n3\n");
  await commit(one.worktree, "Work");
  writeFileSync(join(two.worktree, "a.txt"), "one\n");
  const facts = await look([one, two]);
  expect(facts.get(one.id)).toMatchObject({ branch: "one", gone: false, ahead: 1, behind: 0, changes: { added: 3, removed: 0, dirty: 0, stale: false } });
  expect(facts.get(two.id)).toMatchObject({ branch: "feat/two", gone: false, ahead: 0, behind: 0, changes: { added: 0, removed: 1, dirty: 1, stale: false } });
  clock += 2_000;
  expect(await look([one, two])).toEqual(facts);
  expect(calls).toHaveLength(1);
  expect(calls[0]).toContain("for-each-ref");
  expect(left).toBe(0);
});

test("only what moved is asked again", async () => {
  const [one, two] = [await agent("one"), await agent("two")];
  await look([one, two]);
  await commit(one.worktree, "Work");
  clock += 1_000;
  const facts = await look([one, two]);
  expect(facts.get(one.id)!.ahead).toBe(1);
  expect(calls.filter((call) => call.includes("status"))).toHaveLength(1);
  expect(calls).toHaveLength(1 + 2 + 2);
});

test("changes older than three seconds are measured again, commits that did not move are not counted again", async () => {
  const one = await agent("one");
  await look([one]);
  writeFileSync(join(one.worktree, "new.txt"), "1\n");
  clock += 2_999;
  expect((await look([one])).get(one.id)!.changes).toMatchObject({ added: 0, stale: false });
  clock += 60_000;
  expect((await look([one])).get(one.id)!.changes).toMatchObject({ added: 1, stale: false });
  expect(calls.some((call) => call.includes("rev-list"))).toBe(false);
});

test("an agent is measured against the tip of its base branch, and against its base commit once that is gone", async () => {
  await run(main, "branch", "topic");
  const one = await agent("one", { base: { branch: "topic", commit: base } });
  await commit(one.worktree, "Work");
  await run(main, "checkout", "-q", "topic");
  await commit(main, "Theirs");
  expect((await look([one])).get(one.id)).toMatchObject({ ahead: 1, behind: 1 });
  await run(main, "checkout", "-q", "main");
  await run(main, "branch", "-qD", "topic");
  expect((await look([one])).get(one.id)).toMatchObject({ ahead: 1, behind: 0 });
});

test("a base on a remote is followed", async () => {
  const one = await agent("one", { base: { branch: "origin/main", commit: base } });
  await commit(main, "Theirs");
  await run(main, "update-ref", "refs/remotes/origin/main", "main");
  expect((await look([one])).get(one.id)).toMatchObject({ ahead: 0, behind: 1 });
});

test("the branch is what the worktree has checked out now", async () => {
  const one = await agent("one");
  await run(one.worktree, "branch", "-qm", "renamed");
  await commit(one.worktree, "Work");
  expect((await look([one])).get(one.id)).toMatchObject({ branch: "renamed", ahead: 1 });
  await run(one.worktree, "checkout", "-q", "--detach");
  expect((await look([one])).get(one.id)!.branch).toBeNull();
});

test("a worktree known by another spelling of its path is found", async () => {
  symlinkSync(root, join(root, `link${count}`));
  const spelled = join(root, `link${count}`, `spelled${count}`);
  await run(main, "worktree", "add", "-q", "-b", "spelled", spelled);
  const record = { ...(await agent("other")), branch: "spelled", worktree: realpathSync(spelled) };
  expect((await look([record])).get(record.id)!.branch).toBe("spelled");
});

test("a worktree that is gone is told, with its commits and without changes", async () => {
  const one = await agent("one");
  await commit(one.worktree, "Work");
  rmSync(one.worktree, { recursive: true });
  expect((await look([one])).get(one.id)).toMatchObject({ branch: "one", gone: true, ahead: 1, behind: 0, changes: null });
  expect(left).toBe(0);
});

test("a repo that is gone has no facts, and nothing is left to ask", async () => {
  const one = await agent("one");
  const other = { ...one, id: "other", repo: join(root, "nowhere", ".git"), worktree: join(root, "nowhere-tree") };
  const facts = await look([one, other]);
  expect(facts.get("other")).toMatchObject({ branch: null, gone: true, ahead: null, behind: null, changes: null });
  expect(facts.get(one.id)!.ahead).toBe(0);
  expect(left).toBe(0);
});

test("a branch that was deleted is not shown with its last counts", async () => {
  const one = await agent("one");
  await look([one]);
  await run(one.worktree, "checkout", "-q", "--detach");
  await run(main, "branch", "-qD", "one");
  clock += 10_000;
  expect((await look([one])).get(one.id)).toMatchObject({ branch: null, ahead: null, behind: null });
});

test("a git that hangs in every command holds nothing up: all is as it was, marked stale, and a refresh is left", async () => {
  const one = await agent("one");
  await commit(one.worktree, "Work");
  writeFileSync(join(one.worktree, "new.txt"), "1\n");
  await look([one]);
  clock += 60_000;
  const started = performance.now();
  const facts = await look([one], { git: hangingGit("*"), deadlineMs: 150 });
  const took = performance.now() - started;
  // The deadline of 150 ms, and what a loaded machine adds; the git would have slept for 20 s.
  expect(took).toBeLessThan(1_000);
  expect(facts.get(one.id)).toMatchObject({ branch: "one", gone: false, ahead: 1, behind: 0, changes: { added: 1, removed: 0, dirty: 1, stale: true } });
  expect(left).toBe(1);
});

test("a git that hangs, at the first look: nothing is known, nothing is guessed", async () => {
  const one = await agent("one");
  const facts = await look([one], { git: hangingGit("*"), deadlineMs: 100 });
  expect(facts.get(one.id)).toMatchObject({ branch: null, gone: false, ahead: null, behind: null, changes: null });
  expect(left).toBe(1);
});

test("one worktree whose status hangs does not take the others' answers", async () => {
  const [one, two] = [await agent("one"), await agent("two")];
  writeFileSync(join(two.worktree, "new.txt"), "1\n");
  const facts = await look([one, two], { git: hangingGit(`*${one.worktree}*status*`), deadlineMs: 2_000 });
  expect(facts.get(one.id)).toMatchObject({ ahead: 0, changes: null });
  expect(facts.get(two.id)!.changes).toMatchObject({ added: 1, stale: false });
  expect(left).toBe(1);
});

test("without time nothing is started", async () => {
  await look([await agent("one")], { deadlineMs: 0 });
  expect(left).toBe(1);
});

test("a measured count stays while a new one is missed", async () => {
  const one = await agent("one");
  await commit(one.worktree, "Work");
  await look([one]);
  await commit(one.worktree, "More");
  const facts = await look([one], { git: hangingGit("*rev-list*|*merge-base*"), deadlineMs: 500 });
  expect(facts.get(one.id)).toMatchObject({ branch: "one", ahead: 1 });
  expect(left).toBe(1);
  expect((await look([one])).get(one.id)!.ahead).toBe(2);
});

test("history that is not shared has no count and is not asked for again and again", async () => {
  const one = await agent("one");
  await run(one.worktree, "checkout", "-q", "--orphan", "fresh");
  await commit(one.worktree, "Fresh");
  expect((await look([one])).get(one.id)).toMatchObject({ branch: "fresh", ahead: null, behind: null });
  await look([one]);
  expect(calls).toHaveLength(1);
  expect(left).toBe(0);
});

test("a broken cache is as good as none", async () => {
  const one = await agent("one");
  const facts = await look([one]);
  for (const text of ["", "{", "null", "[]", '{"version":1}', '{"version":9,"counts":{},"agents":{}}']) {
    writeFileSync(join(home, "cache", "git.json"), text);
    expect(await look([one])).toEqual(facts);
  }
});

test("what two writers learnt is kept, the later measurement wins, and the file does not grow for ever", () => {
  const measured = (at: number) => ({ at, took: 1, tip: "t", base: "b", changes: null });
  const entry = (at: number) => ({ branch: null, pair: "b t" as const, measured: measured(at) });
  addToGitCache(home, { counts: new Map([["b t", { ahead: 1, behind: 2 }]]), forecasts: new Map(), agents: new Map([["x", entry(200)]]) });
  addToGitCache(home, { counts: new Map([["b u", null]]), forecasts: new Map(), agents: new Map([["x", entry(100)], ["y", entry(1)]]) });
  const cache = readGitCache(home);
  expect([...cache.counts]).toEqual([["b t", { ahead: 1, behind: 2 }], ["b u", null]]);
  expect(cache.agents.get("x")!.measured!.at).toBe(200);
  const many = Array.from({ length: 5_000 }, (_, i) => [`p q${i}`, null] as const);
  addToGitCache(home, { counts: new Map(many), forecasts: new Map(), agents: new Map(many.map(([key], i) => [key, entry(i)])) });
  const after = readGitCache(home);
  expect(after.counts.size).toBeLessThan(1_001);
  expect(after.agents.size).toBe(500);
  expect(after.counts.has("b t")).toBe(true);
  expect(readFileSync(join(home, "cache", "git.json"), "utf8").length).toBeLessThan(200_000);
});

test("a pool runs so many at a time, and all of them", async () => {
  let [running, most, done] = [0, 0, 0];
  await inPool(3, Array.from({ length: 10 }, () => async () => {
    most = Math.max(most, ++running);
    await Bun.sleep(1);
    running--;
    done++;
  }));
  expect([most, done]).toEqual([3, 10]);
});
