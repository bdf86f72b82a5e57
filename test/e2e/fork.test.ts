// fleet fork: a second agent with all that a first one holds, committed or not, its conversation where the program can, and the first as it was.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { binary } from "../helpers/binary";
import { leftovers } from "../helpers/leftovers";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { until } from "../helpers/until";
import { differences, type Snapshot, snapshot } from "../helpers/worktree-snapshot";
import { disturb, prepareRepo, seeded } from "../helpers/worktree-states";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
mkdirSync(server.fleetHome, { recursive: true });
writeFileSync(join(server.fleetHome, "config.toml"), '[kinds.quiet]\ncommand = ["sleep", "100000"]\n[kinds.said]\ncommand = ["sh", "-c", "echo \\"$1\\"; exec sleep 100000", "said", "{prompt}"]\n');
await prepareRepo(server, repo);

const CASES = Number(process.env["CASES"] ?? 12);
const SEED = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));

/** What must be alike in both: all but the branch's name, and git's own link and times. */
function alike({ files, git }: Snapshot, branch: string): Snapshot {
  const { ".git": _, ...rest } = files;
  const { index: __, head: ___, check: ____, ...told } = git;
  for (const name of ["status", "long"]) told[name] = told[name]!.replaceAll(branch, "BRANCH");
  return { files: rest, git: told };
}

test("it goes on from the same words, on a branch of its own, counted from the same base", async () => {
  await ok(["create", "talk", "-a", "demo", "-p", "write a.txt one\ncommit One\nsay remember 4711", "-d"]);
  const source = await place.untilStatus("talk", "idle");
  writeFileSync(join(source.worktree, "b.txt"), "untracked\n");
  const before = await place.traces();
  const plan = await ok(["fork", "talk", "--dry-run"]);
  expect(plan).toContain("branch    talk-2 new, from ");
  expect(plan).toContain("copies    1 uncommitted path of talk, and its index\ntalk      a copy of the conversation of talk\n");
  expect(await place.traces()).toEqual(before);
  const told = JSON.parse(await ok(["fork", "talk", "-p", "say and now", "--json"])) as Record<string, unknown>;
  expect(told).toMatchObject({ branch: "talk-2", kind: "demo", forkOf: source.id, conversation: "copied", copied: 1, settled: true, skipped: [] });
  const fork = await place.untilStatus("talk-2", "idle");
  expect(fork).toMatchObject({ forkOf: source.id, base: source["base"], prompt: "say and now", doing: "and now", overlaps: [], ahead: 1 });
  const screen = await place.screen("talk-2");
  expect([screen.includes("remember 4711"), screen.includes("and now"), (await place.screen("talk")).includes("and now")]).toEqual([true, true, false]);
  expect([readFileSync(join(fork.worktree, "a.txt"), "utf8"), readFileSync(join(fork.worktree, "b.txt"), "utf8")]).toEqual(["one\n", "untracked\n"]);
  // Its own from now on, and what it is started again with.
  await ok(["restart", "talk-2"]);
  await place.untilStatus("talk-2", "idle");
  await until(async () => (await place.screen("talk-2")).includes("and now"), { what: "its own conversation" });
  await ok(["merge", "talk-2", "--commit"]);
  expect(await repo.git("show", "main:b.txt")).toBe("untracked");
  await ok(["undo"]);
  await ok(["kill", "talk", "talk-2", "--yes", "--force"]);
});

test("without a prompt it waits, with another program it is told that a new conversation begins, and its name is the next that is free", async () => {
  await ok(["create", "first", "-a", "quiet", "-d"]);
  await repo.git("branch", "first-2");
  const anew = await fleet(["fork", "first"]);
  expect([anew.code, anew.stderr.includes("a new conversation begins: the command of quiet has no conversations that fleet knows of")]).toEqual([0, true]);
  const other = await fleet(["fork", "first", "named/so", "-a", "demo", "-p", "say hello"]);
  expect([other.code, other.stderr.includes("a new conversation begins: Demo agent can't take up a conversation of quiet")]).toEqual([0, true]);
  expect((await place.list()).map(({ branch, kind }) => `${branch} ${kind}`).sort()).toEqual(["first quiet", "first-3 quiet", "named/so demo"]);
  await ok(["kill", "first", "first-3", "named/so", "--yes", "--force"]);
  await repo.git("branch", "-D", "first-2");
});

