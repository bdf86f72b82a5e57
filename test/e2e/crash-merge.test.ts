// kill -9 of merge, of its undo and of doctor --fix, at any moment: the repository is whole, what is half done is named, and all can be taken back.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { binary } from "../helpers/binary";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { unfinishedStep } from "../helpers/trash";
import { seeded } from "../helpers/worktree-states";

const CASES = Number(process.env["CASES"] ?? 15);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
const random = seeded(SEED);

const place = await openPlace({ repo: { files: 40 } });
const { fleet, ok, repo, server } = place;
mkdirSync(server.fleetHome, { recursive: true });
writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n');

async function cutOff(words: string[], ms: number): Promise<void> {
  const child = Bun.spawn([await binary(), ...words], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  await Promise.race([Bun.sleep(ms), child.exited]);
  child.kill("SIGKILL");
  await child.exited;
}

const doctor = async (...words: string[]) => JSON.parse(await ok(["doctor", "--json", ...words])) as Row[];
const alive = async (id: string) => (await place.list("--all")).some((agent) => agent.id === id);

interface Scene {
  id: string;
  worktree: string;
  branch: string;
}

async function prepare(branch: string): Promise<Scene> {
  await ok(["create", branch, "-a", "quiet", "-d"]);
  await ok(["stop", branch]);
  const { id, worktree } = await place.agent(branch);
  const own = openTestRepo(server, worktree);
  own.write("src/d0/f1.txt", `changed by ${branch}\n`);
  own.write(`new/${branch}.txt`, "new\n");
  await own.git("rm", "-q", "src/d0/f2.txt");
  await own.commit(`Work of ${branch}`);
  own.write("src/d0/f3.txt", "uncommitted\n");
  own.write("untracked.txt", "untracked\n");
  repo.write(`onward-${branch}.txt`, "main moves on\n");
  await repo.git("add", `onward-${branch}.txt`);
  await repo.git("commit", "-qm", "Onward");
  return { id, worktree, branch };
}

/** All that must be the same after everything was taken back. */
async function picture({ worktree, branch }: Scene): Promise<Record<string, string>> {
  return {
    main: await repo.git("rev-parse", "main"),
    branch: await repo.git("rev-parse", branch).catch(() => "gone"),
    target: await repo.git("status", "--porcelain", "--branch"),
    agent: existsSync(worktree) ? await repo.git("-C", worktree, "status", "--porcelain", "--branch") : "gone",
    uncommitted: existsSync(worktree) ? readFileSync(join(worktree, "src/d0/f3.txt"), "utf8") : "gone",
  };
}

test(`${CASES} times: whole, named, and taken back (SEED=${SEED} CASES=${CASES})`, async () => {
  // Somebody's own, in the target's checkout.
  repo.write("mine.txt", "mine, untracked\n");
  repo.write("README.md", "mine, changed\n");
  const seen: Record<string, number> = {};
  const whole = await prepare("case-whole");
  const timed = async (...words: string[]) => {
    const began = performance.now();
    await ok(words);
    return performance.now() - began;
  };
  const words = (branch: string, i: number) => ["merge", branch, "--commit", "--run", "true", ...(i % 2 ? ["--squash"] : []), ...(i % 3 ? ["--keep"] : [])];
  const took = { merge: await timed(...words("case-whole", 1)), undo: await timed("undo", whole.id) };
  await ok(["kill", whole.id, "--yes", "--force", "--delete-branch"]);

  for (let i = 0; i < CASES; i++) {
    const scene = await prepare(`case-${i}`);
    const { id, branch } = scene;
    const before = await picture(scene);
    const undoing = i % 4 === 3;
    if (undoing) await ok(words(branch, i));
    const ms = Math.round(random() * 1.1 * (undoing ? took.undo : took.merge));
    await cutOff(undoing ? ["undo", id] : words(branch, i), ms);
    const context = `case ${i}: ${undoing ? "undo of " : ""}${words(branch, i).join(" ")} cut off after ${ms} ms (SEED=${SEED})`;

    const step = unfinishedStep(place);
    seen[step] = (seen[step] ?? 0) + 1;
    const named = (await doctor()).filter((row) => row.check === "unfinished" && row.status === "warn");
    expect([context, step, named.length]).toEqual([context, step, step === "none" ? 0 : 1]);
    if (step !== "none" && random() < 0.5) await cutOff(["doctor", "--fix"], Math.round(random() * 250));
    const rows = await doctor("--fix");
    expect([context, step, rows.filter((row) => row.status === "fail").map((row) => row.what)]).toEqual([context, step, []]);
    expect([context, step, unfinishedStep(place)]).toEqual([context, step, "none"]);
    expect([context, step, await repo.git("fsck", "--connectivity-only", "--no-dangling", "--no-progress").catch((error: unknown) => String(error))]).toEqual([context, step, ""]);

    // The target is at one commit or the other, with its files, and somebody's own are untouched.
    expect([context, step, await repo.git("status", "--porcelain")]).toEqual([context, step, " M README.md\n?? mine.txt"]);
    expect([readFileSync(join(repo.path, "README.md"), "utf8"), readFileSync(join(repo.path, "mine.txt"), "utf8")]).toEqual(["mine, changed\n", "mine, untracked\n"]);

    for (let tries = 0; tries < 2 && JSON.stringify(await picture(scene)) !== JSON.stringify(before); tries++) {
      const back = await fleet(["undo", id]);
      expect([context, step, back.code, back.code === 0 ? "" : back.stderr]).toEqual([context, step, 0, ""]);
    }
    expect([context, step, await picture(scene), await alive(id)]).toEqual([context, step, before, true]);
    await ok(["kill", id, "--yes", "--force", "--delete-branch"]);
    await repo.git("update-ref", "-d", `refs/fleet/trash/${id}`);
  }
  console.log(`cut off at: ${Object.entries(seen).map(([step, count]) => `${step} ${count}`).join(", ")}`);
}, CASES * 20_000 + 60_000);
