// merge, keep and stop of agents in random states, and their undo: the same bytes in the agent's worktree and in the target's checkout.
import { beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { openPlace, type Place } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { differences, type Snapshot, snapshot } from "../helpers/worktree-snapshot";
import { disturb, prepareRepo, type Random, seeded } from "../helpers/worktree-states";

const CASES = Number(process.env["CASES"] ?? 15);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

const place: Place = await openPlace();
const { fleet, ok, repo, server } = place;
let began = "";

beforeAll(async () => {
  await prepareRepo(server, repo);
  began = await repo.git("rev-parse", "HEAD");
});

interface Scene {
  branch: string;
  id: string;
  worktree: string;
}

async function agentAtRest(branch: string, stopped: boolean): Promise<Scene> {
  await ok(["create", branch, "-a", "demo", "-d"]);
  if (stopped) await ok(["stop", branch]);
  else await place.untilStatus(branch, "idle");
  const { id, worktree } = await place.agent(branch);
  return { branch, id, worktree };
}

/** All that a merge can reach. git may refresh the stat data in the target's index, so that is compared by what it means. */
async function state({ worktree, branch }: Scene): Promise<{ agent: Snapshot; target: Snapshot; refs: string }> {
  const [agent, target] = [await snapshot(server, worktree, { ignored: true }), await snapshot(server, repo.path, { ignored: true })];
  delete target.git["index"];
  for (const path of Object.keys(target.files)) if (path === ".git" || path.startsWith(".git/")) delete target.files[path];
  return { agent, target, refs: await repo.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/main", `refs/heads/${branch}`) };
}

function changed(before: Awaited<ReturnType<typeof state>>, after: typeof before): string[] {
  const refs = before.refs === after.refs ? [] : [`refs: ${before.refs} → ${after.refs}`];
  return [...differences(before.agent, after.agent).map((line) => `agent ${line}`), ...differences(before.target, after.target).map((line) => `target ${line}`), ...refs];
}

/** The base moves on, in ways that a merge has to think about. */
async function moveBase(random: Random): Promise<string[]> {
  const steps: Record<string, () => Promise<unknown>> = {
    edit: async () => repo.write("d2/x.txt", "edited on main\n"),
    crlf: async () => repo.write("crlf.txt", "one\r\ntwo\r\nthree on main\r\n"),
    rename: () => repo.git("mv", "d3", "moved-on-main"),
    caseRename: () => repo.git("mv", "d4/x.txt", "d4/X.txt"),
    remove: () => repo.git("rm", "-q", "t/0.txt"),
    binary: async () => repo.write("bin.dat", "no more\0binary\n"),
    conflict: async () => repo.write("c.txt", `main ${random()}\n`),
    ignoredHere: async () => repo.write("work.txt", "came to main too\n"),
  };
  const done = Object.keys(steps).filter(() => random() < 0.25);
  for (const step of done) await steps[step]!();
  if (done.length > 0) await repo.commit("Main moves on");
  return done;
}

async function putAway({ id }: Scene): Promise<void> {
  await repo.git("reset", "-q", "--hard", began);
  await repo.git("clean", "-qffdx");
  rmSync(join(repo.path, ".git/modules"), { recursive: true, force: true });
  await fleet(["kill", id, "--yes", "--force", "--delete-branch"]);
}

const seen: Record<string, number> = {};

console.log(`merge: SEED=${SEED} CASES=${CASES}`);
for (let i = 0; i < CASES; i++) {
  const seed = (SEED + i * 7919) >>> 0;
  const deed = i % 5 === 4 ? (i % 10 === 4 ? "stop" : "keep") : "merge";
  test(`${deed} in a random state, and back (seed ${seed})`, async () => {
    const random = seeded(seed);
    const scene = await agentAtRest(`case-${i}`, deed !== "stop");
    const { branch, id, worktree } = scene;
    const done = await disturb(server, worktree, random, { stands: deed !== "merge" || random() < 0.2, without: deed === "merge" && random() < 0.8 ? ["nested", "nestedTracked", "submodule"] : [] });
    if (deed === "stop") {
      const before = await state(scene);
      await ok(["stop", branch]);
      expect([done, ...changed(before, await state(scene))]).toEqual([done]);
      await ok(["start", branch]);
      expect([done, ...changed(before, await state(scene))]).toEqual([done]);
      return putAway(scene);
    }
    if (deed === "keep") {
      await ok(["fanout", "2", `pair-${i}`, "-a", "demo", "-p", "say hello", "-d", "--yes"]);
      await ok(["stop", `pair-${i}-1`, `pair-${i}-2`]);
      const other = (await place.list("--all")).find((one) => one.branch === `pair-${i}-2`)!;
      done.push(...(await disturb(server, other.worktree, random)));
      const scenes = { branch: `pair-${i}-2`, id: other.id, worktree: other.worktree };
      const before = await state(scenes);
      await ok(["keep", `pair-${i}-1`, "--yes", ...(random() < 0.5 ? ["--delete-branch"] : [])]);
      await ok(["undo", other.id]);
      expect([done, ...changed(before, await state(scenes))]).toEqual([done]);
      for (const one of [`pair-${i}-1`, other.id]) await fleet(["kill", one, "--yes", "--force", "--delete-branch"]);
      return putAway(scene);
    }
    if (random() < 0.3) await openTestRepo(server, worktree).commit("All").catch(() => {});
    if (random() < 0.7) done.push("—", ...(await moveBase(random)));
    if (random() < 0.35) done.push("— target:", ...(await disturb(server, repo.path, random, { stands: false })));
    const way = [[], ["--squash"], ["--rebase"], ["--ff"]][Math.floor(random() * 3.4)]!;
    const words = ["merge", branch, "--into", "main", "--commit", ...way, ...(random() < 0.4 ? ["--keep"] : []), ...(random() < 0.3 ? ["--run", random() < 0.5 ? "true" : "exit 4"] : [])];
    const context = `${words.join(" ")}: ${done.join(", ")}`;
    const before = await state(scene);
    const ran = await fleet(words);
    const moved = ran.stderr.includes("✓ merged:");
    const why = /✗ (.*)/.exec(ran.stderr)?.[1] ?? /○ (nothing to merge)/.exec(ran.stderr)?.[1] ?? "?";
    const what = moved ? `merged ${way.join("")}` : why.replace(/case-\d+/g, "X").replace(/\d+/g, "N").slice(0, 60);
    seen[what] = (seen[what] ?? 0) + 1;
    if (!moved) expect([context, ran.stderr, ...changed(before, await state(scene))]).toEqual([context, ran.stderr]);
    else {
      const back = await fleet(["undo", id]);
      expect([context, back.code, back.code === 0 ? "" : back.stderr]).toEqual([context, 0, ""]);
      expect([context, ...changed(before, await state(scene))]).toEqual([context]);
    }
    expect([context, JSON.parse(await ok(["doctor", "--json"])).filter((row: { check: string; status: string }) => row.check === "unfinished" && row.status !== "ok")]).toEqual([context, []]);
    await putAway(scene);
  }, 60_000);
}

test("what became of them", () => {
  console.log(Object.entries(seen).map(([what, times]) => `${times} × ${what}`).join("\n"));
  expect(CASES < 15 || Object.keys(seen).some((what) => what.startsWith("merged"))).toBe(true);
});