test(`${CASES} random states: the copy is the same to git and to the last byte, and the first one is untouched (SEED=${SEED} CASES=${CASES})`, async () => {
  const random = seeded(SEED);
  for (let i = 0; i < CASES; i++) {
    const branch = `case-${i}`;
    await ok(["create", branch, "-a", "quiet", "-d"]);
    const { worktree } = await place.agent(branch);
    const done = await disturb(server, worktree, random, { without: ["submodule", "restingModule"], always: i === 0 ? ["sparse", "intentToAdd"] : i === 1 ? ["detached"] : [] });
    const context = `case ${i} (SEED=${SEED}): ${done.join(", ")}`;
    const before = await snapshot(server, worktree, { ignored: true });
    const ran = await fleet(["fork", branch, `${branch}-copy`]);
    expect([context, differences(before, await snapshot(server, worktree, { ignored: true }))]).toEqual([context, []]);
    const [amid] = done.filter((name) => name === "conflict" || name === "rebase");
    const unborn = done.some((name) => name === "orphan");
    if (ran.code !== 0) {
      expect([context, ran.stderr, amid !== undefined || unborn]).toEqual([context, expect.stringMatching(/is in the middle of a (merge|rebase)|has no commit to start from/), true]);
    } else {
      const copy = (await place.list("--all")).find(({ forkOf }) => forkOf !== null)!;
      const [theirs, mine] = [alike(await snapshot(server, worktree, { ignored: false }), branch), alike(await snapshot(server, copy.worktree, { ignored: false }), `${branch}-copy`)];
      // One that was detached, or on a branch that it made, is on the copy's own now, and says so.
      if (done.includes("detached") || unborn) for (const part of [theirs, mine]) Object.assign(part.git, { status: part.git["status"]!.replace(/# branch\.head [^\0]*\0/, ""), long: "" });
      expect([context, differences(theirs, mine)]).toEqual([context, []]);
      expect([context, mine.git["check"]]).toEqual([context, undefined]);
      expect([context, await repo.git("-C", copy.worktree, "fsck", "--connectivity-only", "--no-dangling", "--no-progress")]).toEqual([context, ""]);
    }
    for (const { branch: name } of await place.list("--all")) await ok(["kill", name, "--yes", "--force", "--delete-branch"]).catch(() => ok(["kill", name, "--yes", "--force"]));
    await ok(["gc", "--older", "0s", "--yes"]).catch(() => "");
  }
}, 60_000 + CASES * 6_000);

test("submodules are left empty, as create leaves them, and the first one keeps its work", async () => {
  await ok(["create", "modules", "-a", "quiet", "-d"]);
  const { worktree } = await place.agent("modules");
  await disturb(server, worktree, () => 0.99, { stands: false, always: ["submodule"] });
  const before = await snapshot(server, worktree, { ignored: true });
  const ran = await fleet(["fork", "modules"]);
  expect([ran.code, ran.stderr.includes("submodules are left empty")]).toEqual([0, true]);
  const copy = await place.agent("modules-2");
  expect(readdirSync(join(copy.worktree, "module"))).toEqual([]);
  expect(differences(before, await snapshot(server, worktree, { ignored: true }))).toEqual([]);
  await ok(["kill", "modules", "modules-2", "--yes", "--force"]);
});

test("pipes, and worktrees of others within, are named and not copied", async () => {
  await ok(["create", "odd", "-a", "quiet", "-d"]);
  const { worktree } = await place.agent("odd");
  Bun.spawnSync(["mkfifo", join(worktree, "pipe")]);
  await openTestRepo(server, worktree).git("worktree", "add", "-q", "--detach", join(worktree, "within"));
  const told = JSON.parse(await ok(["fork", "odd", "--json"])) as { skipped: string[]; settled: boolean };
  expect([told.skipped, told.settled]).toEqual([["within/"], true]);
  const copy = await place.agent("odd-2");
  expect(existsSync(join(copy.worktree, "within"))).toBe(false);
  await openTestRepo(server, worktree).git("worktree", "remove", "--force", join(worktree, "within"));
  await ok(["kill", "odd", "odd-2", "--yes", "--force"]);
});

test("while the first one writes, the copy is looked at again, and said to be of several moments where it never comes to rest", async () => {
  await ok(["create", "busy", "-a", "quiet", "-d"]);
  const { worktree } = await place.agent("busy");
  const writer = Bun.spawn(["sh", "-c", "i=0; while :; do i=$((i + 1)); echo $i >never-at-rest; done"], { cwd: worktree });
  await until(async () => existsSync(join(worktree, "never-at-rest")), { what: "it writes" });
  const ran = await fleet(["fork", "busy"]);
  writer.kill("SIGKILL");
  await writer.exited;
  expect([ran.code, ran.stderr.includes("busy wrote while it was copied: files may be of different moments")]).toEqual([0, true]);
  expect(existsSync(join((await place.agent("busy-2")).worktree, "never-at-rest"))).toBe(true);
  await ok(["kill", "busy", "busy-2", "--yes", "--force"]);
});

test("refused: a name that is taken, a merge under way, an agent that forks what is not its own", async () => {
  await ok(["create", "origin", "-a", "quiet", "-d"]);
  await ok(["create", "elsewhere", "-a", "quiet", "-d"]);
  const { id, worktree } = await place.agent("origin");
  const stranger = (await place.agent("elsewhere")).id;
  const refusals: [words: string[], message: string, env?: Record<string, string>][] = [
    [["origin", "elsewhere"], "the branch is there already: elsewhere"],
    [["origin", "other"], "the branch is there already: other"],
    [["origin", "origin/below"], "git can't have both branches: origin/below and origin"],
    [["origin", "bad..name"], "git does not allow this branch name: bad..name"],
    [["origin", "x", "-a", "nope"], "no such kind: nope"],
    [["nobody"], "no such agent: nobody"],
    [["origin"], "an agent may fork only itself and agents that it started: origin", { FLEET_ID: stranger }],
  ];
  const before = await place.traces();
  for (const [words, message, env] of refusals) {
    const ran = await fleet(["fork", ...words], env ? { env } : {});
    expect([words, ran.code, ran.stderr.includes(message) ? message : ran.stderr]).toEqual([words, 1, message]);
  }
  expect(await place.traces()).toEqual(before);
  await ok(["fork", "origin", "by-itself"], { env: { FLEET_ID: id } });
  expect((await place.agent("by-itself"))["parent"]).toBe(id);
  await disturb(server, worktree, () => 0.99, { always: ["conflict"] });
  expect((await fleet(["fork", "origin"])).stderr).toContain("origin is in the middle of a merge, which can't be in two worktrees");
  await ok(["kill", "origin", "elsewhere", "by-itself", "--yes", "--force"]);
});

test("a program that does not start leaves nothing of it, and the first one as it was", async () => {
  writeFileSync(join(server.root, "fails.sh"), "#!/bin/sh\nexit 3\n", { mode: 0o755 });
  writeFileSync(join(server.fleetHome, "config.toml"), `${readFileSync(join(server.fleetHome, "config.toml"), "utf8")}[kinds.broken]\ncommand = ["${join(server.root, "fails.sh")}"]\n`);
  await ok(["create", "whole", "-a", "quiet", "-d"]);
  const { worktree } = await place.agent("whole");
  await disturb(server, worktree, () => 0.1, { stands: false, without: ["submodule", "restingModule"] });
  const before = [await place.traces(), await snapshot(server, worktree, { ignored: true })] as const;
  const ran = await fleet(["fork", "whole", "-a", "broken"]);
  expect([ran.code, ran.stderr.includes("broken ended at once with 3")]).toEqual([1, true]);
  expect(await place.traces()).toEqual(before[0]);
  expect(differences(before[1], await snapshot(server, worktree, { ignored: true }))).toEqual([]);
  await ok(["kill", "whole", "--yes", "--force"]);
});

test("on a disk without room for the copy the new place is named, and nothing is left there", async () => {
  const disk = join(server.root, "small-disk");
  mkdirSync(disk);
  if (Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=4m", "none", disk]).exitCode !== 0) return;
  const config = readFileSync(join(server.fleetHome, "config.toml"), "utf8");
  try {
    await ok(["create", "large", "-a", "quiet", "-d"]);
    const { worktree } = await place.agent("large");
    writeFileSync(join(worktree, "large.bin"), Buffer.alloc(8_000_000));
    writeFileSync(join(server.fleetHome, "config.toml"), `${config}[worktree]\nroot = "${disk}"\n`);
    const before = await place.traces();
    const ran = await fleet(["fork", "large"]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringMatching(new RegExp(`✗ no space left on the disk: ${disk}/.*/large\\.bin\n`))]);
    expect([await place.traces(), [...new Bun.Glob("*/*").scanSync({ cwd: disk, onlyFiles: false })]]).toEqual([before, []]);
  } finally {
    writeFileSync(join(server.fleetHome, "config.toml"), config);
    Bun.spawnSync(["umount", disk]);
  }
  await ok(["kill", "large", "--yes", "--force"]);
});

test("cut off at any moment it is named by doctor, and taken back whole, unless somebody has worked in it", async () => {
  const nothing = await leftovers(place);
  await ok(["create", "case-cut", "-a", "quiet", "-d"]);
  const source = await place.agent("case-cut");
  await disturb(server, source.worktree, () => 0.2, { stands: false, without: ["submodule", "restingModule", "committed", "nestedTracked"], always: ["large"] });
  for (let i = 0; i < 300; i++) writeFileSync(join(source.worktree, `many-${i}`), "x".repeat(20_000));
  const before = await snapshot(server, source.worktree, { ignored: true });
  const began = performance.now();
  await ok(["fork", "case-cut", "case-timed", "-d"]);
  const took = performance.now() - began;
  await ok(["kill", "case-timed", "--yes", "--force", "--delete-branch"]);
  const known = new Set([...nothing, ...(await leftovers(place))]);
  let cut = 0;
  for (let i = 0; i < 12; i++) {
    const child = Bun.spawn([await binary(), "fork", "case-cut", `case-fork-${i}`, "-d"], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
    await Promise.race([Bun.sleep(took * (0.3 + i / 16)), child.exited]);
    child.kill("SIGKILL");
    await child.exited;
    const half = (JSON.parse((await fleet(["doctor", "--json"])).stdout) as Row[]).filter(({ check, status }) => check === "unfinished" && status === "warn");
    cut += half.length;
    await ok(["doctor", "--fix"]);
    const left = (await place.list("--all")).filter(({ branch }) => branch !== "case-cut");
    // With its session it is whole, and completed; else all of it is gone.
    expect([i, left.filter(({ session }) => session === null)]).toEqual([i, []]);
    for (const { branch } of left) await ok(["kill", branch, "--yes", "--force", "--delete-branch"]);
    expect([i, differences(before, await snapshot(server, source.worktree, { ignored: true }))]).toEqual([i, []]);
    expect([i, (await leftovers(place)).filter((thing) => !known.has(thing) && !thing.includes("/.trash/"))]).toEqual([i, []]);
  }
  console.log(`cut off in the middle: ${cut} of 12`);
  expect(cut).toBeGreaterThan(0);
  rmSync(join(source.worktree, "large.bin"), { force: true });
  await ok(["kill", "case-cut", "--yes", "--force"]);
}, 60_000);
