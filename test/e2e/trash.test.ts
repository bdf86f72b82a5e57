// What a kill leaves behind is emptied in time, by a process that nobody waits for; and a whole journey leaves everything else as it was.
import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { belongings } from "../helpers/leftovers";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { terminals } from "../helpers/terminal";
import { allLeftovers } from "../helpers/trash";
import { until } from "../helpers/until";

setDefaultTimeout(30_000);

const place = await openPlace({ server: { env: { PS1: "$ " } } });
const { fleet, ok, repo, server } = place;
const home = server.fleetHome;
const terminal = await terminals(server.env);
const DAY = 24 * 60 * 60 * 1000;

repo.write(".gitignore", "*.ignored\n");
await repo.commit("Ignore");

/** An agent killed, and the purge that its kill leaves over. */
async function killed(branch: string): Promise<{ id: string; worktree: string; folder: string }> {
  const began = Date.now();
  await ok(["create", branch, "-a", "demo", "-d"]);
  const { id, worktree } = await place.agent(branch);
  writeFileSync(join(worktree, "big.ignored"), Buffer.alloc(300_000, 1));
  writeFileSync(join(worktree, "work.txt"), "work\n");
  await ok(["kill", branch, "--yes", "--force"]);
  await purged(began);
  return { id, worktree, folder: join(home, "worktrees/.trash", id) };
}

function age(id: string, days: number): void {
  const file = join(home, "trash", `${id}.json`);
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), at: new Date(Date.now() - days * DAY).toISOString() }));
}

/** The purge that the last kill has left is over. */
async function purged(since: number): Promise<void> {
  await until(() => statSync(join(home, "cache/purged")).mtimeMs >= since - 10 && !existsSync(join(home, "locks/purge.lock")), { what: "the purge to end" });
}

const saved = async (id: string) => (await repo.git("for-each-ref", "--format=%(refname)", `refs/fleet/trash/${id}`)) !== "";

test("a directory over its days goes at the next kill, in the background; its work stays under the ref, until that is old too", async () => {
  const [old, ancient] = [await killed("old"), await killed("ancient")];
  mkdirSync(join(old.folder, "tree/cache"));
  writeFileSync(join(old.folder, "tree/cache/x"), "");
  chmodSync(join(old.folder, "tree/cache"), 0o555);
  age(old.id, 8);
  age(ancient.id, 31);
  const fresh = await killed("fresh");
  await until(() => !existsSync(old.folder) && !existsSync(ancient.folder), { what: "the old directories to go" });
  await until(async () => !(await saved(ancient.id)), { what: "the ancient ref to go" });
  expect(existsSync(fresh.folder)).toBe(true);
  const ran = await fleet(["undo", old.id]);
  expect(ran.stderr).toContain("without what only the trash had: big.ignored");
  expect(readFileSync(join(old.worktree, "work.txt"), "utf8")).toBe("work\n");
  expect((await fleet(["undo", ancient.id])).stderr).toContain("nothing to undo under this name");
  expect(existsSync(join(repo.path, ".git/fleet-trash", ancient.id))).toBe(false);
});

test("over its size the trash loses the oldest first, never the newest", async () => {
  mkdirSync(home, { recursive: true });
  const config = join(home, "config.toml");
  const before = readFileSync(config, "utf8");
  const [first, second] = [await killed("first"), await killed("second")];
  age(first.id, 2);
  writeFileSync(config, "[trash]\nmax = 0\n");
  await ok(["purge"]);
  writeFileSync(config, before);
  expect([existsSync(first.folder), existsSync(second.folder)]).toEqual([false, true]);
  expect(await saved(first.id)).toBe(true);
});

test("a purge that was killed is gone on with, and a ref that nothing else tells of goes after its days", async () => {
  const { id, folder } = await killed("cut");
  mkdirSync(`${folder}.emptying/tree`, { recursive: true });
  rmSync(join(home, "trash", `${id}.json`));
  const when = Math.floor((Date.now() - 31 * DAY) / 1000);
  const tree = await repo.git("rev-parse", `refs/fleet/trash/${id}^{tree}`);
  const env = { GIT_COMMITTER_NAME: "fleet", GIT_COMMITTER_EMAIL: "fleet@localhost", GIT_COMMITTER_DATE: `${when} +0000` };
  const commit = await openTestRepo({ env: { ...server.env, ...env } }, repo.path).git("commit-tree", "-m", "old", tree);
  await repo.git("update-ref", `refs/fleet/trash/${id}`, commit);
  const other = await killed("after");
  await until(() => !existsSync(`${folder}.emptying`), { what: "the half to go" });
  await until(async () => !(await saved(id)), { what: "the ref to go" });
  expect(await saved(other.id)).toBe(true);
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(repo.path, ".git/fleet-trash", id), { recursive: true, force: true });
});

