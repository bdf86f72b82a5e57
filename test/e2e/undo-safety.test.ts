// What an undo, and a doctor that ends one, must never throw away or write: whole trees in the trash, new work, places outside.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrashEntry } from "../../src/fleet/trash";
import { startTime } from "../../src/ports/process-identity";
import { openPlace } from "../helpers/place";
import { rewriteRecord, type StoppedAgent, stoppedAgent } from "../helpers/trash";

setDefaultTimeout(30_000);

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const home = server.fleetHome;

interface Killed extends StoppedAgent {
  tree: string;
  admin: string;
  ref: string;
  entry: TrashEntry;
}

/** An agent with work.txt, killed. */
async function killed(branch: string): Promise<Killed> {
  const agent = await stoppedAgent(place, branch);
  agent.write("work.txt", "work\n");
  await ok(["kill", branch, "--yes", "--force"]);
  const { id } = agent;
  const entry = JSON.parse(readFileSync(join(home, "trash", `${id}.json`), "utf8")) as TrashEntry;
  return { ...agent, entry, tree: join(home, "worktrees/.trash", id, "tree"), admin: join(repo.path, ".git/fleet-trash", id), ref: `refs/fleet/trash/${id}` };
}

/** An operation on record: of this process, or of one that is gone. */
function journal(id: string, operation: string, step: string, facts: object, alive: boolean): void {
  mkdirSync(join(home, "journal"), { recursive: true });
  const start = alive ? startTime(process.pid) : "0";
  writeFileSync(join(home, "journal", `${id}.json`), JSON.stringify({ id, operation, step, pid: process.pid, start, at: new Date().toISOString(), facts }));
}

test("an undo that finds git's record and the ref gone leaves the files in the trash", async () => {
  const { id, tree, admin, ref } = await killed("half-gone");
  renameSync(admin, `${admin}-aside`);
  await repo.git("update-ref", "-d", ref);
  const ran = await fleet(["undo", id]);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("its files are in the trash, but git's record of them is not") as unknown as string]);
  expect(readFileSync(join(tree, "work.txt"), "utf8")).toBe("work\n");
  renameSync(`${admin}-aside`, admin);
  await ok(["undo", id]);
});

test("an undo that was cut off while it rebuilt loses half a rebuild, and no whole tree", async () => {
  const { id, tree, admin, entry } = await killed("cut-rebuild");
  const halves = [join(tree, "../rebuild"), `${admin}.partial`];
  for (const half of halves) mkdirSync(half);
  journal(id, "undo", "rebuild", { entry }, false);
  await ok(["doctor", "--fix"]);
  expect(halves.filter((half) => existsSync(half))).toEqual([]);
  expect(readFileSync(join(tree, "work.txt"), "utf8")).toBe("work\n");
  await ok(["undo", id]);
});

test("doctor takes nothing away that a running undo is building", async () => {
  const { id, admin, entry } = await killed("building");
  mkdirSync(`${admin}.partial`);
  journal(id, "undo", "rebuild", { entry }, true);
  await fleet(["doctor", "--fix"]);
  expect(existsSync(`${admin}.partial`)).toBe(true);
  rmSync(join(home, "journal", `${id}.json`));
  await ok(["doctor", "--fix"]);
  expect(existsSync(`${admin}.partial`)).toBe(false);
});

test("doctor keeps work that came into a worktree after its create's undoing was cut off", async () => {
  const { id, worktree, write } = await stoppedAgent(place, "kept-work");
  const { agents } = JSON.parse(place.kept("state.json")) as { agents: Record<string, object> };
  const record = agents[id]!;
  rewriteRecord(place, id, null);
  rmSync(join(home, "agents", id), { recursive: true });
  write("work.txt", "new\n");
  journal(id, "undo create", "begin", { record, made: { worktree: true, branch: true } }, false);
  await fleet(["doctor", "--fix"]);
  expect(readFileSync(join(worktree, "work.txt"), "utf8")).toBe("new\n");
});
