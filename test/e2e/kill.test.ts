// What kill takes, what it refuses, and what is left of it.
import { expect, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentRecord } from "../../src/base/model";
import { spawn } from "../../src/ports/spawn";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { until } from "../helpers/until";

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const home = server.fleetHome;

repo.write(".gitignore", "*.ignored\n");
repo.write("main.txt", "main\n");
await repo.commit("Files");

interface Made {
  id: string;
  worktree: string;
  git(...args: string[]): Promise<string>;
  write(path: string, text: string): void;
}

async function stopped(branch: string, ...words: string[]): Promise<Made> {
  await ok(["create", branch, "-a", "demo", "-d", ...words]);
  await ok(["stop", branch]);
  const { id, worktree } = await place.agent(branch);
  const checkout = openTestRepo(server, worktree);
  return { id, worktree, git: checkout.git, write: checkout.write };
}

/** Change what state.json says of an agent: what a broken file, or somebody's hand, may have made of it. */
function rewrite(id: string, change: Partial<AgentRecord>): void {
  const file = join(home, "state.json");
  const state = JSON.parse(readFileSync(file, "utf8")) as { agents: Record<string, AgentRecord> };
  Object.assign(state.agents[id]!, change);
  writeFileSync(file, JSON.stringify(state));
}

const refs = () => repo.git("for-each-ref", "--format=%(refname) %(objectname)");

/** The kill is refused with this reason, and nothing is touched. */
async function refused(words: string[], reason: string | RegExp, options?: Parameters<typeof fleet>[1]): Promise<void> {
  const before = [await place.traces(), await refs()];
  const ran = await fleet(["kill", "--yes", ...words], options);
  expect(ran.stderr).toMatch(reason);
  expect(ran.code).toBe(1);
  expect([await place.traces(), await refs()]).toEqual(before);
}

test("uncommitted work is refused without --force, and named", async () => {
  const { write } = await stopped("dirty");
  write("main.txt", "changed\n");
  write("new.txt", "new\n");
  await refused(["dirty"], "dirty has uncommitted work: 2 paths\n↳ fleet diff dirty   ·   fleet kill dirty --force discards it");
});

test("commits that no branch has are refused without --force", async () => {
  const { git, write } = await stopped("loose");
  await git("checkout", "-q", "--detach");
  write("loose.txt", "1\n");
  await git("add", "-A");
  await git("commit", "-qm", "Loose");
  await refused(["loose"], /loose is not on its branch, and has commits that no branch has: [0-9a-f]{10}/);
  await ok(["kill", "loose", "--yes", "--force"]);
  await ok(["undo", "loose"]);
  expect(await git("log", "-1", "--format=%s")).toBe("Loose");
});

test("without a terminal it asks for --yes, and --dry-run changes nothing", async () => {
  await stopped("asked");
  const before = await place.traces();
  const ran = await fleet(["kill", "asked"]);
  expect(ran).toMatchObject({ code: 1 });
  expect(ran.stderr).toContain("there is no terminal to ask on\n↳ fleet kill asked --yes");
  const dry = await fleet(["kill", "asked", "--dry-run"]);
  expect(dry.code).toBe(0);
  expect(dry.stderr).toContain("deletes   the branch asked (no commits of its own)");
  expect(await place.traces()).toEqual(before);
});

test("kill leaves nothing but the saved ref, and says how to undo it", async () => {
  const before = await refs();
  const { id, worktree } = await stopped("gone");
  const ran = await fleet(["kill", "gone", "--yes"]);
  expect(ran.stderr).toEndWith(`✓ killed: gone; left: refs/fleet/trash/${id}\n↳ fleet undo ${id}\n`);
  expect(existsSync(worktree)).toBe(false);
  expect((await refs()).split("\n").filter((line) => !line.includes("refs/fleet/"))).toEqual(before.split("\n").filter((line) => !line.includes("refs/fleet/")));
  expect(existsSync(join(repo.path, ".git/worktrees/gone"))).toBe(false);
  expect((await place.list("--all")).map((agent) => agent.branch)).not.toContain("gone");
});

test("a branch with commits of its own stays and is named; merged, it goes", async () => {
  const { id, git, write } = await stopped("unmerged");
  write("work.txt", "1\n");
  await git("add", "-A");
  await git("commit", "-qm", "Work");
  const ran = await fleet(["kill", "unmerged", "--yes"]);
  expect(ran.stderr).toContain("keeps     the branch unmerged (not merged)");
  expect(ran.stderr).toContain(`left: branch unmerged, refs/fleet/trash/${id}`);
  await ok(["undo", "unmerged"]);
  await repo.git("merge", "-q", "--no-ff", "-m", "Merge", "unmerged");
  expect((await fleet(["kill", "unmerged", "--yes"])).stderr).toContain("deletes   the branch unmerged (merged)");
  expect(await refs()).not.toContain("refs/heads/unmerged");
});

