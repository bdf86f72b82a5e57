import { afterAll, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openGit } from "../../src/ports/git/call";
import { measureChanges, parseStatus, sumNumstat } from "../../src/ports/git/changes";
import { parseRefs, readRefs } from "../../src/ports/git/refs";

const root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-changes-")));
const env = {
  PATH: process.env["PATH"], HOME: root, GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "A", GIT_AUTHOR_EMAIL: "a@example.com", GIT_COMMITTER_NAME: "A", GIT_COMMITTER_EMAIL: "a@example.com",
};
const git = openGit(env);
let repos = 0;
let main = "";
let tree = "";
let base = "";

const run = (cwd: string, ...args: string[]) => git.call(cwd, args);
const put = (path: string, text: string | Uint8Array) => {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
};
const lines = (n: number, word = "line") => Array.from({ length: n }, (_, i) => `${word} ${i}\n`).join("");
const touched = async () => (await measureChanges(git, tree, base))?.touched.sort();
const measure = async () => {
  const measured = await measureChanges(git, tree, base);
  if (!measured) return null;
  const { touched: _, ...lines } = measured;
  return lines;
};

beforeEach(async () => {
  main = join(root, `r${repos++}`);
  tree = `${main}-tree`;
  await run(root, "init", "-q", "-b", "main", main);
  writeFileSync(join(main, "a.txt"), lines(10));
  writeFileSync(join(main, "b.txt"), lines(10));
  await run(main, "add", "-A");
  await run(main, "commit", "-qm", "Begin");
  base = (await run(main, "rev-parse", "HEAD")).trim();
  await run(main, "worktree", "add", "-q", "-b", "feat", tree);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const commit = async () => {
  await run(tree, "add", "-A");
  await run(tree, "commit", "-qm", "Work");
};

test("an untouched worktree has no changes", async () => {
  expect(await measure()).toEqual({ added: 0, removed: 0, dirty: 0 });
});

test("committed, staged, edited and untracked lines are all counted", async () => {
  put("committed.txt", lines(3));
  await commit();
  put("staged.txt", lines(4));
  await run(tree, "add", "staged.txt");
  put("a.txt", lines(10) + lines(2, "more"));
  put("dir/untracked.txt", lines(5));
  expect(await measure()).toEqual({ added: 3 + 4 + 2 + 5, removed: 0, dirty: 3 });
});

test("commits alone are changes that are not dirty", async () => {
  put("a.txt", lines(4));
  await commit();
  expect(await measure()).toEqual({ added: 0, removed: 6, dirty: 0 });
});

test("a deleted file, committed or not, counts its lines", async () => {
  unlinkSync(join(tree, "a.txt"));
  expect(await measure()).toEqual({ added: 0, removed: 10, dirty: 1 });
  await commit();
  expect(await measure()).toEqual({ added: 0, removed: 10, dirty: 0 });
});

test("a renamed file is no lines", async () => {
  await run(tree, "mv", "a.txt", "c.txt");
  await commit();
  expect(await measure()).toEqual({ added: 0, removed: 0, dirty: 0 });
});

test("what the base gained meanwhile is not the agent's change", async () => {
  put("mine.txt", lines(2));
  await commit();
  writeFileSync(join(main, "theirs.txt"), lines(50));
  await run(main, "add", "-A");
  await run(main, "commit", "-qm", "Theirs");
  base = (await run(main, "rev-parse", "HEAD")).trim();
  expect(await measure()).toEqual({ added: 2, removed: 0, dirty: 0 });
});

test("after a criss-cross merge there is still an answer", async () => {
  put("mine.txt", lines(2));
  await commit();
  writeFileSync(join(main, "theirs.txt"), lines(5));
  await run(main, "add", "-A");
  await run(main, "commit", "-qm", "Theirs");
  const [ours, theirs] = [(await run(tree, "rev-parse", "HEAD")).trim(), (await run(main, "rev-parse", "HEAD")).trim()];
  await run(tree, "merge", "-q", "--no-edit", theirs);
  await run(main, "merge", "-q", "--no-edit", ours);
  put("more.txt", lines(3));
  await commit();
  base = (await run(main, "rev-parse", "HEAD")).trim();
  expect((await run(tree, "merge-base", "--all", base, "HEAD")).trim().split("\n")).toHaveLength(2);
  const changes = await measure();
  expect(changes!.added).toBeGreaterThanOrEqual(3);
  expect(changes!.removed).toBe(0);
});

test("binary files and files that are ignored have no lines", async () => {
  put(".gitignore", "ignored.txt\n");
  await commit();
  put("ignored.txt", lines(100));
  put("picture.bin", new Uint8Array([1, 0, 10, 10, 10]));
  expect(await measure()).toEqual({ added: 1, removed: 0, dirty: 1 });
});

test("an untracked last line without an end counts, an empty file does not, a symlink is one", async () => {
  put("no-end.txt", "one\ntwo");
  put("empty.txt", "");
  symlinkSync("nowhere", join(tree, "link"));
  expect(await measure()).toEqual({ added: 3, removed: 0, dirty: 3 });
});

test("untracked counts are what git says once the files are committed", async () => {
  put("x/no-end.txt", "one\ntwo");
  put("x/long.txt", lines(20_000));
  put("with space\tand tab.txt", lines(3));
  put("with\nline end.txt", lines(4));
  put("1\t2\tlike a record", lines(5));
  put("late-nul.txt", `${lines(2000)}\0${lines(10)}`);
  symlinkSync("nowhere", join(tree, "link"));
  const before = await measure();
  await commit();
  const after = await measure();
  expect({ ...before!, dirty: 0 }).toEqual(after!);
});

test("a heap of untracked files is read within bounds, and still counted as paths", async () => {
  for (let i = 0; i < 2_100; i++) put(`heap/${i}.txt`, "x\n");
  put("zz-huge.txt", "y\n".repeat(10 * 1024 * 1024));
  const changes = await measure();
  expect(changes!.dirty).toBe(2_101);
  expect(changes!.added).toBe(2_000);
});

test("a pipe does not hold it up, a repository inside counts as one path", async () => {
  Bun.spawnSync(["mkfifo", join(tree, "pipe")]);
  await run(root, "init", "-q", join(tree, "nested"));
  put("nested/file.txt", lines(100));
  const changes = await measure();
  expect(changes!.added).toBe(0);
  expect(changes!.dirty).toBeLessThanOrEqual(2);
});

test("without an answer there is none: base gone, HEAD without a commit, no shared history, directory gone", async () => {
  expect(await measureChanges(git, tree, "1234567890".repeat(4))).toBeNull();
  expect(await measureChanges(git, join(root, "nowhere"), base)).toBeNull();
  await run(tree, "checkout", "-q", "--orphan", "fresh");
  expect(await measure()).toBeNull();
  await commit();
  expect(await measure()).toBeNull();
});

test("a worktree without its .git is not taken for the repository around it", async () => {
  await run(root, "clone", "-q", main, join(root, "around"));
  const inside = join(root, "around", "inside");
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(inside, "file.txt"), lines(5));
  expect(await measureChanges(git, inside, base)).toBeNull();
});

test("looking writes nothing and starts no program of the repository", async () => {
  const mark = join(root, `ran${repos}`);
  const hook = join(root, `hook${repos}`);
  writeFileSync(hook, `#!/bin/sh\necho ran >> '${mark}'\ncat\n`);
  chmodSync(hook, 0o755);
  for (const [key, value] of [["core.fsmonitor", hook], ["diff.external", hook], ["diff.x.command", hook], ["diff.x.textconv", hook]]) {
    await run(main, "config", key!, value!);
  }
  put(".gitattributes", "*.txt diff=x\n");
  mkdirSync(join(main, ".git/hooks"), { recursive: true });
  for (const name of ["post-index-change", "pre-commit"]) writeFileSync(join(main, ".git/hooks", name), `#!/bin/sh\necho ran >> '${mark}'\n`, { mode: 0o755 });
  // Same content, new time: the index is out of date, and git would like to write it.
  utimesSync(join(tree, "b.txt"), new Date(), new Date(Date.now() - 60_000));
  put("a.txt", lines(12));
  const gitDir = (await git.call(tree, ["rev-parse", "--git-dir"])).trim();
  const index = () => `${statSync(join(gitDir, "index")).mtimeMs} ${Bun.hash(readFileSync(join(gitDir, "index")))}`;
  const before = index();
  expect(await measure()).toEqual({ added: 3, removed: 0, dirty: 2 });
  expect(index()).toBe(before);
  expect(await Bun.file(mark).exists()).toBe(false);
});

test("another's index lock does not stop it", async () => {
  const gitDir = (await git.call(tree, ["rev-parse", "--git-dir"])).trim();
  writeFileSync(join(gitDir, "index.lock"), "");
  put("a.txt", lines(11));
  expect(await measure()).toEqual({ added: 1, removed: 0, dirty: 1 });
});

test("records are told apart even when a path looks like one", () => {
  expect(sumNumstat(["1\t2\ta", "-\t-\tbin", "0\t0\t", "5\t5\told", "7\t7\tnew", "3\t4\tb", ""].join("\0"))).toEqual({ added: 4, removed: 6, paths: ["a", "bin", "5\t5\told", "7\t7\tnew", "b"] });
  expect(sumNumstat("")).toEqual({ added: 0, removed: 0, paths: [] });
  expect(parseStatus(["1 .M N... 1 1 1 a b c", "? x y", "u UU N...", "! ignored", ""].join("\0"))).toEqual({ changed: 2, untracked: ["x y"] });
});

test("branches are read with the worktree that has them, whatever their path", async () => {
  const odd = `${main}-odd\nline`;
  await run(main, "worktree", "add", "-q", "-b", "odd", odd);
  await run(main, "branch", "free");
  await run(main, "update-ref", "refs/remotes/origin/main", base);
  const refs = await readRefs(git, join(main, ".git"), ["origin/main", "origin/none"]);
  expect(refs.branches.get("odd")).toEqual({ oid: base, worktree: odd });
  expect(refs.branches.get("feat")).toEqual({ oid: base, worktree: tree });
  expect(refs.branches.get("free")).toEqual({ oid: base, worktree: null });
  expect([...refs.remotes]).toEqual([["origin/main", base]]);
  await run(tree, "checkout", "-q", "--detach");
  expect((await readRefs(git, join(main, ".git"))).branches.get("feat")!.worktree).toBeNull();
});

test("a reader that fails once asks again, one that is out of time does not", async () => {
  let calls = 0;
  const flaky = (timedOut: boolean) => ({ ...git, try: async () => (++calls === 1 ? { code: 128, stdout: "", stderr: "", timedOut } : { code: 0, stdout: "refs/heads/x\0oid\0\0\n", stderr: "", timedOut: false }) });
  expect((await readRefs(flaky(false), root)).branches.get("x")).toEqual({ oid: "oid", worktree: null });
  calls = 0;
  await expect(readRefs(flaky(true), root)).rejects.toThrow();
  expect(calls).toBe(1);
  expect(parseRefs("").branches.size).toBe(0);
});

test("touched are the paths of commits, edits and untracked files, and both names of a rename", async () => {
  await run(tree, "mv", "b.txt", "c.txt");
  put("d/tab\there", "untracked\n");
  await run(tree, "commit", "-qm", "Rename");
  put("a.txt", "edited\n");
  expect(await touched()).toEqual(["a.txt", "b.txt", "c.txt", "d/tab\there"]);
});
