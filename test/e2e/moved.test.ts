// A repository that was moved while agents work in it: doctor says where it is now, and its agents follow.
import { expect, test } from "bun:test";
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fleetIn, fleetOk } from "../helpers/fleet";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";

const place = await openPlace();
const { ok, repo, server } = place;
const moved = join(server.root, "moved");

interface Row {
  what: string;
  fixable: boolean;
  fixed: string | null;
}

test("its agents are named with the new place, and follow it: they are listed, killed, brought back and started as before", async () => {
  await ok(["create", "runs", "-a", "demo", "-d"]);
  await ok(["fanout", "1", "rests", "-a", "demo", "-p", "say hi", "-d"]);
  const runs = await place.untilStatus("runs", "idle");
  const rests = await place.untilStatus("rests-1", "idle");
  await ok(["stop", "rests-1"]);
  writeFileSync(join(rests.worktree, "work.txt"), "work\n");
  // A copy has the same records, and no claim while the repository is there.
  cpSync(repo.path, join(server.root, "copy"), { recursive: true });
  const state = async (cwd: string, ...words: string[]) => (JSON.parse((await fleetIn(server, cwd)(["doctor", "--json", ...words])).stdout) as Row[]).filter(({ what }) => what.includes("repository of"));
  expect(await state(join(server.root, "copy"))).toEqual([]);
  rmSync(join(server.root, "copy"), { recursive: true });

  renameSync(repo.path, moved);
  const there = fleetIn(server, moved);
  const [elsewhere] = await state(server.root);
  expect(elsewhere).toMatchObject({ what: expect.stringMatching(/^the repository of (runs|rests-1) is not there: /), fixable: false });
  expect((await there(["kill", "rests-1", "--yes"])).stderr).toContain("moved: fleet -C NEW-PLACE doctor --fix");
  const named = await state(moved);
  expect(named.map(({ what }) => what).sort()).toEqual(["rests-1", "runs"].map((name) => `the repository of ${name} was moved: from ${repo.path}/.git to ${moved}/.git`));
  expect((await state(moved, "--fix")).map(({ fixed }) => fixed).sort()).toEqual(["rests-1", "runs"].map((name) => `followed: ${name} belongs to ${moved} now`));
  expect(await state(moved)).toEqual([]);

  const here = fleetOk(there);
  const git = openTestRepo(server, moved);
  expect((JSON.parse(await here(["list", "--json", "--all"])) as { branch: string; repo: string }[]).map(({ branch, repo }) => [branch, repo]).sort()).toEqual([["rests-1", `${moved}/.git`], ["runs", `${moved}/.git`]]);
  expect(await server.tmux("show-options", "-v", "-t", runs.session!, "@fleet_repo")).toBe(`${moved}/.git`);
  expect((await there(["kill", "rests-1", "--yes"])).stderr).toContain("✗ rests-1 has uncommitted work: 1 path");
  await here(["kill", "*", "--yes", "--force"]);
  expect((await git.git("worktree", "list", "--porcelain")).match(/^worktree /gm)).toHaveLength(1);
  await here(["undo", runs.id, rests.id]);
  expect(readFileSync(join(rests.worktree, "work.txt"), "utf8")).toBe("work\n");
  await here(["start", "runs", "rests-1"]);
  await here(["create", "new", "-a", "demo", "-d"]);
});

test("a worktree whose place in the moved repository is somebody else's is left to them", async () => {
  const here = fleetIn(server, moved);
  const { worktree } = (JSON.parse((await here(["list", "--json", "new"])).stdout) as { worktree: string }[])[0]!;
  await here(["stop", "new"]);
  const git = openTestRepo(server, moved);
  rmSync(worktree, { recursive: true });
  await git.git("worktree", "prune");
  await git.git("worktree", "add", "-q", worktree, "new");
  const again = join(server.root, "again");
  renameSync(moved, again);
  const rows = JSON.parse((await fleetIn(server, again)(["doctor", "--json"])).stdout) as Row[];
  expect(rows.filter(({ what }) => what.includes("the repository of new"))).toEqual([expect.objectContaining({ what: `the repository of new is not there: ${moved}/.git`, fixable: false })]);
});
