// kill --force and undo give back what was there, byte for byte: from the trash, and from the saved ref alone.
import { beforeAll, expect, test } from "bun:test";
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openPlace, type Place } from "../helpers/place";
import { differences, snapshot } from "../helpers/worktree-snapshot";
import { disturb, prepareRepo, seeded } from "../helpers/worktree-states";

const CASES = Number(process.env["CASES"] ?? 8);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

const place: Place = await openPlace();
const { fleet, ok, repo, server } = place;
const trash = join(server.fleetHome, "worktrees/.trash");

beforeAll(() => prepareRepo(server, repo));

/** An agent that has stopped, so that nothing but the test writes into its worktree. */
async function stopped(branch: string): Promise<{ id: string; worktree: string }> {
  await ok(["create", branch, "-a", "demo", "-d"]);
  await ok(["stop", branch]);
  const { id, worktree } = await place.agent(branch);
  return { id, worktree };
}

const outside = () => readdirSync(join(server.root, "outside")).map((name) => [name, lstatSync(join(server.root, "outside", name)).mode & 0o777, readFileSync(join(server.root, "outside", name), "utf8")]);

console.log(`undo: SEED=${SEED} CASES=${CASES}`);
for (let i = 0; i < CASES; i++) {
  const seed = (SEED + i * 7919) >>> 0;
  test(`a worktree in a random state comes back as it was (seed ${seed})`, async () => {
    const around = outside();
    const branch = `case-${i}`;
    const { id, worktree } = await stopped(branch);
    const done = (await disturb(server, worktree, seeded(seed), { without: ["restingModule"] })).join(", ");
    const [before, saved] = [await snapshot(server, worktree, { ignored: true }), await snapshot(server, worktree, { ignored: false })];
    await ok(["kill", branch, "--yes", "--force"]);
    expect(existsSync(worktree)).toBe(false);
    await ok(["undo", id]);
    expect([done, ...differences(before, await snapshot(server, worktree, { ignored: true }))]).toEqual([done]);

    await ok(["kill", id, "--yes", "--force"]);
    rmSync(join(trash, id), { recursive: true });
    rmSync(join(repo.path, ".git/fleet-trash", id), { recursive: true });
    await repo.git("reflog", "expire", "--expire=now", "--all");
    await repo.git("gc", "-q", "--prune=now");
    const back = await fleet(["undo", id]);
    expect([done, back.code, back.code === 0 ? "" : back.stderr]).toEqual([done, 0, ""]);
    expect([done, ...differences(saved, await snapshot(server, worktree, { ignored: false }))]).toEqual([done]);
    const lost = Object.keys(before.files).filter((path) => !(path in saved.files) && !path.includes("/"));
    for (const path of lost) expect(back.stderr).toContain(path);
    expect(outside()).toEqual(around);

    await ok(["kill", id, "--yes", "--force"]);
    await repo.git("update-ref", "-d", `refs/fleet/trash/${id}`);
  }, 60_000);
}
