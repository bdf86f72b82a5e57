// kill -9 of kill, undo and doctor --fix, at any moment: the work is always somewhere, every leftover is named, none is left after --fix.
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { binary } from "../helpers/binary";
import { belongings } from "../helpers/leftovers";
import { openPlace } from "../helpers/place";
import { allLeftovers, unfinishedStep, workIn } from "../helpers/trash";
import { seeded } from "../helpers/worktree-states";

const CASES = Number(process.env["CASES"] ?? 20);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
const random = seeded(SEED);

const place = await openPlace({ repo: { files: 40 } });
const { ok, repo, server } = place;
const home = server.fleetHome;

repo.write(".gitignore", ".env\n");
await repo.commit("Ignore");
repo.write("mine.txt", "uncommitted\n");
await repo.git("branch", "my-branch");
await repo.git("worktree", "add", "-q", "-b", "my-worktree", join(server.home, "my-worktree"));
mkdirSync(home, { recursive: true });
writeFileSync(join(home, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n[worktree]\ncopy = []\n');

async function cutOff(words: string[], ms: number): Promise<void> {
  const child = Bun.spawn([await binary(), ...words], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  await Promise.race([Bun.sleep(ms), child.exited]);
  child.kill("SIGKILL");
  await child.exited;
}

async function doctor(...words: string[]): Promise<Row[]> {
  return JSON.parse(await ok(["doctor", "--json", ...words])) as Row[];
}

/** Milliseconds that a kill and an undo take when nobody cuts them off. */
async function timesOfWhole(): Promise<{ kill: number; undo: number }> {
  await ok(["create", "case-whole", "-a", "quiet", "-d"]);
  const timed = async (...words: string[]) => {
    const began = performance.now();
    await ok(words);
    return performance.now() - began;
  };
  const times = { kill: await timed("kill", "case-whole", "--yes"), undo: await timed("undo", "case-whole") };
  await ok(["kill", "case-whole", "--yes"]);
  return times;
}

test(`${CASES} times: nothing is lost, all is named, then gone (SEED=${SEED} CASES=${CASES})`, async () => {
  const nothing = await allLeftovers(place);
  const mine = await belongings(place);
  const seen: Record<string, number> = {};
  const took = await timesOfWhole();
  for (let i = 0; i < CASES; i++) {
    const branch = `case-${i}`;
    await ok(["create", branch, "-a", "quiet", "-d"]);
    const { id, worktree } = await place.agent(branch);
    const text = `work of ${branch}\n`;
    writeFileSync(join(worktree, "work.txt"), text);
    writeFileSync(join(worktree, ".env"), "ignored\n");
    const undoing = i % 3 === 2;
    if (undoing) await ok(["kill", branch, "--yes", "--force"]);
    const ms = Math.round(random() * 1.1 * (undoing ? took.undo : took.kill));
    await cutOff(undoing ? ["undo", id] : ["kill", branch, "--yes", "--force"], ms);
    const context = `case ${i}: ${undoing ? "undo" : "kill"} cut off after ${ms} ms (SEED=${SEED})`;

    expect([context, (await workIn(place, { id, worktree }, text)).length]).not.toEqual([context, 0]);
    const before = await allLeftovers(place);
    const things = new Set((await doctor()).flatMap((row) => row.things));
    const after = new Set(await allLeftovers(place));
    expect([context, before.filter((thing) => after.has(thing) && !things.has(thing) && !nothing.includes(thing))]).toEqual([context, []]);
    const step = unfinishedStep(place);
    seen[step] = (seen[step] ?? 0) + 1;

    // Whoever puts it right may be killed as well.
    if (step !== "none" && random() < 0.5) await cutOff(["doctor", "--fix"], Math.round(random() * 250));
    const rows = await doctor("--fix");
    expect([context, rows.filter((row) => row.status === "fail").map((row) => row.what)]).toEqual([context, []]);
    expect([context, step, (await allLeftovers(place)).filter((thing) => !nothing.includes(thing))]).toEqual([context, step, []]);

    // Whole again: an agent with its worktree, or a killed one that undo brings back; its files are all there.
    const alive = (await place.list("--all")).some((agent) => agent.id === id);
    if (!alive) await ok(["undo", id]);
    expect([context, readFileSync(join(worktree, "work.txt"), "utf8"), readFileSync(join(worktree, ".env"), "utf8")]).toEqual([context, text, "ignored\n"]);
    expect([context, await repo.git("-C", worktree, "status", "--porcelain", "--branch")]).toEqual([context, `## ${branch}\n?? work.txt`]);
    await ok(["kill", id, "--yes", "--force"]);
  }
  console.log(`cut off at: ${Object.entries(seen).map(([step, count]) => `${step} ${count}`).join(", ")}`);
  expect(await belongings(place)).toEqual(mine);
}, CASES * 6_000 + 30_000);
