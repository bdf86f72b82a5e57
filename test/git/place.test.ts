// What is put into a new worktree beside git's own files, and what never is.
import { expect, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCandidates, hashOf, place, type Refused } from "../../src/fleet/create/place";
import { openGit } from "../../src/ports/git/call";
import { makeRepo, type TestRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";

const server = await privateServer({ started: false });
const git = openGit(server.env);

let n = 0;
interface Place { repo: TestRepo; main: string; worktree: string }

async function worktreeOf(prepare: (repo: TestRepo) => void | Promise<void>): Promise<Place> {
  const repo = await makeRepo(server, { name: `repo${n++}` });
  await prepare(repo);
  await repo.commit("Prepare");
  const worktree = join(server.root, `worktree${n}`);
  await repo.git("worktree", "add", "-q", "-b", "agent", worktree);
  return { repo, main: repo.path, worktree };
}

async function put({ main, worktree }: Place, patterns: { copy?: string[]; link?: string[] }) {
  const candidates = await findCandidates(git, main, { copy: patterns.copy ?? [], link: patterns.link ?? [] });
  return place(git, main, worktree, candidates);
}

const paths = (list: readonly { path: string }[]) => list.map(({ path }) => path).sort();
const why = (refused: readonly Refused[], path: string) => refused.find((one) => one.path === path)?.why;
const clean = ({ worktree }: Place) => git.call(worktree, ["status", "--porcelain"]);

test("an ignored file is copied with its content, and is not the agent's work", async () => {
  const at = await worktreeOf((repo) => repo.write(".gitignore", ".env\n.env.*\n"));
  at.repo.write(".env", "SECRET=1\n");
  at.repo.write(".env.local", "LOCAL=1\n");
  const { placed, refused } = await put(at, { copy: [".env", ".env.*", ".envrc"] });
  expect(paths(placed)).toEqual([".env", ".env.local"]);
  expect(refused).toEqual([]);
  expect(readFileSync(join(at.worktree, ".env"), "utf8")).toBe("SECRET=1\n");
  expect(await clean(at)).toBe("");
});

test("what was placed is remembered by a hash that tells whether somebody changed it", async () => {
  const at = await worktreeOf((repo) => repo.write(".gitignore", ".env\n"));
  at.repo.write(".env", "A=1\n");
  const { placed } = await put(at, { copy: [".env"] });
  const file = join(at.worktree, ".env");
  expect(placed).toEqual([{ path: ".env", hash: hashOf(file) }]);
  writeFileSync(file, "A=2\n");
  expect(hashOf(file)).not.toBe(placed[0]!.hash);
});

test("a file that git does not ignore is refused with the line that .gitignore needs", async () => {
  const at = await worktreeOf(() => {});
  at.repo.write(".env", "A=1\n");
  const { placed, refused } = await put(at, { copy: [".env"] });
  expect(placed).toEqual([]);
  expect(why(refused, ".env")).toContain("add the line /.env to .gitignore");
  expect(existsSync(join(at.worktree, ".env"))).toBe(false);
});

test("a tracked file is never replaced", async () => {
  const at = await worktreeOf((repo) => {
    repo.write(".env", "TRACKED\n");
    repo.write("conf/a", "TRACKED\n");
  });
  at.repo.write(".env", "EDITED IN MAIN\n");
  writeFileSync(join(at.main, ".git/info/exclude"), ".env\nconf\n");
  const { placed } = await put(at, { copy: [".env", "conf"], link: [] });
  expect(placed).toEqual([]);
  expect(readFileSync(join(at.worktree, ".env"), "utf8")).toBe("TRACKED\n");
  expect(lstatSync(join(at.worktree, "conf")).isDirectory()).toBe(true);
});

test("a directory is shared by a link where git ignores the link itself", async () => {
  const at = await worktreeOf((repo) => repo.write(".gitignore", "/node_modules\n"));
  at.repo.write("node_modules/a/index.js", "1\n");
  const { placed, refused } = await put(at, { link: ["node_modules"] });
  expect(refused).toEqual([]);
  expect(readlinkSync(join(at.worktree, "node_modules"))).toBe(join(at.main, "node_modules"));
  expect(placed[0]!.hash).toBe(`link:${join(at.main, "node_modules")}`);
  expect(await clean(at)).toBe("");
});

test("a pattern node_modules/ does not match a link: refused, with the line and the reason", async () => {
  const at = await worktreeOf((repo) => repo.write(".gitignore", "node_modules/\n"));
  at.repo.write("node_modules/a/index.js", "1\n");
  const { placed, refused } = await put(at, { link: ["node_modules"] });
  expect(placed).toEqual([]);
  expect(why(refused, "node_modules")).toContain("/node_modules to .gitignore");
  expect(why(refused, "node_modules")).toContain("does not match a link");
  // The same directory copied is one that the pattern means.
  expect(paths((await put(at, { copy: ["node_modules"] })).placed)).toEqual(["node_modules"]);
  expect(existsSync(join(at.worktree, "node_modules/a/index.js"))).toBe(true);
});

test("a link is copied as a link, dangling or leading outside, and not followed", async () => {
  const at = await worktreeOf((repo) => repo.write(".gitignore", ".env\n.envrc\nbox/\n"));
  writeFileSync(join(server.root, "outside"), "secret\n");
  symlinkSync(join(server.root, "outside"), join(at.main, ".env"));
  symlinkSync("nowhere", join(at.main, ".envrc"));
  mkdirSync(join(at.main, "box"));
  symlinkSync("../README.md", join(at.main, "box/inner"));
  const { placed } = await put(at, { copy: [".env", ".envrc", "box"] });
  expect(paths(placed)).toEqual([".env", ".envrc", "box"]);
  expect([".env", ".envrc", "box/inner"].map((path) => readlinkSync(join(at.worktree, path)))).toEqual([join(server.root, "outside"), "nowhere", "../README.md"]);
});

test("nothing is written through a directory that is a link to outside, in either checkout", async () => {
  const outside = join(server.root, "elsewhere");
  mkdirSync(outside, { recursive: true });
  const at = await worktreeOf((repo) => {
    repo.write(".gitignore", "*.secret\n");
    symlinkSync(outside, join(repo.path, "way-out"));
  });
  writeFileSync(join(outside, "a.secret"), "1\n");
  const { placed, refused } = await put(at, { copy: ["way-out/a.secret", "way-out/b.secret"] });
  expect(placed).toEqual([]);
  expect(why(refused, "way-out/a.secret")).toContain("leads outside");
});

test("a directory that is a link within the worktree is not written through either, and holds nothing else up", async () => {
  const at = await worktreeOf((repo) => {
    repo.write(".gitignore", "*.secret\n");
    repo.write("real/keep", "1\n");
    symlinkSync("real", join(repo.path, "alias"));
  });
  at.repo.write("real/a.secret", "1\n");
  at.repo.write("b.secret", "1\n");
  const { placed, refused } = await put(at, { copy: ["alias/a.secret", "b.secret"] });
  expect(paths(placed)).toEqual(["b.secret"]);
  expect(why(refused, "alias/a.secret")).toContain("is a link");
});

test("paths outside of the checkout, and git's own directory, are refused", async () => {
  const at = await worktreeOf((repo) => repo.write(".gitignore", "*\n!.gitignore\n"));
  writeFileSync(join(server.root, "outside"), "secret\n");
  const patterns = ["../outside", ".git/config", ".git", "a/../../outside"];
  const { placed, refused } = await put(at, { copy: patterns });
  expect(placed).toEqual([]);
  expect(refused.length).toBeGreaterThan(2);
  for (const { why } of refused) expect(why).toBe("it is not a path inside the checkout");
});

test(".worktreeinclude speaks gitignore's language and adds to the list; what git does not ignore is refused", async () => {
  const at = await worktreeOf((repo) => {
    repo.write(".gitignore", "*.local\nbuild/\n");
    repo.write(".worktreeinclude", "*.local\n!no.local\nnotes.txt\n");
  });
  for (const file of ["a.local", "sub/b.local", "no.local", "notes.txt", "build/x"]) at.repo.write(file, "1\n");
  const { placed, refused } = await put(at, { copy: [] });
  expect(paths(placed)).toEqual(["a.local", "sub/b.local"]);
  expect(paths(refused)).toEqual(["notes.txt"]);
});

test("names with blanks, quotes, line ends, globs and shell text are copied as they are", async () => {
  const odd = ["a b.local", "it's.local", "x\ny.local", "$(touch pwned).local", "[a]*.local", "-x.local", "ünï.local"];
  const at = await worktreeOf((repo) => repo.write(".gitignore", "*.local\n"));
  for (const file of odd) at.repo.write(file, `${file}\n`);
  expect(paths((await put(at, { copy: ["*.local"] })).placed)).toEqual([...odd].sort());
  for (const file of odd) expect(readFileSync(join(at.worktree, file), "utf8")).toBe(`${file}\n`);
});

test("what can't be copied is refused by name, and the rest is placed", async () => {
  const at = await worktreeOf((repo) => repo.write(".gitignore", "*.local\nbox/\n"));
  at.repo.write("a.local", "1\n");
  at.repo.write("box/file", "1\n");
  Bun.spawnSync(["mkfifo", join(at.main, "box/pipe"), join(at.main, "p.local")]);
  const { placed, refused } = await put(at, { copy: ["box", "*.local", "p.local"] });
  expect(paths(placed)).toContain("a.local");
  expect(paths(placed)).not.toContain("p.local");
  expect(paths(refused)).toEqual(["box", "p.local"]);
});

test("patterns that find nothing cost no git call", async () => {
  const at = await worktreeOf(() => {});
  const never = { ...git, call: () => Promise.reject(new Error("asked")), try: () => Promise.reject(new Error("asked")) };
  expect(await findCandidates(never, at.main, { copy: [".env", ".env.*"], link: ["node_modules"] })).toEqual([]);
  expect(await place(never, at.main, at.worktree, [])).toEqual({ placed: [], refused: [] });
});
