// fleet gc: what has had its time is shown, then goes; what holds work stays, and all that goes through kill comes back.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { age, ageTrash } from "../helpers/aged";
import { binary } from "../helpers/binary";
import { openPlace } from "../helpers/place";
import { terminals } from "../helpers/terminal";
import { type StoppedAgent, stoppedAgent } from "../helpers/trash";

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

test("what was brought back, or taken up again, between the question and the answer is another's affair: it stays", async () => {
  const openTerminal = await terminals(server.env);
  const agents = [await stoppedAgent(place, "again"), await stoppedAgent(place, "taken-up"), await stoppedAgent(place, "left")];
  const [again, takenUp, left] = agents as [StoppedAgent, StoppedAgent, StoppedAgent];
  await ok(["kill", "again", "--yes"]);
  ageTrash(place, again.id, 10);
  for (const agent of [takenUp, left]) age(place, agent, 10);
  const terminal = await openTerminal(`cd '${repo.path}' && '${await binary()}' gc --older 9d; echo "code=$?"; exec sleep 1000`);
  await terminal.shows("Clear all that away?");
  await ok(["undo", "again"]);
  again.write("work.txt", "new work\n");
  await ok(["kill", "again", "--yes", "--force"]);
  await ok(["start", "taken-up"]);
  await place.untilStatus("taken-up", "idle");
  await terminal.keys("y", "Enter");
  const screen = await terminal.shows("code=0");
  expect(screen).toContain("killed: left");
  expect((await place.list("--all")).map(({ branch }) => branch)).toContain("taken-up");
  await ok(["undo", "again", "left"]);
  expect(readFileSync(join(again.worktree, "work.txt"), "utf8")).toBe("new work\n");
  await terminal.close();
});

test("saved refs of another FLEET_HOME in the same repository have their 30 days; those that are nobody's of fleet stay for ever", async () => {
  const agent = await stoppedAgent(place, "elsewhere");
  agent.write("work.txt", "elsewhere\n");
  await ok(["kill", "elsewhere", "--yes", "--force"]);
  // The same ref, as this home sees one of another home's agent, killed ten and forty days ago; and one by another hand.
  const entry = await repo.git("log", "-1", "--format=%b", `refs/fleet/trash/${agent.id}`);
  const refOf = async (name: string, days: number, worktree: string, email = "fleet@localhost") => {
    const at = `${Math.floor(Date.now() / 1000) - days * 86_400} +0000`;
    const body = entry.replaceAll(agent.id, name).replaceAll(join(server.fleetHome, "worktrees"), worktree);
    const made = Bun.spawnSync(["git", "-C", repo.path, "commit-tree", "HEAD^{tree}", "-m", "fleet: as it was", "-m", body], { env: { ...server.env, GIT_COMMITTER_DATE: at, GIT_AUTHOR_DATE: at, GIT_COMMITTER_NAME: "fleet", GIT_COMMITTER_EMAIL: email, GIT_AUTHOR_NAME: "fleet", GIT_AUTHOR_EMAIL: email } });
    await repo.git("update-ref", `refs/fleet/trash/${name}`, made.stdout.toString().trim());
  };
  const theirs = "/home/another/.ai_fleet/worktrees";
  await refOf("aaaaaa", 10, theirs);
  await refOf("bbbbbb", 40, theirs);
  await refOf("cccccc", 10, join(server.fleetHome, "worktrees"));
  await refOf("dddddd", 400, theirs, "person@example.invalid");
  const told = JSON.parse(await ok(["gc", "--older", "5d", "--yes", "--json"])) as { refs: string[] };
  // The purge that a kill leaves may have been there first, for those of forty days.
  expect(told.refs.filter((ref) => !ref.endsWith("bbbbbb"))).toEqual(["refs/fleet/trash/cccccc"]);
  const left = await repo.git("for-each-ref", "--format=%(refname)", "refs/fleet/trash/");
  expect(["aaaaaa", "bbbbbb", "cccccc", "dddddd", agent.id].map((id) => left.includes(id))).toEqual([true, false, false, true, true]);
});
