// What a list had no time for is found out by a background process, and is right at the next look.
import { expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentRecord } from "../../src/base/model";
import { startTime } from "../../src/ports/process-identity";
import { fleetIn, fleetOk } from "../helpers/fleet";
import { makeRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";
import { until } from "../helpers/until";

const server = await privateServer();
const repo = await makeRepo(server);
const fleet = fleetIn(server, repo.path);
const worktree = join(server.root, "one");
await repo.git("worktree", "add", "-q", "-b", "one", worktree);
writeFileSync(join(worktree, "new.txt"), "1\n2\n");

const record: AgentRecord = {
  id: "abcd12", branch: "one", branchCreated: true, kind: "demo", batch: null, repo: join(repo.path, ".git"), main: repo.path, worktree,
  base: { branch: "main", commit: await repo.git("rev-parse", "HEAD") }, title: "", session: "repo-one", socket: server.socket, slot: 0,
  conversation: null, args: [], path: "", created: "2026-01-01T00:00:00Z", placed: [],
};
mkdirSync(server.fleetHome, { recursive: true });
writeFileSync(join(server.fleetHome, "state.json"), JSON.stringify({ version: 1, agents: { [record.id]: record } }));

const cache = join(server.fleetHome, "cache", "git.json");
const measured = () => (existsSync(cache) ? JSON.parse(readFileSync(cache, "utf8")).agents[record.id]?.measured : undefined);

/** A PATH on which `git status` takes `seconds`, and writes down that it ran. */
function slowGit(seconds: number): string {
  const bin = join(server.root, `slow${seconds}`);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "git"), `#!/bin/sh\ncase "$*" in *status*) echo x >>'${bin}/ran'; sleep ${seconds};; esac\nexec '${Bun.which("git")}' "$@"\n`);
  chmodSync(join(bin, "git"), 0o755);
  return `${bin}:${server.env["PATH"]}`;
}
const looks = (seconds: number) => (existsSync(join(server.root, `slow${seconds}`, "ran")) ? readFileSync(join(server.root, `slow${seconds}`, "ran"), "utf8").length / 2 : 0);

test("a list that git holds up answers without it, and leaves a refresh whose answer the next list has", async () => {
  const run = fleetOk(fleet);
  const before = performance.now();
  const first = JSON.parse(await run(["list", "--all", "--json"], { env: { PATH: slowGit(2) } }));
  // git would have taken two seconds; whoever reads the list's output is not held up by the refresh either.
  expect(performance.now() - before).toBeLessThan(1_900);
  expect(first).toMatchObject([{ branch: "one", dirty: null }]);
  expect(measured()?.changes).toBeUndefined();
  await until(() => measured()?.changes?.dirty === 1, { what: "the refresh's answer" });
  const second = JSON.parse(await run(["list", "--all", "--json"]));
  expect(second[0].dirty).toBe(1);
});

test("only one refresh is at work", async () => {
  writeFileSync(cache, "");
  const all = await Promise.all(Array.from({ length: 4 }, () => fleet(["refresh"], { env: { PATH: slowGit(3) } })));
  expect(all.map((ran) => [ran.code, ran.stdout, ran.stderr])).toEqual(Array(4).fill([0, "", ""]));
  expect(looks(3)).toBe(1);
});

test("a refresh that was killed does not keep the next one away", async () => {
  const lock = join(server.fleetHome, "cache", "refresh.lock");
  mkdirSync(lock, { recursive: true });
  const gone = Bun.spawnSync(["true"]);
  expect(startTime(gone.pid)).toBeNull();
  writeFileSync(join(server.fleetHome, "cache", "refresh.holder"), `${gone.pid} 1`);
  writeFileSync(cache, "");
  await fleet(["refresh"]);
  expect(measured().changes).toMatchObject({ added: 2, removed: 0, dirty: 1 });
});
