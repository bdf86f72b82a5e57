// What git's index names besides its entries, in every version of the format that git writes.
import { expect, test } from "bun:test";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { objectsOfExtensions } from "../../src/ports/git/index-file";
import { makeRepo, openTestRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";

const server = await privateServer({ started: false });
const repo = await makeRepo(server, { files: 250 });

for (const version of [2, 3, 4]) {
  test(`the trees of a commit are found in an index of version ${version}`, async () => {
    await repo.git("update-index", "--index-version", String(version));
    // An extended flag makes it version 3.
    if (version > 2) await repo.git("update-index", "--skip-worktree", "README.md");
    await repo.git("read-tree", "--reset", "HEAD");
    const trees = [await repo.git("rev-parse", "HEAD^{tree}"), ...(await repo.git("ls-tree", "-r", "-d", "--format=%(objectname)", "HEAD").catch(async () => (await repo.git("ls-tree", "-r", "-d", "HEAD")).replace(/^\S+ \S+ (\S+).*$/gm, "$1"))).split("\n")];
    const index = readFileSync(join(repo.path, ".git/index"));
    expect(objectsOfExtensions(index, 20).sort()).toEqual([...new Set(trees)].sort());
  });
}

test("a tree that has changed since is not named, those beside it are", async () => {
  await repo.git("update-index", "--index-version", "2");
  await repo.git("read-tree", "--reset", "HEAD");
  const before = objectsOfExtensions(readFileSync(join(repo.path, ".git/index")), 20);
  appendFileSync(join(repo.path, "src/d0/f0.txt"), "more\n");
  await repo.git("add", "src/d0/f0.txt");
  const after = objectsOfExtensions(readFileSync(join(repo.path, ".git/index")), 20);
  // The root, src and src/d0.
  expect(before.length - after.length).toBe(3);
  expect(before).toEqual(expect.arrayContaining(after));
});

test("the versions of a conflict that was resolved are found", async () => {
  const conflict = await makeRepo(server, { name: "conflict" });
  await conflict.git("checkout", "-q", "-b", "other");
  conflict.write("README.md", "theirs\n");
  await conflict.commit("Theirs");
  await conflict.git("checkout", "-q", "main");
  conflict.write("README.md", "ours\n");
  await conflict.commit("Ours");
  await conflict.git("merge", "other").catch(() => "");
  conflict.write("README.md", "both\n");
  await conflict.git("add", "README.md");
  const blobs = await Promise.all(["main~1", "main", "other"].map((ref) => conflict.git("rev-parse", `${ref}:README.md`)));
  expect(objectsOfExtensions(readFileSync(join(conflict.path, ".git/index")), 20)).toEqual(expect.arrayContaining(blobs));
});

test("names of 32 bytes are read where the repository has them", async () => {
  const path = join(server.root, "sha256");
  await repo.git("init", "-q", "-b", "main", "--object-format=sha256", path);
  const other = openTestRepo(server, path);
  other.write("a/b.txt", "b\n");
  await other.commit("One");
  expect(objectsOfExtensions(readFileSync(join(path, ".git/index")), 32)).toContain(await other.git("rev-parse", "HEAD:a"));
});

test("what is no index, or is cut off, names nothing and does no harm", async () => {
  const index = readFileSync(join(repo.path, ".git/index"));
  expect(objectsOfExtensions(Buffer.alloc(0), 20)).toEqual([]);
  expect(objectsOfExtensions(Buffer.from("not an index at all, but long enough to be read as one"), 20)).toEqual([]);
  for (const length of [13, 100, 1000, index.length - 25]) expect(Array.isArray(objectsOfExtensions(index.subarray(0, length), 20))).toBe(true);
});
