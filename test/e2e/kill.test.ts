// What kill takes, what is left of it, and how it comes back.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawn } from "../../src/ports/spawn";
import { openPlace } from "../helpers/place";
import { rewriteRecord, stoppedAgent } from "../helpers/trash";
import { until } from "../helpers/until";

setDefaultTimeout(30_000);

const place = await openPlace();
const { fleet, ok, repo, server } = place;
const home = server.fleetHome;

repo.write(".gitignore", "*.ignored\n");
repo.write("main.txt", "main\n");
await repo.commit("Files");

const stopped = (branch: string, ...words: string[]) => stoppedAgent(place, branch, ...words);
const refs = () => repo.git("for-each-ref", "--format=%(refname) %(objectname)");

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
  // As it was: an agent without files, of which git still knows.
  const back = await fleet(["undo", id]);
  expect([back.code, back.stderr]).toEqual([0, expect.stringContaining(`its files were gone before it was killed: ${worktree}`)]);
  expect(existsSync(join(repo.path, ".git/worktrees/removed"))).toBe(true);
  await ok(["kill", id, "--yes"]);
});

test("one whose worktree was moved by hand comes back by undo, as what git repairs; nothing of it is left behind", async () => {
  const { id, worktree, git, write } = await stopped("strayed");
  write("staged.txt", "staged\n");
  await git("add", "staged.txt");
  write("staged.txt", "and more\n");
  const elsewhere = join(server.root, "strayed");
  renameSync(worktree, elsewhere);
  const ran = await fleet(["kill", "strayed", "--yes"]);
  expect(ran.stderr).toEndWith(`✓ killed: strayed\n↳ fleet undo ${id}\n`);
  expect(await repo.git("branch", "--list", "strayed")).toBe("");
  await ok(["undo", id]);
  await repo.git("worktree", "repair", elsewhere);
  await repo.git("worktree", "move", elsewhere, worktree);
  expect(await git("status", "--porcelain", "--branch")).toBe("## strayed\nAM staged.txt");
  expect((await place.agent("strayed")).id).toBe(id);
  expect([existsSync(join(repo.path, ".git/fleet-trash", id)), await repo.git("for-each-ref", `refs/fleet/trash/${id}`)]).toEqual([false, ""]);
  await ok(["kill", id, "--yes", "--force"]);
});

test("one whose worktree git has moved is refused, with the command that moves it back", async () => {
  const { id, worktree, write } = await stopped("elsewhere");
  write("work.txt", "1\n");
  const moved = join(server.root, "moved");
  await repo.git("worktree", "move", worktree, moved);
  const ran = await fleet(["kill", "elsewhere", "--yes", "--force"]);
  expect([ran.code, ran.stderr]).toEqual([1, `✗ the worktree of elsewhere is not touched, because it was moved: ${moved}\n↳ git -C ${repo.path} worktree move ${moved} ${worktree}\n`]);
  await repo.git("worktree", "move", moved, worktree);
  await ok(["kill", id, "--yes", "--force"]);
});

test("several are killed by a glob or a batch: each refusal under its name, the rest done, one count", async () => {
  for (const branch of ["many-a", "many-b"]) await stopped(branch);
  const { write } = await stopped("many-c");
  write("dirty.txt", "1\n");
  const ran = await fleet(["kill", "many-*", "--yes"]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("✗ many-c has uncommitted work: 1 path");
  expect(ran.stderr).toContain("✓ killed: 2 of 3 agents");
  expect((await place.list("--all")).map(({ branch }) => branch).filter((branch) => branch.startsWith("many-"))).toEqual(["many-c"]);
  const { write: writeToo } = await stopped("many-d");
  writeToo("dirty.txt", "1\n");
  const none = await fleet(["kill", "many-*", "--yes"]);
  expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/✗ many-c has .*\n↳ .*\n✗ many-d has .*\n↳ .*\n○ killed: 0 of 2 agents\n$/)]);
});

test("an agent that state.json has lost is killed by what its session tells", async () => {
  await ok(["create", "lost", "-a", "demo", "-d"]);
  const { id, worktree } = await place.untilStatus("lost", "idle");
  rewriteRecord(place, id, null);
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
  // tmux has to wait for it yet.
  await until(() => !existsSync(`/proc/${pid}`), { what: "the pane's program to be gone" });
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

test("undo works from outside of any repository, and with a name of several repos it asks which", async () => {
  const { id } = await stopped("abroad");
  await ok(["kill", id, "--yes"]);
  expect(JSON.parse(await ok(["undo", "--list", "--json"], { cwd: server.home }))).toContainEqual(expect.objectContaining({ id, branch: "abroad", trash: true }));
  await ok(["undo", "abroad"], { cwd: server.home });
});

test("an agent whose repository is not there is named by doctor, and forgotten with --force; its worktree stays", async () => {
  await ok(["create", "orphan", "-a", "demo", "-d"]);
  const { id, worktree } = await place.untilStatus("orphan", "idle");
  writeFileSync(join(worktree, "work.txt"), "work\n");
  rewriteRecord(place, id, { repo: join(server.root, "nowhere/.git") });
  // As its repository's removal leaves it.
  writeFileSync(join(worktree, ".git"), `gitdir: ${join(server.root, "nowhere/.git/worktrees/orphan")}\n`);
  expect((await fleet(["doctor"], { cwd: server.root })).stdout).toContain(`the repository of orphan is not there: ${join(server.root, "nowhere/.git")}`);
  const ran = await fleet(["kill", id, "--yes", "--force"]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining(`leaves    ${worktree} as it is`) as unknown as string]);
  expect(ran.stderr).not.toContain("fleet undo");
  expect(readFileSync(join(worktree, "work.txt"), "utf8")).toBe("work\n");
  expect((await place.list("--all")).some((agent) => agent.id === id)).toBe(false);
  expect(existsSync(join(home, "agents", id))).toBe(false);
});

test("a branch that the agent made in its worktree stays, and the last line names it", async () => {
  const { id, git } = await stopped("left-for");
  await git("switch", "-q", "-c", "its-own");
  const ran = await fleet(["kill", id, "--yes"]);
  expect(ran.stderr).toContain("keeps     the branch its-own (fleet did not make it)\n");
  expect(ran.stderr).toContain(`; left: branch its-own, refs/fleet/trash/${id}\n`);
  expect(await refs()).toContain("refs/heads/its-own ");
});
