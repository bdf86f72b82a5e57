// kill -9 of a command after so many milliseconds, and what must hold then.
import { expect } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { binary } from "./binary";
import type { Place } from "./place";
import { allLeftovers, unfinishedStep } from "./trash";

/** Run `fleet WORDS…` and kill it after `ms`, if it has not ended by then; `at` work: so long after it has put down that it is at something. */
export async function cutOff(place: Place, words: readonly string[], ms: number, at: "start" | "work" = "start"): Promise<void> {
  const { repo, server } = place;
  const child = Bun.spawn([await binary(), ...words], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  while (at === "work" && child.exitCode === null && !hasEntry(join(server.fleetHome, "journal"))) await Bun.sleep(1);
  await Promise.race([Bun.sleep(ms), child.exited]);
  child.kill("SIGKILL");
  await child.exited;
}

function hasEntry(journal: string): boolean {
  return existsSync(journal) && readdirSync(journal).some((name) => name.endsWith(".json"));
}

/** How long it takes when nobody cuts it off. */
export async function timed({ ok }: Place, words: readonly string[]): Promise<number> {
  const began = performance.now();
  await ok(words);
  return performance.now() - began;
}

export async function doctorRows({ fleet }: Place, ...words: string[]): Promise<Row[]> {
  return JSON.parse((await fleet(["doctor", "--json", ...words])).stdout) as Row[];
}

/** What is half done is named, `doctor --fix` puts it right, and nothing is left of it. Returns the step at which it was cut off. */
export async function expectNamedAndPutRight(place: Place, context: string, nothing: readonly string[]): Promise<string> {
  const step = unfinishedStep(place);
  const before = await allLeftovers(place);
  const rows = await doctorRows(place);
  const named = rows.filter((row) => row.check === "unfinished" && row.status === "warn");
  expect([context, step, named.length > 0]).toEqual([context, step, step !== "none"]);
  const things = new Set(rows.flatMap((row) => row.things));
  const after = new Set(await allLeftovers(place));
  // What is at work on an agent that stays one names its worktree and branches only.
  const goes = /^(none|kill|gc|undo)/.test(step);
  expect([context, step, before.filter((thing) => goes && after.has(thing) && !things.has(thing) && !nothing.includes(thing))]).toEqual([context, step, []]);
  const fixed = await doctorRows(place, "--fix");
  expect([context, step, fixed.filter((row) => row.status === "fail" && !row.check.startsWith("kind") && !row.check.startsWith("tool")).map((row) => row.what)]).toEqual([context, step, []]);
  expect([context, step, unfinishedStep(place), (await allLeftovers(place)).filter((thing) => !nothing.includes(thing))]).toEqual([context, step, "none", []]);
  expect([context, step, await place.repo.git("fsck", "--connectivity-only", "--no-dangling", "--no-progress").catch(String)]).toEqual([context, step, ""]);
  return step;
}
