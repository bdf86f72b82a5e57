// Where a command stands, and what a repo knows of a name: real repositories.
import { expect, test } from "bun:test";
import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/base/errors";
import { branchFacts, resolveBase, standing } from "../../src/ports/git/branches";
import { openGit } from "../../src/ports/git/call";
import { findRepo } from "../../src/ports/git/repo";
import { removeWorktree } from "../../src/ports/git/worktrees";
import { makeRepo, openTestRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";

const server = await privateServer({ started: false });
const git = openGit(server.env);
const repo = await makeRepo(server, { name: "web" });

async function refusal(act: () => Promise<unknown>): Promise<UserError> {
  const error = await act().then(() => null, (thrown: unknown) => thrown);
  if (error instanceof UserError) return error;
  throw new Error(`not refused: ${error}`);
}

test("any directory of a checkout, and a link to it, is its repo", async () => {
  mkdirSync(join(repo.path, "src"));
  symlinkSync(repo.path, join(server.root, "alias"));
  const whole = { common: join(repo.path, ".git"), gitDir: join(repo.path, ".git"), top: repo.path, main: repo.path, name: "web", branch: "main", head: await repo.git("rev-parse", "HEAD") };
  expect(await findRepo(git, join(repo.path, "src"))).toMatchObject(whole);
  expect(await findRepo(git, join(server.root, "alias"))).toMatchObject(whole);
});

test("a linked worktree is the same repo, with a git directory of its own", async () => {
  const worktree = join(server.root, "linked");
  await repo.git("worktree", "add", "-q", "-b", "linked", worktree);
  expect(await findRepo(git, worktree)).toMatchObject({ common: join(repo.path, ".git"), gitDir: join(repo.path, ".git/worktrees/linked"), top: worktree, main: repo.path, branch: "linked" });
});

test("outside of any repository there is none", async () => {
  expect(await findRepo(git, server.home)).toBeNull();
});

test("a bare repository and the inside of .git are refused by name", async () => {
  const bare = join(server.root, "bare.git");
  await repo.git("clone", "-q", "--bare", ".", bare);
  const refused = await refusal(() => findRepo(git, bare));
  expect(refused.message).toBe(`a bare repository has no checkout to start from: ${bare}`);
  expect(refused.hint).toContain(`git -C ${bare} worktree add ../main`);
  expect((await refusal(() => findRepo(git, join(repo.path, ".git")))).message).toBe(`inside a git directory, not in a checkout: ${join(repo.path, ".git")}`);
});

test("a worktree of a bare repository is a place to start from", async () => {
  const bare = join(server.root, "bare.git");
  const worktree = join(server.root, "of-bare");
  await openTestRepo(server, bare).git("worktree", "add", "-q", worktree, "main");
  expect(await findRepo(git, worktree)).toMatchObject({ common: bare, top: worktree, main: worktree, branch: "main" });
});

test("a repository without commits has no head, a detached one no branch", async () => {
  const empty = await makeRepo(server, { name: "empty", commits: false });
  expect(await findRepo(git, empty.path)).toMatchObject({ head: null, top: empty.path });
  const detached = await makeRepo(server, { name: "detached" });
  await detached.git("checkout", "-q", "--detach");
  expect(await findRepo(git, detached.path)).toMatchObject({ branch: null, head: await detached.git("rev-parse", "HEAD") });
});

test("a directory with a line end, quotes and shell text in its name is a repo like others", async () => {
  const odd = await makeRepo(server, { name: "it's $(touch pwned)\n#(x) `y`" });
  const found = await findRepo(git, odd.path);
  expect(found).toMatchObject({ top: realpathSync(odd.path), main: odd.path, common: join(odd.path, ".git"), branch: "main" });
  const worktree = join(server.root, "of-odd");
  await odd.git("worktree", "add", "-q", "-b", "x", worktree);
  expect(await findRepo(git, worktree)).toMatchObject({ common: found!.common, main: odd.path, top: worktree, branch: "x" });
  await removeWorktree(git, found!.common, worktree);
  expect((await odd.git("worktree", "list", "--porcelain")).match(/^worktree /gm)).toHaveLength(1);
});

test("the main checkout is never removed, nor what is no worktree of that repo", async () => {
  const common = join(repo.path, ".git");
  expect((await refusal(() => removeWorktree(git, common, repo.path))).message).toStartWith("not a linked worktree");
  expect((await refusal(() => removeWorktree(git, common, join(repo.path, "src")))).message).toStartWith("not a linked worktree");
  expect((await refusal(() => removeWorktree(git, common, server.home))).message).toStartWith("not a git worktree any more");
  const other = await makeRepo(server, { name: "other" });
  await other.git("worktree", "add", "-q", join(server.root, "of-other"));
  expect((await refusal(() => removeWorktree(git, common, join(server.root, "of-other")))).message).toStartWith("not a linked worktree");
});

test("a branch's facts: where it is checked out, its remotes, and the names that exclude it", async () => {
  const origin = await makeRepo(server, { name: "origin" });
  for (const name of ["feat", "only-remote", "a[b]"]) if (name !== "a[b]") await origin.git("branch", name);
  const clone = openTestRepo(server, join(server.root, "clone"));
  await origin.git("clone", "-q", origin.path, clone.path);
  await clone.git("branch", "feat");
  const facts = (name: string) => branchFacts(git, clone.path, name);
  expect((await facts("main")).local!.worktree).toBe(clone.path);
  expect(await facts("feat")).toMatchObject({ local: { worktree: "" }, remotes: ["origin/feat"], clashes: [] });
  expect(await facts("only-remote")).toMatchObject({ local: null, remotes: ["origin/only-remote"] });
  expect((await facts("feat/x")).clashes).toEqual(["feat"]);
  await clone.git("branch", "deep/er/x");
  expect((await facts("deep")).clashes).toEqual(["deep/er/x"]);
  expect(await facts("nothing")).toEqual({ local: null, remotes: [], clashes: [] });
});

test("a branch checked out in a directory with a line end is known as checked out", async () => {
  const worktree = join(server.root, "line\nend");
  await repo.git("worktree", "add", "-q", "-b", "in-odd-place", worktree);
  expect((await branchFacts(git, repo.path, "in-odd-place")).local).toMatchObject({ worktree });
});

test("a base is a commit, with its branch where it is one", async () => {
  const head = await repo.git("rev-parse", "HEAD");
  await repo.git("tag", "v1");
  expect(await resolveBase(git, repo.path, "main")).toEqual({ branch: "main", commit: head });
  expect(await resolveBase(git, repo.path, "v1")).toEqual({ branch: null, commit: head });
  expect(await resolveBase(git, repo.path, head)).toEqual({ branch: null, commit: head });
  for (const bad of ["nope", "-x", "--all", "main..main"]) expect((await refusal(() => resolveBase(git, repo.path, bad))).message).toBe(`no such base: ${bad}`);
});

test("the state of the checkout one stands in is told, without untracked files", async () => {
  const clone = openTestRepo(server, join(server.root, "clone"));
  clone.write("README.md", "changed\n");
  clone.write("untracked", "1\n");
  const origin = openTestRepo(server, join(server.root, "origin"));
  await origin.commit("One more");
  await clone.git("fetch", "-q");
  expect(await standing(git, clone.path, 5000)).toEqual({ dirty: 1, behind: 1, upstream: "origin/main" });
});
