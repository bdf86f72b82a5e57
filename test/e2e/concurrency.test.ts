// Many at once, from separate processes.
import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { openPlace, type Place } from "../helpers/place";

const place: Place = await openPlace({ repo: { files: 120 } });
const { fleet, ok, repo } = place;
const MANY = 40;

type Records = Record<string, { branch: string; slot: number; worktree: string; placed: unknown[] }>;
const records = () => Object.values(JSON.parse(place.kept("state.json")).agents as Records);

test("forty creates at once: all succeed, each with its worktree, session, record and slot", async () => {
  repo.write(".gitignore", ".env\n");
  await repo.commit("Ignore");
  repo.write(".env", "A=1\n");
  const names = Array.from({ length: MANY }, (_, i) => `try-${i}`);
  const ran = await Promise.all(names.map((name) => fleet(["create", name, "-a", "demo", "-d"])));
  expect(ran.filter(({ code }) => code !== 0).map(({ stderr }) => stderr)).toEqual([]);
  expect(records().map(({ branch }) => branch).sort()).toEqual([...names].sort());
  expect(records().map(({ slot }) => slot).sort((a, b) => a - b)).toEqual(names.map((_, i) => i + 1));
  expect(new Set(records().map(({ worktree }) => worktree)).size).toBe(MANY);
  expect(records().every(({ placed }) => placed.length === 1)).toBe(true);
  expect((await repo.git("worktree", "list", "--porcelain")).match(/^worktree /gm)).toHaveLength(MANY + 1);
  expect((await repo.git("for-each-ref", "refs/heads/try-*")).split("\n")).toHaveLength(MANY);
  const listed = await place.list();
  expect(listed.filter(({ session, pane }) => session !== null && pane !== null)).toHaveLength(MANY);
  expect(new Set(listed.map(({ session }) => session)).size).toBe(MANY);
  // Each session was told the slot that was written down.
  for (const { branch, slot } of records().slice(0, 5)) expect(await place.server.tmux("show-environment", "-t", `=repo-${branch}`, "FLEET_SLOT")).toBe(`FLEET_SLOT=${slot}`);
  expect(readdirSync(`${place.server.fleetHome}/journal`)).toEqual([]);
}, 120_000);

test("reading goes on meanwhile: list never fails and never loses one", async () => {
  const before = (await place.list()).length;
  const creating = Promise.all([1, 2, 3, 4, 5, 6].map((i) => fleet(["create", `meanwhile-${i}`, "-a", "demo", "-d"])));
  let least = Infinity;
  for (let i = 0; i < 6; i++) least = Math.min(least, (await place.list()).length);
  expect((await creating).map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(least).toBeGreaterThanOrEqual(before);
}, 60_000);

test("the same name at once: exactly one wins, and the others take nothing of it away", async () => {
  for (const name of ["same", "same/again"]) {
    const ran = await Promise.all(Array.from({ length: 6 }, () => fleet(["create", name, "-a", "demo", "-d"])));
    expect(ran.filter(({ code }) => code === 0)).toHaveLength(1);
    for (const { code, stderr } of ran.filter(({ code }) => code !== 0)) {
      expect(code).toBe(1);
      expect(stderr).toMatch(/✗ (another command has just taken the branch|an agent has this branch already|the branch is checked out elsewhere|the branch exists): same/);
      expect(stderr).not.toContain("could not undo");
    }
    const { worktree } = await place.untilStatus(name, "idle");
    expect(await repo.git("-C", worktree, "symbolic-ref", "--short", "HEAD")).toBe(name);
    expect(records().filter(({ branch }) => branch === name)).toHaveLength(1);
    if (name === "same") await ok(["exec", "same", "--", "git", "branch", "-m", "same-moved"]);
  }
}, 60_000);

test("one existing branch wanted by several at once: exactly one gets it, and it is there afterwards", async () => {
  await repo.git("branch", "wanted");
  const ran = await Promise.all(Array.from({ length: 5 }, () => fleet(["create", "wanted", "-a", "demo", "-d", "--existing"])));
  expect(ran.filter(({ code }) => code === 0)).toHaveLength(1);
  expect(await repo.git("branch", "--list", "wanted")).toContain("wanted");
  expect(records().filter(({ branch }) => branch === "wanted")).toHaveLength(1);
}, 60_000);

test("names that fall on one directory or one session name, at once, each get their own", async () => {
  const names = ["x/y/z", "x-y/z", "x/y-z", "x-y-z"];
  const ran = await Promise.all(names.map((name) => fleet(["create", name, "-a", "demo", "-d"])));
  expect(ran.map(({ code, stderr }) => (code === 0 ? "" : stderr))).toEqual(["", "", "", ""]);
  const agents = (await place.list()).filter(({ branch }) => names.includes(branch));
  expect(new Set(agents.map(({ worktree }) => worktree)).size).toBe(4);
  expect(new Set(agents.map(({ session }) => session)).size).toBe(4);
  for (const { branch, worktree } of agents) expect(await repo.git("-C", worktree, "symbolic-ref", "--short", "HEAD")).toBe(branch);
}, 60_000);

test("two prompts at once arrive one after the other, whole", async () => {
  const [one, two] = [`say one\n${"a".repeat(3000)}`, `say two\n${"b".repeat(3000)}`];
  await Promise.all([ok(["prompt", "try-0", one]), ok(["prompt", "try-0", two])]);
  await place.untilStatus("try-0", "idle");
  const screen = await place.screen("try-0");
  expect(screen.match(/● received 2 lines/g)).toHaveLength(2);
}, 60_000);