test("--delete-branch deletes an unmerged branch with its upstream, and undo brings both back", async () => {
  const { git, write } = await stopped("asked-for");
  write("work.txt", "2\n");
  await git("add", "-A");
  await git("commit", "-qm", "Only here");
  await repo.git("config", "branch.asked-for.remote", "origin");
  await repo.git("config", "branch.asked-for.merge", "refs/heads/it's \"odd\"");
  const config = await repo.git("config", "--get-regexp", "^branch\\.asked-for\\.");
  const tip = await git("rev-parse", "HEAD");
  await ok(["kill", "asked-for", "--yes", "--delete-branch"]);
  expect(await refs()).not.toContain("refs/heads/asked-for");
  expect(readFileSync(join(repo.path, ".git/config"), "utf8")).not.toContain("asked-for");
  await repo.git("reflog", "expire", "--expire=now", "--all");
  await repo.git("gc", "-q", "--prune=now");
  await ok(["undo", "asked-for"]);
  expect(await repo.git("rev-parse", "asked-for")).toBe(tip);
  expect(await repo.git("config", "--get-regexp", "^branch\\.asked-for\\.")).toBe(config);
});

test("a branch that fleet did not make, that is checked out elsewhere, or that another agent starts from is never deleted", async () => {
  await repo.git("branch", "theirs");
  await stopped("theirs", "--existing");
  await refused(["theirs", "--delete-branch"], "the branch is not deleted, because fleet did not make it: theirs");
  expect((await fleet(["kill", "theirs", "--yes"])).stderr).toContain("keeps     the branch theirs (fleet did not make it)");
  expect(await refs()).toContain("refs/heads/theirs");

  const lower = await stopped("lower");
  await lower.git("checkout", "-q", "-b", "switched");
  await repo.git("worktree", "add", "-q", join(server.root, "elsewhere"), "lower");
  await refused(["lower", "--delete-branch"], "because it is checked out: lower in ");
  await repo.git("worktree", "remove", "--force", join(server.root, "elsewhere"));
  await lower.git("checkout", "-q", "lower");
  await stopped("upper", "-b", "lower");
  await refused(["lower", "--delete-branch"], "because other agents start from it: upper");
});

test("an agent on the default branch is killed, and the branch stays", async () => {
  await repo.git("checkout", "-q", "-b", "aside");
  const { id } = await stopped("main", "--existing");
  await refused(["main", "--delete-branch"], "the branch is not deleted, because fleet did not make it: main");
  await ok(["kill", id, "--yes"]);
  expect(await refs()).toContain("refs/heads/main");
  await repo.git("checkout", "-q", "main");
});

test("only a linked worktree that fleet made for this agent is moved", async () => {
  const { id, worktree } = await stopped("target");
  const other = openTestRepo(server, join(server.root, "other-repo"));
  mkdirSync(other.path);
  await other.git("init", "-q", "-b", "main");
  await other.commit("Other");
  await repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.path, "module");
  await repo.git("worktree", "add", "-q", "-b", "by-hand", join(server.root, "by-hand"));
  await other.git("worktree", "add", "-q", "-b", "foreign", join(server.root, "foreign"));
  const somebodys = (await stopped("somebodys")).worktree;
  symlinkSync(worktree, join(server.root, "link"));
  for (const name of ["plain", "outside"]) mkdirSync(join(server.root, name));
  const places: [string, string | RegExp][] = [
    [repo.path, "it is a repository of its own, not a linked worktree"],
    [join(repo.path, "module"), "it belongs to another repository"],
    [join(server.root, "by-hand"), "fleet did not make it"],
    [join(server.root, "foreign"), "it belongs to another repository"],
    [somebodys, "it is another agent's now"],
    [join(server.root, "link"), "it is a link to another place"],
    [join(server.root, "plain"), "it can't be checked"],
    [server.home, "it can't be checked"],
  ];
  for (const [path, reason] of places) {
    rewrite(id, { worktree: path });
    await refused([id, "--force"], reason, { cwd: join(server.root, "outside") });
    expect(existsSync(path)).toBe(true);
  }
  rewrite(id, { worktree });
  await repo.git("reset", "-q", "--hard");
  await ok(["kill", id, "--yes"]);
});

