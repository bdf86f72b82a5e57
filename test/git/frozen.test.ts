// A worktree's whole state under one ref, and back: the corners that random states seldom reach.
import { expect, test } from "bun:test";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGit } from "../../src/ports/git/call";
import { saveFrozen } from "../../src/ports/git/frozen";
import { rebuildFrozen } from "../../src/ports/git/restore";
import { makeRepo, openTestRepo, type TestRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";

const server = await privateServer({ started: false });
const git = openGit(server.env);
const REF = "refs/fleet/trash/test";

interface Stand {
  repo: TestRepo;
  tree: string;
  admin: string;
  checkout: TestRepo;
}

let made = 0;
async function stand(prepare: (repo: TestRepo) => unknown = () => {}): Promise<Stand> {
  const repo = await makeRepo(server, { name: `repo-${made++}` });
  await prepare(repo);
  await repo.commit("Prepared");
  const tree = join(server.root, `tree-${made}`);
  await repo.git("worktree", "add", "-q", "-b", "work", tree);
  return { repo, tree, admin: join(repo.path, ".git/worktrees", `tree-${made}`), checkout: openTestRepo(server, tree) };
}

async function save({ repo, tree, admin }: Stand): Promise<void> {
  await saveFrozen(git, { tree, admin, common: join(repo.path, ".git"), submodules: false }, REF, "saved\n");
}

async function rebuild({ repo, admin }: Stand): Promise<{ tree: string; lacks: string[] }> {
  const common = join(repo.path, ".git");
  const built = join(common, "fleet-trash", "built");
  const tree = mkdtempSync(join(server.root, "built-"));
  mkdirSync(built, { recursive: true });
  const head = (await git.try(common, ["--git-dir=.", "rev-parse", "--verify", "--quiet", "work^{commit}"])).stdout.trim() || null;
  return { tree, lacks: await rebuildFrozen(git, REF, { head, adminPlace: admin, common, tree, admin: built }) };
}

test("a clean worktree costs no new object but the few that tell of it", async () => {
  const one = await stand();
  await save(one);
  expect(await one.repo.git("rev-parse", `${REF}:worktree`)).toBe(await one.repo.git("rev-parse", "work^{tree}"));
  expect((await one.repo.git("ls-tree", "--name-only", REF)).split("\n")).toEqual(["admin", "empty", "index-objects", "lacks", "modes", "worktree"]);
  expect(await one.repo.git("rev-parse", `${REF}^`)).toBe(await one.repo.git("rev-parse", "work"));
});

test("a directory that became a link is never gone through: what it points at is as it was", async () => {
  const one = await stand((repo) => { repo.write("dir/x.txt", "tracked\n"); repo.write("dir/y.txt", "tracked\n"); });
  const outside = mkdtempSync(join(server.root, "outside-"));
  for (const name of ["x.txt", "y.txt", "z.txt"]) writeFileSync(join(outside, name), "the person's\n");
  for (const name of ["x.txt", "y.txt", "z.txt"]) chmodSync(join(outside, name), 0o640);
  rmSync(join(one.tree, "dir"), { recursive: true });
  symlinkSync(outside, join(one.tree, "dir"));
  await save(one);
  expect(await one.repo.git("ls-tree", "-r", "--name-only", `${REF}:worktree`)).not.toContain("dir/");
  for (const name of ["x.txt", "y.txt", "z.txt"]) chmodSync(join(outside, name), 0o600);
  const { tree } = await rebuild(one);
  expect(lstatSync(join(tree, "dir")).isSymbolicLink()).toBe(true);
  expect(readdirSync(outside).sort().map((name) => [name, lstatSync(join(outside, name)).mode & 0o777, readFileSync(join(outside, name), "utf8")])).toEqual(
    ["x.txt", "y.txt", "z.txt"].map((name) => [name, 0o600, "the person's\n"]),
  );
});

test("a link's target keeps its permissions", async () => {
  const one = await stand();
  const target = join(server.root, "target");
  writeFileSync(target, "x", { mode: 0o600 });
  symlinkSync(target, join(one.tree, "link"));
  await save(one);
  await rebuild(one);
  expect(lstatSync(target).mode & 0o777).toBe(0o600);
});

test("line ends that git calls clean come back as they lay there", async () => {
  const one = await stand((repo) => repo.write(".gitattributes", "*.txt text=auto\n"));
  one.checkout.write("a.txt", "one\r\ntwo\r\n");
  await one.checkout.git("-c", "core.safecrlf=false", "add", "a.txt");
  await one.checkout.git("commit", "-qm", "As LF");
  expect(await one.checkout.git("status", "--porcelain")).toBe("");
  await save(one);
  const { tree } = await rebuild(one);
  expect(readFileSync(join(tree, "a.txt"), "utf8")).toBe("one\r\ntwo\r\n");
});

test("filters run neither on the way in nor on what was changed on the way back", async () => {
  const one = await stand((repo) => repo.write(".gitattributes", "*.secret filter=upper\n"));
  await one.repo.git("config", "filter.upper.clean", `touch ${server.root}/cleaned; tr a-z A-Z`);
  await one.repo.git("config", "filter.upper.smudge", "tr A-Z a-z");
  one.checkout.write("x.secret", "Mixed Case\n");
  await save(one);
  expect(await one.repo.git("show", `${REF}:worktree/x.secret`)).toBe("Mixed Case");
  expect(existsSync(join(server.root, "cleaned"))).toBe(false);
  expect(readFileSync(join((await rebuild(one)).tree, "x.secret"), "utf8")).toBe("Mixed Case\n");
});

test("what has no bytes, and what git ignores, is named as lacking", async () => {
  const one = await stand((repo) => repo.write(".gitignore", "*.log\nbuild/\n"));
  one.checkout.write("a.log", "1");
  one.checkout.write("build/deep/x", "1");
  one.checkout.write("new/keep.txt", "1");
  Bun.spawnSync(["mkfifo", join(one.tree, "new/pipe")]);
  await save(one);
  const { tree, lacks } = await rebuild(one);
  expect(lacks.sort()).toEqual(["a.log", "build/"]);
  expect(readdirSync(join(tree, "new"))).toEqual(["keep.txt"]);
});

test("a file of many pieces, and one that is empty, come back byte for byte", async () => {
  const one = await stand();
  const bytes = Buffer.from(Array.from({ length: 3_300_001 }, (_, i) => (i * i) % 251));
  writeFileSync(join(one.tree, "large.bin"), bytes);
  writeFileSync(join(one.tree, "empty"), "");
  await save(one);
  const { tree } = await rebuild(one);
  expect(readFileSync(join(tree, "large.bin")).equals(bytes)).toBe(true);
  expect(readFileSync(join(tree, "empty")).length).toBe(0);
});

test("a file that can't be read makes the save fail, and leaves no ref and no report of a crash", async () => {
  if (process.getuid?.() === 0) return;
  const one = await stand();
  one.checkout.write("locked", "x");
  chmodSync(join(one.tree, "locked"), 0);
  expect(await save(one).then(() => null, (error: Error) => error.message)).toContain("EACCES");
});

test("a save that git refuses leaves no ref and no report of a crash", async () => {
  const one = await stand();
  one.checkout.write("x.txt", "x");
  // fast-import can't put a commit where a directory of refs is.
  await one.repo.git("update-ref", `${REF}/below`, "HEAD");
  expect(await save(one).then(() => null, (error: Error) => error.name)).toBe("ProcessError");
  expect(readdirSync(one.admin).filter((name) => name.includes("crash"))).toEqual([]);
  expect(readdirSync(join(one.repo.path, ".git")).filter((name) => name.includes("crash"))).toEqual([]);
});

test("a repository with SHA-256 is saved like any other", async () => {
  const path = join(server.root, "sha256");
  mkdirSync(path);
  const repo = openTestRepo(server, path);
  await repo.git("init", "-q", "-b", "main", "--object-format=sha256");
  repo.write("a/b.txt", "b\n");
  await repo.commit("One");
  const tree = join(server.root, "tree-sha256");
  await repo.git("worktree", "add", "-q", "-b", "work", tree);
  const one = { repo, tree, admin: join(path, ".git/worktrees/tree-sha256"), checkout: openTestRepo(server, tree) };
  one.checkout.write("new.txt", "new\n");
  await one.checkout.git("add", "new.txt");
  await save(one);
  await repo.git("gc", "-q", "--prune=now");
  expect(readFileSync(join((await rebuild(one)).tree, "new.txt"), "utf8")).toBe("new\n");
});

test("what the reflog names outlives a gc", async () => {
  const one = await stand();
  one.checkout.write("x.txt", "1");
  await one.checkout.commit("Once");
  const once = await one.checkout.git("rev-parse", "HEAD");
  await one.checkout.git("reset", "-q", "--hard", "HEAD~1");
  await save(one);
  await one.repo.git("worktree", "remove", "--force", one.tree);
  await one.repo.git("reflog", "expire", "--expire=now", "--all");
  await one.repo.git("gc", "-q", "--prune=now");
  expect(await one.repo.git("cat-file", "-t", once)).toBe("commit");
});