test("create looks after the trash too, at most once an hour", async () => {
  const { id, folder } = await killed("looked");
  age(id, 8);
  await ok(["create", "soon", "-a", "demo", "-d"]);
  expect(existsSync(folder)).toBe(true);
  const past = new Date(Date.now() - 2 * 60 * 60 * 1000);
  utimesSync(join(home, "cache/purged"), past, past);
  await ok(["create", "later", "-a", "demo", "-d"]);
  await until(() => !existsSync(folder), { what: "the directory to go" });
});

test("kill typed in the agent's own session tells the terminal that it moved away", async () => {
  await ok(["create", "seen", "-a", "demo", "-d"]);
  const { session } = await place.untilStatus("seen", "idle");
  const term = await terminal(`exec env TMUX_TMPDIR=${server.root} tmux -u attach -t main`);
  const client = await until(() => server.tmux("list-clients", "-F", "#{client_name}"), { what: "a client" });
  await server.tmux("switch-client", "-c", client, "-t", `=${session}:`);
  const { worktree } = await place.agent("seen");
  const pane = await server.tmux("split-window", "-P", "-F", "#{pane_id}", "-t", `=${session}:`, "-c", worktree, "env", "PS1=$ ", `FLEET=${await binary()}`, "sh");
  await until(async () => (await server.screen(pane)).includes("$"), { what: "a shell" });
  await server.tmux("send-keys", "-t", pane, "$FLEET kill seen --yes --force", "Enter");
  await term.shows("killed: seen; fleet undo");
  expect(await server.tmux("display-message", "-p", "-c", client, "#{session_name}")).toBe("main");
  expect(existsSync(worktree)).toBe(false);
  await term.close();
}, 30_000);

/** Processes of this place, by their arguments: the server's own and the agents' come and go with it. */
function processes(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const place = `${readlinkSync(`/proc/${pid}/cwd`)} ${readFileSync(`/proc/${pid}/environ`, "latin1")}`;
      return place.includes(server.root) ? [line] : [];
    } catch {
      return [];
    }
  }).sort();
}

test.if(process.platform === "linux")("a journey from create to kill leaves the person's files, refs, config, keys, options and processes as they were", async () => {
  for (const agent of await place.list("--all")) await ok(["kill", agent.id, "--yes", "--force"]);
  await until(() => !processes().some((line) => line.endsWith(" purge")), { what: "the purges to end" });
  const [before, nothing, running] = [await belongings(place), await allLeftovers(place), processes()];
  await ok(["create", "case-journey", "-a", "demo", "-p", "write a.txt a\ncommit Add a"]);
  await place.untilStatus("case-journey", "idle");
  await ok(["prompt", "case-journey", "write b.txt b"]);
  const { worktree, id } = await place.agent("case-journey");
  await until(() => existsSync(join(worktree, "b.txt")));
  await place.untilStatus("case-journey", "idle");
  await ok(["stop", "case-journey"]);
  await ok(["start", "case-journey"]);
  await place.untilStatus("case-journey", "idle");
  await ok(["kill", "case-journey", "--yes", "--force"]);
  await ok(["undo", id]);
  await ok(["start", id]);
  await place.untilStatus("case-journey", "idle");
  const ran = await fleet(["kill", "case-journey", "--yes", "--force", "--delete-branch"]);
  expect(ran.stderr).toContain(`✓ killed: case-journey; left: refs/fleet/trash/${id}\n`);
  await until(() => processes().length <= running.length, { what: "background processes to end", show: () => processes().join("\n") });
  expect(await belongings(place)).toEqual(before);
  // A tick at the end of the turn may be writing its note in this moment.
  await until(async () => Bun.deepEquals(await allLeftovers(place), nothing), { what: "nothing to be left", show: async () => JSON.stringify(await allLeftovers(place)) });
  expect(processes()).toEqual(running);
}, 40_000);