test("a worktree whose place somebody else has taken is not moved", async () => {
  const { id, worktree } = await stopped("taken");
  renameSync(worktree, `${worktree}-aside`);
  mkdirSync(worktree);
  await openTestRepo(server, worktree).git("init", "-q");
  await refused([id, "--force"], "it is a repository of its own");
  rmSync(worktree, { recursive: true });
  // At the same path, for the same branch, but by hand.
  await repo.git("worktree", "prune");
  rmSync(`${worktree}-aside`, { recursive: true });
  await repo.git("worktree", "add", "-q", worktree, "taken");
  writeFileSync(join(worktree, "mine.txt"), "by hand\n");
  await refused([id, "--force"], "fleet did not make it: another worktree has taken its place");
  expect(readFileSync(join(worktree, "mine.txt"), "utf8")).toBe("by hand\n");
});

test("a locked worktree, one on a missing disk and one whose repository is gone are not touched", async () => {
  const { id, worktree } = await stopped("locked");
  await repo.git("worktree", "lock", "--reason", "on a stick", worktree);
  await refused([id, "--force"], "it is locked (on a stick)");
  await repo.git("worktree", "unlock", worktree);
  const disk = join(worktree, "..");
  renameSync(disk, `${disk}-unplugged`);
  await refused([id, "--force"], "its disk may be missing");
  renameSync(`${disk}-unplugged`, disk);
  rewrite(id, { repo: join(server.root, "nowhere/.git") });
  await refused([id, "--force"], `its repository is not there: ${join(server.root, "nowhere/.git")}`);
  rewrite(id, { repo: join(repo.path, ".git") });
  await ok(["kill", id, "--yes"]);
});

test("the directory one stands in is not moved away", async () => {
  const { worktree } = await stopped("inside");
  mkdirSync(join(worktree, "deep"));
  await refused(["inside"], "this directory is inside the worktree of inside", { cwd: join(worktree, "deep") });
  symlinkSync(worktree, join(server.root, "way-in"));
  await refused(["inside"], "this directory is inside the worktree of inside", { cwd: join(server.root, "way-in") });
});

test("an agent whose worktree was removed by hand is forgotten, with git's record of it, and its commits stay", async () => {
  const { id, worktree, git, write } = await stopped("removed");
  write("work.txt", "3\n");
  await git("add", "-A");
  await git("commit", "-qm", "Committed");
  rmSync(worktree, { recursive: true });
  const ran = await fleet(["kill", "removed", "--yes"]);
  expect(ran.stderr).toContain("worktree  is gone already");
  expect(existsSync(join(repo.path, ".git/worktrees/removed"))).toBe(false);
  expect(await repo.git("log", "-1", "--format=%s", "removed")).toBe("Committed");
  expect((await fleet(["undo", id])).stderr).toContain("nothing to undo");
});

