// fleet gc: what has had its time is shown, then goes; what holds work stays, and all that goes through kill comes back.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { age, ageTrash } from "../helpers/aged";
import { openPlace } from "../helpers/place";
import { stoppedAgent } from "../helpers/trash";

const place = await openPlace();
const { fleet, ok, repo, server } = place;

test("old agents that are stopped or merged go after they were shown; those with uncommitted work, and newer ones, stay", async () => {
  for (const branch of ["old", "dirty", "fresh"]) {
    const agent = await stoppedAgent(place, branch);
    if (branch === "dirty") agent.write("work.txt", "mine\n");
    if (branch !== "fresh") age(place, agent, 40);
  }
  await ok(["create", "works", "-a", "demo", "-p", "work 60", "-d"]);
  await place.untilStatus("works", "working");
  const before = await place.traces();
  const dry = await fleet(["gc", "--dry-run"]);
  expect([dry.code, dry.stdout]).toEqual([0, expect.stringMatching(/^ends {6}old \(abandoned, 40 days old\)\n {2}moves .*to the trash\n/)]);
  expect(dry.stderr).toContain("dirty has uncommitted work: 1 path");
  expect((await fleet(["gc"])).stderr).toContain("✗ gc asks first, and there is no terminal to ask on\n↳ fleet gc --yes\n");
  expect(await place.traces()).toEqual(before);
  const ran = await fleet(["gc", "--yes"]);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("✓ killed: old")]);
  expect((await place.list("--all")).map(({ branch }) => branch).sort()).toEqual(["dirty", "fresh", "works"]);
  await ok(["undo", "old"]);
  expect((await place.list("--all")).map(({ branch }) => branch).sort()).toEqual(["dirty", "fresh", "old", "works"]);
  // Brought back, it is not abandoned any more.
  await ok(["kill", "dirty", "--yes", "--force"]);
  expect((await fleet(["gc", "--yes"])).stderr).toBe("○ nothing to clear away\n");
});

test("what was killed long enough ago goes for good, with its ref; what was killed since stays", async () => {
  mkdirSync(server.fleetHome, { recursive: true });
  const gone = await stoppedAgent(place, "gone");
  await stoppedAgent(place, "recent");
  await ok(["kill", "gone", "recent", "--yes"]);
  const file = join(server.fleetHome, "trash", `${gone.id}.json`);
  ageTrash(place, gone.id, 10);
  expect((await fleet(["gc", "--older", "11d", "--yes"])).stderr).toBe("○ nothing to clear away\n");
  expect(JSON.parse(await ok(["gc", "--older", "9d", "--yes", "--json"]))).toEqual({ killed: [], trash: [gone.id], refs: [] });
  expect(existsSync(file)).toBe(false);
  expect(await repo.git("for-each-ref", "--format=%(refname)", "refs/fleet/trash/")).not.toContain(gone.id);
  expect((await fleet(["undo", "gone"])).stderr).toContain("nothing to undo under this name: gone");
  await ok(["undo", "recent"]);
});
