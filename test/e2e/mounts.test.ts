// What is mounted in a worktree, or is one, belongs to somebody: no kill and no purge goes through it.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../../src/ports/lock";
import { spawn } from "../../src/ports/spawn";
import { openStore } from "../../src/ports/store";
import { lockPath } from "../../src/fleet/repo-lock";
import { openPlace } from "../helpers/place";
import { stoppedAgent, unfinishedStep } from "../helpers/trash";
import { until } from "../helpers/until";

setDefaultTimeout(30_000);

const canMount = process.getuid?.() === 0 && Bun.spawnSync(["unshare", "-m", "true"]).exitCode === 0;
const place = await openPlace();
const { fleet, ok, repo, server } = place;
const home = server.fleetHome;
const data = join(server.root, "somebody's data");
mkdirSync(data);
writeFileSync(join(data, "theirs.txt"), "theirs\n");

async function mounted<T>(from: string, at: string, act: () => Promise<T>): Promise<T> {
  mkdirSync(at, { recursive: true });
  expect((await spawn(["mount", "--bind", from, at], { env: server.env })).code).toBe(0);
  try {
    return await act();
  } finally {
    await spawn(["umount", at], { env: server.env });
  }
}

test.if(canMount)("kill refuses a worktree in which something is mounted, and names it", async () => {
  const { worktree, write } = await stoppedAgent(place, "holds-mount");
  write("work.txt", "work\n");
  const at = join(worktree, "my data");
  await mounted(data, at, async () => {
    const ran = await fleet(["kill", "holds-mount", "--yes", "--force"]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining(`something is mounted in it: ${at}`) as unknown as string]);
    expect(ran.stderr).toContain(`↳ umount '${at}'`);
    expect(existsSync(join(at, "theirs.txt"))).toBe(true);
  });
  await ok(["kill", "holds-mount", "--yes", "--force"]);
});

test.if(canMount)("a purge leaves what has a mount in it, and takes it when that is gone", async () => {
  const { id, write } = await stoppedAgent(place, "trash-mount");
  write("work.txt", "work\n");
  await ok(["kill", "trash-mount", "--yes", "--force"]);
  const folder = join(home, "trash");
  const file = join(folder, `${id}.json`);
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), at: "2020-01-01T00:00:00Z" }));
  const trashed = join(home, "worktrees/.trash", id);
  await mounted(data, join(trashed, "tree/data"), async () => {
    await until(async () => (await fleet(["purge"])).code === 0 && !existsSync(join(home, "locks/purge.lock")));
    expect(existsSync(join(trashed, "tree/work.txt"))).toBe(true);
  });
  expect(readFileSync(join(data, "theirs.txt"), "utf8")).toBe("theirs\n");
  await until(async () => (await ok(["purge"]), !existsSync(trashed)));
});

test.if(canMount)("work that comes into a worktree that can't be moved while its kill waits for another command is saved", async () => {
  const { id, worktree, write } = await stoppedAgent(place, "unmovable");
  write("work.txt", "work\n");
  await mounted(worktree, worktree, async () => {
    let killing: ReturnType<typeof fleet> | undefined;
    await withLock(lockPath(openStore(home, () => {}), join(repo.path, ".git")), async () => {
      killing = fleet(["kill", id, "--yes", "--force"]);
      await until(() => /save in place|remove/.test(unfinishedStep(place)));
      // As long as a save takes that does not wait.
      await Promise.race([until(() => unfinishedStep(place) === "kill remove").catch(() => {}), Bun.sleep(1000)]);
      write("late.txt", "late\n");
    });
    expect((await killing!).code).toBe(0);
  });
  expect(await repo.git("show", `refs/fleet/trash/${id}:worktree/late.txt`)).toBe("late");
});
