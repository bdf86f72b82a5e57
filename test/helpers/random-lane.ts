// A repository, a tmux server and agents of one's own in which random cases run, several such lanes side by side.
import { expect } from "bun:test";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rewriteFile } from "./aged";
import { adminOf, changesOf, type Picture, pictureOf } from "./picture";
import { openPlace, type Place } from "./place";
import { disturb, prepareRepo, type Random, seeded } from "./worktree-states";

export const OPERATIONS = ["kill", "keep", "merge", "stop", "gc"] as const;
export type Operation = (typeof OPERATIONS)[number];

/** What must have met each operation, by the changes of worktree-states.ts that make it. */
export const FEATURES: Readonly<Record<string, readonly string[]>> = {
  renames: ["rename"],
  binary: ["binary"],
  CRLF: ["lineEnds"],
  symlinks: ["links"],
  submodules: ["submodule", "restingModule"],
  sparse: ["sparse"],
  "non-UTF-8 names": ["rawNames"],
  "case-only renames": ["caseRename"],
  "dirty target": ["dirty target"],
};
const NAMES = Object.keys(FEATURES);

/** How often each operation was done, and undone, to a state with each feature. */
export type Counts = Record<Operation, Record<string, number>>;

export function noCounts(): Counts {
  return Object.fromEntries(OPERATIONS.map((operation) => [operation, Object.fromEntries(["cases", "done", ...NAMES].map((name) => [name, 0]))])) as Counts;
}

export interface Case {
  seed: number;
  /** Its own among the cases of one operation: each has one feature for certain. */
  n: number;
  /** Of its branch. */
  name: string;
}

export interface Agent {
  branch: string;
  id: string;
  worktree: string;
}

export interface Lane extends Place {
  /** The commit at which the target was at first. */
  began: string;
  counts: Counts;
}

export async function openLane(counts: Counts): Promise<Lane> {
  const place = await openPlace();
  mkdirSync(place.server.fleetHome, { recursive: true });
  writeFileSync(join(place.server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n[trash]\nkeep = 1000\nmax = 1000\n');
  await prepareRepo(place.server, place.repo);
  return { ...place, began: await place.repo.git("rev-parse", "HEAD"), counts };
}

/** A batch of running agents, in the order of `PREFIX-1`, `PREFIX-2` … */
export async function batchOf(lane: Lane, prefix: string, size: number): Promise<Agent[]> {
  await lane.ok(["fanout", String(size), prefix, "-a", "quiet", "-p", "x", "-d", "--yes"]);
  const all = await lane.list("--all");
  return Array.from({ length: size }, (_, i) => {
    const { branch, id, worktree } = all.find((one) => one.branch === `${prefix}-${i + 1}`)!;
    return { branch, id, worktree };
  });
}

/** The feature that this case has for certain. Many pick the same at random. */
export function certainFeature({ n }: Case): string {
  return NAMES[n % NAMES.length]!;
}

/** The worktree in a random state, its feature in it. `module`: which submodule it is, where it is that. */
export async function inState(lane: Lane, agent: Agent, one: Case, options: { stands?: boolean; without?: readonly string[]; module?: string; most?: number } = {}): Promise<string[]> {
  const { module = "submodule", most = 0.35, ...others } = options;
  const feature = certainFeature(one);
  const always = feature === "submodules" ? [module] : feature === "dirty target" ? [] : [FEATURES[feature]![0]!];
  return disturb(lane.server, agent.worktree, seeded(one.seed), { ...others, most, always });
}

/** Somebody's own work in the target's checkout, or none. */
export async function dirtyTarget(lane: Lane, random: Random, wanted: boolean): Promise<string[]> {
  if (!wanted) return [];
  return [...(await disturb(lane.server, lane.repo.path, random, { stands: false, most: 0.3, always: ["stagedAndMore"] })).map((name) => `target ${name}`), "dirty target"];
}

export async function cleanTarget({ repo, began }: Lane): Promise<void> {
  // With its index goes what that hides from git.
  rmSync(join(repo.path, ".git/index"), { force: true });
  await repo.git("reset", "-q", "--hard", began);
  await repo.git("clean", "-qffdx");
  rmSync(join(repo.path, ".git/modules"), { recursive: true, force: true });
}

/** One more case in which `operation` was done and undone. `done` are the changes that were made. */
export function count({ counts }: Lane, operation: Operation, done: readonly string[], wasDone = true): void {
  counts[operation]["cases"]!++;
  if (!wasDone) return;
  counts[operation]["done"]!++;
  for (const [feature, makers] of Object.entries(FEATURES)) if (makers.some((maker) => done.includes(maker))) counts[operation][feature]!++;
}

export interface Around {
  target: Picture;
  refs: string;
}

/** What none of the operations but a merge may touch. */
export async function around(lane: Lane): Promise<Around> {
  const [target, refs] = await Promise.all([pictureOf(lane.server, lane.repo.path), lane.repo.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")]);
  return { target, refs };
}

export function expectSame(context: string, before: Picture, after: Picture): void {
  expect([context, ...changesOf(before, after)]).toEqual([context]);
}

export function expectAround(context: string, before: Around, after: Around): void {
  expectSame(`${context} (target)`, before.target, after.target);
  expect([context, after.refs]).toEqual([context, before.refs]);
}

export async function pictures(lane: Lane, agents: readonly Agent[]): Promise<Picture[]> {
  const all: Picture[] = [];
  for (const { worktree } of agents) all.push(await pictureOf(lane.server, worktree));
  return all;
}

/** Their files are all in the trash. */
export function expectGone(context: string, agents: readonly Agent[]): void {
  expect([context, agents.filter(({ worktree }) => existsSync(worktree)).map(({ branch }) => branch)]).toEqual([context, []]);
}

/** Without fleet: stopped agents, in a moment. */
export async function putAway(lane: Lane, agents: readonly Agent[]): Promise<void> {
  const { server, repo } = lane;
  await cleanTarget(lane);
  for (const { id, worktree } of agents) {
    for (const path of [adminOf(worktree), worktree, join(server.fleetHome, "agents", id)]) rmSync(path, { recursive: true, force: true });
  }
  const ids = new Set(agents.map(({ id }) => id));
  rewriteFile(join(server.fleetHome, "state.json"), (state: { agents: Record<string, unknown> }) => {
    for (const id of Object.keys(state.agents)) if (ids.has(id)) delete state.agents[id];
  });
  const branches = (await repo.git("for-each-ref", "--format=%(refname)", "refs/heads")).split("\n").filter((ref) => !/\/(main|other)$/.test(ref));
  const doomed = branches.filter((ref) => agents.some(({ branch }) => ref === `refs/heads/${branch}`) || /\/orphan-/.test(ref));
  if (doomed.length > 0) await repo.git("branch", "-q", "-D", ...doomed.map((ref) => ref.slice("refs/heads/".length)));
}

/** The repository has lost nothing that is named in it, and nothing is half done. */
export async function expectWhole({ repo, fleet }: Lane): Promise<void> {
  expect(await repo.git("fsck", "--connectivity-only", "--no-dangling", "--no-progress").catch(String)).toBe("");
  expect((JSON.parse((await fleet(["doctor", "--json"])).stdout) as { check: string; status: string }[]).filter(({ check, status }) => check === "unfinished" && status !== "ok")).toEqual([]);
}
