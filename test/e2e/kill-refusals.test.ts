// What kill and undo refuse, each with its reason, and that nothing is touched.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { rewriteRecord, stoppedAgent } from "../helpers/trash";

setDefaultTimeout(30_000);

const place = await openPlace();
const { fleet, ok, repo, server } = place;

repo.write(".gitignore", "*.ignored\n");
repo.write("main.txt", "main\n");
await repo.commit("Files");

const stopped = (branch: string, ...words: string[]) => stoppedAgent(place, branch, ...words);
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

test("changes that git is told to look away from are uncommitted work too, and one that is only flagged, or sparse, is none", async () => {
  for (const flag of ["assume-unchanged", "skip-worktree"]) {
    const { git, write } = await stopped(flag);
    await git("update-index", `--${flag}`, "main.txt", ".gitignore");
    await ok(["kill", flag, "--yes"]);
    await ok(["undo", flag]);
    write("main.txt", "hidden change\n");
    expect(await git("status", "--porcelain")).toBe("");
    await refused([flag], `${flag} has uncommitted work in 1 file that git is told to look away from\n↳ `);
    await ok(["kill", flag, "--yes", "--force"]);
    await ok(["undo", flag]);
    expect(await git("hash-object", "main.txt")).not.toBe(await git("rev-parse", "HEAD:main.txt"));
    await ok(["kill", flag, "--yes", "--force"]);
  }
  const { git } = await stopped("sparse");
  await git("sparse-checkout", "set", "--no-cone", "/*", "!/main.txt");
  await ok(["kill", "sparse", "--yes"]);
});

test("a broken index and a lost link to git are named with what mends them, and mended by it", async () => {
  const sh = (line: string) => Bun.spawnSync(["sh", "-c", line], { env: server.env }).exitCode;
  const hintOf = async (branch: string) => {
    const ran = await fleet(["kill", branch, "--yes", "--force"]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("↳ ")]);
    return /↳ (.*)/.exec(ran.stderr)![1]!.split("   ")[0]!;
  };
  const broken = await stopped("broken");
  broken.write("main.txt", "changed\n");
  for (const text of ["", "no index at all, whatever it says"]) {
    writeFileSync(join(repo.path, ".git/worktrees/broken/index"), text);
    expect(sh(await hintOf("broken"))).toBe(0);
    expect(await broken.git("status", "--porcelain")).toBe(" M main.txt");
  }
  const unlinked = await stopped("unlinked");
  unlinked.write("main.txt", "changed\n");
  rmSync(join(unlinked.worktree, ".git"));
  expect(sh(await hintOf("unlinked"))).toBe(0);
  expect(await unlinked.git("status", "--porcelain")).toBe(" M main.txt");
  await ok(["kill", "broken", "unlinked", "--yes", "--force"]);
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
    rewriteRecord(place, id, { worktree: path });
    await refused([id, "--force"], reason, { cwd: join(server.root, "outside") });
    expect(existsSync(path)).toBe(true);
  }
  rewriteRecord(place, id, { worktree });
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
  rewriteRecord(place, id, { repo: join(server.root, "nowhere/.git") });
  await refused([id], `its repository is not there: ${join(server.root, "nowhere/.git")}`);
  rewriteRecord(place, id, { repo: join(repo.path, ".git") });
  await ok(["kill", id, "--yes"]);
});

test("the directory one stands in is not moved away", async () => {
  const { worktree } = await stopped("inside");
  mkdirSync(join(worktree, "deep"));
  await refused(["inside"], "this directory is inside the worktree of inside", { cwd: join(worktree, "deep") });
  symlinkSync(worktree, join(server.root, "way-in"));
  await refused(["inside"], "this directory is inside the worktree of inside", { cwd: join(server.root, "way-in") });
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

