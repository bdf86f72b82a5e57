// git that fails, or fleet that dies, at calls of merge, sync and the undo of a merge: nothing is lost, and the error says what was done.
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { FAILS, openFaults } from "../helpers/faults";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { unfinishedStep } from "../helpers/trash";
import { seeded } from "../helpers/worktree-states";

const CASES = Number(process.env["CASES"] ?? 8);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
const random = seeded(SEED);

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const { faulty } = await openFaults(place);
let made = 0;

interface Scene {
  id: string;
  branch: string;
  worktree: string;
}

/** An agent with a commit and uncommitted work, its base moved on, and somebody's own file in the target's checkout. */
async function scene(): Promise<Scene> {
  const branch = `case-${made++}`;
  await ok(["create", branch, "-a", "quiet", "-d"]);
  await ok(["stop", branch]);
  const { id, worktree } = await place.agent(branch);
  const own = openTestRepo(server, worktree);
  own.write(`${branch}.txt`, "work\n");
  await own.commit(`Work of ${branch}`);
  own.write("uncommitted.txt", "not yet\n");
  repo.write(`onward-${branch}.txt`, "main moves on\n");
  await repo.git("add", `onward-${branch}.txt`);
  await repo.git("commit", "-qm", "Onward");
  repo.write("mine.txt", "mine\n");
  return { id, branch, worktree };
}

const picture = async ({ branch, worktree }: Scene) => ({
  main: await repo.git("rev-parse", "main"),
  branch: await repo.git("rev-parse", branch).catch(() => "gone"),
  target: await repo.git("status", "--porcelain"),
  agent: existsSync(worktree) ? await repo.git("-C", worktree, "status", "--porcelain") : "gone",
});

/** Put right what is half done, then take back what was done, until all is as it was before. */
async function takeBack(context: string, one: Scene, before: Awaited<ReturnType<typeof picture>>): Promise<void> {
  const rows = JSON.parse((await fleet(["doctor", "--fix", "--json"])).stdout) as Row[];
  expect([context, rows.filter((row) => row.check === "unfinished" && row.status !== "ok").map((row) => row.what)]).toEqual([context, []]);
  expect([context, readFileSync(join(repo.path, "mine.txt"), "utf8")]).toEqual([context, "mine\n"]);
  for (let tries = 0; tries < 2 && JSON.stringify(await picture(one)) !== JSON.stringify(before); tries++) {
    const back = await fleet(["undo", one.id]);
    expect([context, back.code, back.code === 0 ? "" : back.stderr]).toEqual([context, 0, ""]);
  }
  expect([context, await picture(one)]).toEqual([context, before]);
  await ok(["kill", one.id, "--yes", "--force", "--delete-branch"]);
}

const words = (branch: string) => ["merge", branch, "--commit", "--run", "true"];

test(`git fails, or fleet dies, at a call of merge (SEED=${SEED} CASES=${CASES})`, async () => {
  const first = await scene();
  const start = await picture(first);
  const counting = faulty("git", 0, FAILS);
  await ok(words(first.branch), { env: { PATH: counting.PATH } });
  const total = counting.calls();
  await takeBack("the whole", first, start);
  for (let i = 0; i < CASES; i++) {
    const dies = i % 2 === 1;
    const n = 1 + Math.floor(random() * total);
    const one = await scene();
    const before = await picture(one);
    const { PATH } = faulty("git", n, dies ? "kill -9 $PPID" : FAILS);
    const ran = await fleet(words(one.branch), { env: { PATH } });
    const context = `git call ${n} of ${total}${dies ? ", fleet dies" : " fails"}: ${ran.code} ${unfinishedStep(place)} ${ran.stderr} (SEED=${SEED})`;
    if (!dies && ran.code !== 0) expect([context, ran.code, /✗ /.test(ran.stderr), /↳ /.test(ran.stderr)]).toEqual([context, 1, true, true]);
    await takeBack(context, one, before);
  }
}, CASES * 30_000 + 60_000);

test("git fails, or fleet dies, at a call of the undo of a merge, and at one of a sync", async () => {
  for (let i = 0; i < CASES; i++) {
    const one = await scene();
    const sync = i % 2 === 1;
    if (sync) await repo.git("-C", one.worktree, "add", "-A"), await repo.git("-C", one.worktree, "commit", "-qm", "All");
    const before = await picture(one);
    if (!sync) await ok([...words(one.branch), "--keep"]);
    const n = 1 + Math.floor(random() * (sync ? 24 : 20));
    const { PATH } = faulty("git", n, i % 4 < 2 ? "kill -9 $PPID" : FAILS);
    const ran = await fleet(sync ? ["sync", one.branch] : ["undo", one.id], { env: { PATH } });
    const context = `${sync ? "sync" : "undo"}, git call ${n}: ${ran.code} ${unfinishedStep(place)} ${ran.stderr} (SEED=${SEED})`;
    if (!sync) {
      await takeBack(context, one, before);
      continue;
    }
    const rows = JSON.parse((await fleet(["doctor", "--fix", "--json"])).stdout) as Row[];
    expect([context, rows.filter((row) => row.check === "unfinished" && row.status !== "ok").map((row) => row.what)]).toEqual([context, []]);
    const after = await picture(one);
    expect([context, after.agent, after.main]).toEqual([context, before.agent, before.main]);
    const tip = await repo.git("log", "-1", "--format=%s", one.branch);
    expect([context, tip === "All" || tip === `Merge branch 'main' into ${one.branch}`]).toEqual([context, true]);
    await ok(["kill", one.id, "--yes", "--force", "--delete-branch"]);
  }
}, CASES * 30_000 + 60_000);
