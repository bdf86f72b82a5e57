// kill -9 of create and of doctor --fix, at any moment: every leftover is named, none is left after --fix, nothing of the person's is touched.
import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { binary } from "../helpers/binary";
import { belongings, leftovers, withoutSession } from "../helpers/leftovers";
import { openPlace, type Place } from "../helpers/place";

const CASES = Number(process.env["CASES"] ?? 60);
const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const LONGEST_MS = 400;

/** mulberry32: the same seed, the same kills. */
function randomOf(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A repository with something of the person's in every corner. `files` decides how create checks it out. */
async function somebodysPlace(files: number): Promise<Place & { nothing: string[] }> {
  const place = await openPlace({ repo: { files } });
  const { repo, server } = place;
  repo.write(".gitignore", ".env\n");
  await repo.commit("Ignore");
  repo.write(".env", "TOKEN=1\n");
  repo.write("mine.txt", "uncommitted\n");
  await repo.git("branch", "my-branch");
  await repo.git("branch", "case-like-mine");
  await repo.git("worktree", "add", "-q", "-b", "my-worktree", join(server.home, "my-worktree"));
  writeFileSync(join(server.home, "my-worktree", "work.txt"), "mine\n");
  mkdirSync(server.fleetHome, { recursive: true });
  writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n');
  return { ...place, nothing: await leftovers(place) };
}

async function killedAfter(place: Place, words: string[], ms: number): Promise<void> {
  const child = Bun.spawn([await binary(), ...words], { cwd: place.repo.path, env: place.server.env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  await Promise.race([Bun.sleep(ms), child.exited]);
  child.kill("SIGKILL");
  await child.exited;
}

/** Milliseconds that a create takes here: the least of several, because the first is cold, and kills that come later hit nothing. */
async function durationOfCreate(place: Place): Promise<number> {
  const durations: number[] = [];
  for (let i = 0; i < 4; i++) {
    const began = performance.now();
    await place.ok(["create", `timed-${i}`, "-a", "quiet", "-d"]);
    durations.push(performance.now() - began);
  }
  return Math.min(...durations);
}

async function doctor(place: Place, ...words: string[]): Promise<Row[]> {
  const ran = await place.fleet(["doctor", "--json", ...words]);
  if (ran.code !== 0) throw new Error(`doctor ended with ${ran.code}\n${ran.stderr}${ran.stdout}`);
  return JSON.parse(ran.stdout) as Row[];
}

/** What is not named of what lay there before and still lies there after. */
async function unnamed(place: Place & { nothing: string[] }): Promise<string[]> {
  const before = await leftovers(place);
  const things = new Set((await doctor(place)).flatMap((row) => row.things));
  // A git that outlived its fleet goes on meanwhile.
  const after = new Set(await leftovers(place));
  return before.filter((thing) => after.has(thing) && !things.has(thing) && !place.nothing.includes(thing));
}

for (const [size, files] of [["a small repository", 3], ["one whose checkout is a step of its own", 600]] as const) {
  describe(`kill -9 of create in ${size}`, () => {
    test(`${CASES / 2} times: named, then gone (SEED=${SEED} CASES=${CASES})`, async () => {
      const random = randomOf(SEED + files);
      const place = await somebodysPlace(files);
      const took = await durationOfCreate(place);
      const mine = await belongings(place);
      let halfDone = 0;
      for (let i = 0; i < CASES / 2; i++) {
        // Most within the time that a create takes here, some long after.
        const ms = Math.round(random() * (i % 5 === 4 ? LONGEST_MS : 1.2 * took));
        const words = ["create", `case-${i}`, "-a", "quiet", "-p", "work", ...(random() < 0.5 ? ["-d"] : [])];
        await killedAfter(place, words, ms);
        const context = `case ${i}, killed after ${ms} ms (SEED=${SEED})`;
        expect([context, await unnamed(place)]).toEqual([context, []]);
        if ((await leftovers(place)).length > place.nothing.length) halfDone++;
        // A create that is under way is none of doctor's.
        const live = i % 4 === 0 ? place.ok(["create", `live-${i}`, "-a", "quiet", "-d"]) : null;
        await doctor(place, "--fix");
        await live;
        expect([context, await leftovers(place), await withoutSession(place)]).toEqual([context, place.nothing, []]);
      }
      expect(await belongings(place)).toEqual(mine);
      // Many kills must have hit a create half-way, or little was tried.
      expect(halfDone).toBeGreaterThanOrEqual(Math.floor(CASES / 2 / 5));
      for (let i = 0; i < CASES / 2; i += 4) expect((await place.agent(`live-${i}`)).session).not.toBeNull();
    }, 300_000);
  });
}

test("a doctor --fix that is killed itself leaves no more than the next one undoes", async () => {
  const random = randomOf(SEED);
  const place = await somebodysPlace(600);
  const mine = await belongings(place);
  for (let i = 0; i < CASES / 4; i++) {
    const [ms, later] = [Math.round(20 + random() * 50), Math.round(random() * 90)];
    await killedAfter(place, ["create", `case-${i}`, "-a", "quiet", "-d"], ms);
    await killedAfter(place, ["doctor", "--fix"], later);
    const context = `case ${i}, create killed after ${ms} ms, doctor after ${later} ms (SEED=${SEED})`;
    expect([context, await unnamed(place)]).toEqual([context, []]);
    await doctor(place, "--fix");
    expect([context, await leftovers(place), await withoutSession(place)]).toEqual([context, place.nothing, []]);
  }
  expect(await belongings(place)).toEqual(mine);
}, 300_000);
