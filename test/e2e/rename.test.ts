// fleet rename: branch, session, records and what refers to them; cut off at any moment the agent is whole under one name.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { binary } from "../helpers/binary";
import { leftovers } from "../helpers/leftovers";
import { openPlace } from "../helpers/place";
import { seeded } from "../helpers/worktree-states";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
mkdirSync(server.fleetHome, { recursive: true });
writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n');

test("branch, session, record and the base of a stacked agent have the new name; worktree and work stay", async () => {
  await ok(["create", "old", "-a", "quiet", "-d"]);
  const { id, worktree, pane } = await place.agent("old");
  writeFileSync(join(worktree, "work.txt"), "mine\n");
  await ok(["create", "stacked", "-a", "quiet", "-d", "-b", "old"]);
  expect(JSON.parse(await ok(["rename", "old", "new/name", "--json"]))).toEqual({ id, branch: "new/name", session: "repo-new-name", was: "old" });
  expect(await place.agent("new/name")).toMatchObject({ id, worktree, pane, session: "repo-new-name", status: "unknown" });
  expect((await place.agent("stacked"))["base"]).toMatchObject({ branch: "new/name" });
  expect(await repo.git("-C", worktree, "status", "--porcelain", "--branch")).toBe("## new/name\n?? work.txt");
  expect(await server.tmux("show-options", "-v", "-t", pane!, "@fleet_branch")).toBe("new/name");
  await ok(["restart", "new/name"]);
  expect((await place.agent("new/name")).session).toBe("repo-new-name");
  // Still fleet's own branch, which goes with the agent where it has no commits.
  await ok(["kill", "new/name", "stacked", "--yes", "--force"]);
  await ok(["kill", "new/name", "--yes", "--force"]).catch(() => "");
  await ok(["undo", id]);
  expect((await place.list("--all")).map(({ branch }) => branch)).toContain("new/name");
  expect(existsSync(join(worktree, "work.txt"))).toBe(true);
});

test("a name that is taken, by a branch, an agent or a part of a path, is refused, and nothing is changed", async () => {
  await repo.git("branch", "taken");
  const before = await place.traces();
  for (const [name, words] of [["taken", "the branch is there already: taken"], ["taken/below", "git can't have both branches: taken/below and taken"], ["bad..name", "git does not allow this branch name: bad..name"]] as const) {
    expect([name, await fleet(["rename", "new/name", name])]).toEqual([name, expect.objectContaining({ code: 1, stderr: expect.stringContaining(words) })]);
  }
  expect((await fleet(["rename", "new/name", "mine"], { env: { FLEET_ID: "zzzzzz" } })).stderr).toContain("an agent may rename only agents that it started");
  expect(await place.traces()).toEqual(before);
});

const CASES = Number(process.env["CASES"] ?? 8);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

test(`${CASES} renames cut off at any moment: whole under one name, named by doctor (SEED=${SEED} CASES=${CASES})`, async () => {
  const random = seeded(SEED);
  const nothing = await leftovers(place);
  await ok(["create", "case-a", "-a", "quiet", "-d"]);
  const { id } = await place.agent("case-a");
  const began = performance.now();
  await ok(["rename", "case-a", "case-b"]);
  const took = performance.now() - began;
  let [from, cut] = ["case-b", 0];
  for (let i = 0; i < CASES; i++) {
    const to = `case-${i}`;
    const child = Bun.spawn([await binary(), "rename", from, to], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
    await Promise.race([Bun.sleep(random() * took * 1.1), child.exited]);
    child.kill("SIGKILL");
    await child.exited;
    const context = `case ${i} (SEED=${SEED})`;
    const rows = JSON.parse((await fleet(["doctor", "--json"])).stdout) as Row[];
    const half = rows.filter(({ check, status }) => check === "unfinished" && status === "warn");
    if (half.length > 0) cut++;
    expect([context, half.map(({ what }) => what)]).toEqual([context, half.map(() => expect.stringMatching(/^rename of case-\S+ was cut off at /))]);
    await ok(["doctor", "--fix"]);
    const now = (await place.list("--all")).find((one) => one.id === id)!;
    expect([context, [from, to]]).toEqual([context, expect.arrayContaining([now.branch])]);
    from = now.branch;
    expect([context, now.session, await repo.git("-C", now.worktree, "branch", "--show-current")]).toEqual([context, `repo-${from}`, from]);
    expect([context, (await leftovers(place)).filter((thing) => !nothing.includes(thing))]).toEqual([context, []]);
  }
  console.log(`cut off in the middle: ${cut} of ${CASES}`);
}, 60_000 + CASES * 4_000);