test("several are killed by a glob or a batch: each refusal under its name, the rest done, one count", async () => {
  for (const branch of ["many-a", "many-b"]) await stopped(branch);
  const { write } = await stopped("many-c");
  write("dirty.txt", "1\n");
  const ran = await fleet(["kill", "many-*", "--yes"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("✗ many-c has uncommitted work: 1 path");
  expect(ran.stderr).toContain("✓ killed: 2 of 2 agents");
  expect((await place.list("--all")).map(({ branch }) => branch).filter((branch) => branch.startsWith("many-"))).toEqual(["many-c"]);
});

test("an agent that state.json has lost is killed by what its session tells", async () => {
  await ok(["create", "lost", "-a", "demo", "-d"]);
  const { id, worktree } = await place.untilStatus("lost", "idle");
  const state = JSON.parse(place.kept("state.json")) as { agents: Record<string, AgentRecord> };
  delete state.agents[id];
  writeFileSync(join(home, "state.json"), JSON.stringify(state));
  const ran = await fleet(["kill", id, "--yes", "--force"]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("killed: lost") as unknown as string]);
  expect(existsSync(worktree)).toBe(false);
  // Who made the branch, nobody knows any more.
  expect(await refs()).toContain("refs/heads/lost");
  await ok(["undo", id]);
  expect(existsSync(join(worktree, "main.txt"))).toBe(true);
});

test("a person's panes in the session are named with what runs in them, and end too", async () => {
  await ok(["create", "shared", "-a", "demo", "-d"]);
  const { session } = await place.untilStatus("shared", "idle");
  const pane = await server.tmux("split-window", "-d", "-P", "-F", "#{pane_id} #{pane_pid}", "-t", `=${session}:`, "exec sleep 98765");
  const [id, pid] = pane.split(" ");
  await until(async () => (await server.tmux("display-message", "-p", "-t", id!, "#{pane_current_command}")) === "sleep");
  const ran = await fleet(["kill", "shared", "--yes"]);
  expect(ran.stderr).toContain(`ends      another pane of its session: ${id}, with sleep`);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});

test("an unborn branch, in a repository without commits, comes back with its index", async () => {
  const { id, git, write } = await stopped("unborn");
  await git("checkout", "-q", "--orphan", "nothing-yet");
  await git("rm", "-q", "-r", "--cached", ".");
  write("first.txt", "first\n");
  await git("add", "first.txt");
  const before = await git("status", "--porcelain=v2", "--branch");
  await ok(["kill", id, "--yes", "--force"]);
  rmSync(join(home, "worktrees/.trash", id), { recursive: true });
  await ok(["undo", id]);
  expect(await git("status", "--porcelain=v2", "--branch")).toBe(before);
});

test("a worktree root on another file system than the repository is killed and undone like any other", async () => {
  if (!existsSync("/dev/shm") || lstatSync("/dev/shm").dev === lstatSync(server.root).dev) return;
  const root = mkdtempSync("/dev/shm/fleet-test-");
  try {
    writeFileSync(join(home, "config.toml"), `[worktree]\nroot = "${root}"\n`);
    const { id, worktree, write } = await stopped("far");
    expect(worktree).toStartWith(root);
    write("a.ignored", "ignored\n");
    write("work.txt", "work\n");
    await ok(["kill", id, "--yes", "--force"]);
    expect(existsSync(join(root, ".trash", id, "tree/a.ignored"))).toBe(true);
    await ok(["undo", id]);
    expect(readFileSync(join(worktree, "a.ignored"), "utf8")).toBe("ignored\n");
    await ok(["kill", id, "--yes", "--force"]);
    rmSync(join(root, ".trash"), { recursive: true });
    const ran = await fleet(["undo", id]);
    expect(ran.stderr).toContain("without what only the trash had: a.ignored");
    expect(readFileSync(join(worktree, "work.txt"), "utf8")).toBe("work\n");
    await ok(["kill", id, "--yes", "--force"]);
  } finally {
    writeFileSync(join(home, "config.toml"), "");
    rmSync(root, { recursive: true, force: true });
  }
});

const canMount = process.getuid?.() === 0 && Bun.spawnSync(["unshare", "-m", "true"]).exitCode === 0;

test.if(canMount)("a worktree that is a mount point is saved under its ref alone, which is said before and after", async () => {
  const { id, worktree, write } = await stopped("mounted");
  write("a.ignored", "ignored\n");
  write("work.txt", "work\n");
  expect((await spawn(["mount", "--bind", worktree, worktree], { env: server.env })).code).toBe(0);
  try {
    const ran = await fleet(["kill", id, "--yes", "--force"]);
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("discards  ignored files for good") as unknown as string]);
    expect(ran.stderr).toContain("mounted: its directory could not be moved, so ignored files are gone; all else is saved");
    expect(existsSync(join(repo.path, ".git/worktrees/mounted"))).toBe(false);
  } finally {
    await spawn(["umount", worktree], { env: server.env });
  }
  rmSync(worktree, { recursive: true, force: true });
  const undone = await fleet(["undo", id]);
  expect([undone.code, undone.stderr]).toEqual([0, expect.stringContaining("without what only the trash had: a.ignored") as unknown as string]);
  expect(readFileSync(join(worktree, "work.txt"), "utf8")).toBe("work\n");
});

test("undo is refused where the branch has moved, the path is taken, or the repository is gone, and names what to do", async () => {
  const { id, worktree, git, write } = await stopped("back");
  write("back.txt", "1\n");
  await git("add", "-A");
  await git("commit", "-qm", "Back");
  await ok(["kill", id, "--yes"]);
  const kept = await repo.git("rev-parse", "back");
  await repo.git("branch", "-f", "back", "main");
  expect((await fleet(["undo", id])).stderr).toContain("the branch is taken, or has moved since: back\n↳ git -C");
  await repo.git("branch", "-D", "back");
  await repo.git("branch", "back/below", "main");
  expect((await fleet(["undo", id])).stderr).toContain("git can't have both branches: back and back/below");
  await repo.git("branch", "-D", "back/below");
  symlinkSync("nowhere", worktree);
  expect((await fleet(["undo", id])).stderr).toContain(`the path is taken: ${worktree}`);
  rmSync(worktree);
  renameSync(repo.path, `${repo.path}-away`);
  expect((await fleet(["undo", id], { cwd: server.home })).stderr).toContain("its repository is not there");
  renameSync(`${repo.path}-away`, repo.path);
  await ok(["undo", id]);
  // Deleted since by the person, the branch is made again where it was.
  expect(await repo.git("rev-parse", "back")).toBe(kept);
  expect((await fleet(["undo", id])).stderr).toContain("nothing to undo under this name");
});

test("undo works from outside of any repository, and with a name of several repos it asks which", async () => {
  const { id } = await stopped("abroad");
  await ok(["kill", id, "--yes"]);
  expect(JSON.parse(await ok(["undo", "--list", "--json"], { cwd: server.home }))).toContainEqual(expect.objectContaining({ id, branch: "abroad", trash: true }));
  await ok(["undo", "abroad"], { cwd: server.home });
});
