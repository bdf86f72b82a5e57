// The copy of a worktree's state: told apart from anybody's work, so that only a copy is ever taken back.
import { beforeEach, expect, test } from "bun:test";
import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGit } from "../../src/ports/git/call";
import { copyState, HeadMoved, isCopyOf, type Stand } from "../../src/ports/git/copy-state";
import { makeRepo, openTestRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";

const server = await privateServer({ started: false });
const repo = await makeRepo(server, { files: 20 });
const git = openGit(server.env);
const common = join(repo.path, ".git");
let n = 0;
let [from, to]: Stand[] = [];
let head = "";

beforeEach(async () => {
  n++;
  const stands = await Promise.all(["a", "b"].map(async (name): Promise<Stand> => ({ tree: join(server.root, `${name}${n}`), admin: join(common, "worktrees", `${name}${n}`), common })));
  for (const { tree } of stands) await repo.git("worktree", "add", "-q", "--detach", tree);
  [from, to] = stands;
  head = await repo.git("rev-parse", "HEAD");
  writeFileSync(join(from!.tree, "README.md"), "changed\n");
  writeFileSync(join(from!.tree, "new.txt"), "new and long enough\n");
  rmSync(join(from!.tree, "src/d0/f3.txt"));
  chmodSync(join(from!.tree, "src/d0/f4.txt"), 0o755);
  symlinkSync("nowhere", join(from!.tree, "link"));
  await openTestRepo(server, from!.tree).git("add", "new.txt");
});

test("a copy is the same to git, and the index of the first one is not written", async () => {
  const index = () => [readFileSync(join(from!.admin, "index")).toString("hex"), lstatSync(join(from!.admin, "index")).mtimeMs];
  const before = index();
  expect(await copyState(git, from!, to!, head)).toEqual({ paths: 5, skipped: [], settled: true });
  expect(index()).toEqual(before);
  const status = (tree: string) => openTestRepo(server, tree).git("status", "--porcelain");
  expect(await status(to!.tree)).toBe(await status(from!.tree));
  expect(await isCopyOf(git, from!, to!, head)).toBe(true);
});

test("of another commit nothing is copied", async () => {
  const first = openTestRepo(server, from!.tree);
  await first.git("commit", "-qam", "On");
  const before = await openTestRepo(server, to!.tree).git("status", "--porcelain");
  expect(await copyState(git, from!, to!, head).catch((error: unknown) => error)).toBeInstanceOf(HeadMoved);
  expect(await openTestRepo(server, to!.tree).git("status", "--porcelain")).toBe(before);
});

test.each<[string, boolean, () => Promise<unknown> | void]>([
  ["a file that was cut off", true, () => writeFileSync(join(to!.tree, "new.txt"), "new and l")],
  ["a file that is not there yet", true, () => rmSync(join(to!.tree, "new.txt"))],
  ["a file that the first one has not", false, () => writeFileSync(join(to!.tree, "mine.txt"), "mine\n")],
  ["a line more", false, () => appendFileSync(join(to!.tree, "new.txt"), "mine\n")],
  ["another text as long", false, () => writeFileSync(join(to!.tree, "README.md"), "Changed\n")],
  ["a link to elsewhere", false, () => (rmSync(join(to!.tree, "link")), symlinkSync("mine", join(to!.tree, "link")))],
  ["a directory in a file's place", false, () => (rmSync(join(to!.tree, "new.txt")), mkdirSync(join(to!.tree, "new.txt")), writeFileSync(join(to!.tree, "new.txt/x"), ""))],
  ["a commit", false, () => openTestRepo(server, to!.tree).git("commit", "-qam", "Mine")],
  ["something staged that the first one has not staged", false, async () => (await openTestRepo(server, to!.tree).git("add", "README.md"))],
])("of a copy with %s: is it only a copy? %p", async (_, only, change) => {
  await copyState(git, from!, to!, head);
  await change();
  expect(await isCopyOf(git, from!, to!, head)).toBe(only);
  expect(existsSync(from!.tree)).toBe(true);
});
