import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Git, openGit } from "../../src/ports/git/call";
import { countCommits, pairKey, type Pair } from "../../src/ports/git/counts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-counts-")));
const env = { PATH: process.env["PATH"], HOME: root, GIT_CONFIG_NOSYSTEM: "1" };
const git = openGit(env);
let calls: string[] = [];
const counting: Git = { ...git, try: (cwd, args, options) => (calls.push(args.join(" ")), git.try(cwd, args, options)) };
let repos = 0;

beforeAll(() => void (calls = []));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Parents of each commit by number, commits in order; returns the ids. Dates run backwards where `skew` says so. */
async function makeHistory(parents: number[][], skew: (i: number) => number = (i) => i): Promise<{ common: string; oids: string[] }> {
  const path = join(root, `r${repos++}`);
  await git.call(root, ["init", "-q", "-b", "main", path]);
  const blocks = parents.map((from, i) => {
    const [first, ...others] = from;
    return [
      `commit refs/heads/c${i}`,
      `mark :${i + 1}`,
      `committer A <a@example.com> ${1_700_000_000 + skew(i) * 60} +0000`,
      `data 2`,
      `c${String(i % 10)}`.slice(0, 2),
      ...(first === undefined ? [] : [`from :${first + 1}`]),
      ...others.map((other) => `merge :${other + 1}`),
      "",
    ].join("\n");
  });
  await git.call(path, ["fast-import", "--quiet", "--export-marks=marks"], { stdin: blocks.join("\n") });
  const marks = await Bun.file(join(path, "marks")).text();
  const oids: string[] = [];
  for (const line of marks.trim().split("\n")) {
    const [mark, oid] = line.split(" ");
    oids[Number(mark!.slice(1)) - 1] = oid!;
  }
  return { common: join(path, ".git"), oids };
}

/** git's own answer for one pair. */
async function truth(common: string, { base, tip }: Pair): Promise<{ ahead: number; behind: number } | null> {
  if ((await git.try(common, ["merge-base", base, tip])).code !== 0) return null;
  const [behind, ahead] = (await git.call(common, ["rev-list", "--left-right", "--count", `${base}...${tip}`])).split(/\s+/).map(Number);
  return { ahead: ahead!, behind: behind! };
}

async function checkAgainstGit(common: string, pairs: Pair[]): Promise<void> {
  const answers = await countCommits(counting, common, pairs);
  for (const pair of pairs) expect({ pair, counts: answers.get(pairKey(pair)) }).toEqual({ pair, counts: await truth(common, pair) });
}

function random(seed: number): () => number {
  let s = seed >>> 0;
  return () => ((s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32);
}

const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

test(`random histories with merges, several roots and wrong dates count as git counts them (SEED=${SEED})`, async () => {
  const rand = random(SEED);
  const pick = (n: number) => Math.floor(rand() * n);
  for (let round = 0; round < 6; round++) {
    const size = 12 + pick(30);
    const parents = Array.from({ length: size }, (_, i) => {
      if (i === 0 || rand() < (round % 3) * 0.04) return [];
      const wanted = rand() < 0.35 ? 2 + pick(2) : 1;
      return [...new Set(Array.from({ length: wanted }, () => Math.max(0, i - 1 - pick(8))))];
    });
    const { common, oids } = await makeHistory(parents, (i) => (round % 2 ? i : pick(size)));
    const pairs = Array.from({ length: 14 }, (_, k) => ({ base: oids[size - 1 - (k % 3)]!, tip: oids[pick(size)]! }));
    await checkAgainstGit(common, pairs);
  }
}, 60_000);

test("a criss-cross of merges counts right", async () => {
  // 1 and 2 merge each other twice: two best common ancestors.
  const { common, oids } = await makeHistory([[], [0], [0], [1, 2], [2, 1], [3], [4], [5, 4], [6]]);
  await checkAgainstGit(common, [{ base: oids[7]!, tip: oids[8]! }, { base: oids[5]!, tip: oids[6]! }]);
});

test("fifty branches on one base cost two git processes", async () => {
  const parents: number[][] = [[], ...Array.from({ length: 30 }, (_, i) => [i])];
  for (let i = 0; i < 50; i++) parents.push([i % 30]);
  const { common, oids } = await makeHistory(parents);
  const pairs = oids.slice(31).map((tip) => ({ base: oids[30]!, tip }));
  calls = [];
  await checkAgainstGit(common, pairs);
  expect(calls.length).toBe(2);
});

test("equal commits are level, without asking git", async () => {
  const { common, oids } = await makeHistory([[]]);
  calls = [];
  const pair = { base: oids[0]!, tip: oids[0]! };
  expect((await countCommits(counting, common, [pair])).get(pairKey(pair))).toEqual({ ahead: 0, behind: 0 });
  expect(calls).toEqual([]);
});

test("a branch with no common history has no count, and the others keep theirs", async () => {
  const { common, oids } = await makeHistory([[], [0], [1], [1], [], [4]]);
  const pairs = [2, 3, 5].map((i) => ({ base: oids[2]!, tip: oids[i]! }));
  const answers = await countCommits(counting, common, pairs);
  expect(pairs.map((pair) => answers.get(pairKey(pair)))).toEqual([{ ahead: 0, behind: 0 }, { ahead: 1, behind: 1 }, null]);
});

test("branches that share history with the base but not with each other count right", async () => {
  // Base merges two roots; each branch comes from one of them.
  const { common, oids } = await makeHistory([[], [], [0, 1], [0], [1]]);
  await checkAgainstGit(common, [{ base: oids[2]!, tip: oids[3]! }, { base: oids[2]!, tip: oids[4]! }]);
});

test("a commit that is gone has no count, and the others keep theirs", async () => {
  const { common, oids } = await makeHistory([[], [0], [0]]);
  const gone = "1234567890".repeat(4);
  const pairs = [{ base: oids[1]!, tip: gone }, { base: oids[1]!, tip: oids[2]! }, { base: gone, tip: oids[2]! }];
  const answers = await countCommits(counting, common, pairs);
  expect(pairs.map((pair) => answers.get(pairKey(pair)))).toEqual([null, { ahead: 1, behind: 1 }, null]);
});

test("a git that fails answers nothing, rather than something wrong", async () => {
  const pair = { base: "a".repeat(40), tip: "b".repeat(40) };
  const broken: Git = { ...git, try: async () => ({ code: null, stdout: "", stderr: "", timedOut: true }) };
  expect((await countCommits(broken, root, [pair])).size).toBe(0);
});
