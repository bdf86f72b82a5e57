// Whose branch it is, and which worktrees may be taken away: git killed at each of its steps, and everything that is somebody's.
import { beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGit } from "../../src/ports/git/call";
import { branchMadeBy, emptyRegistrations, forgetUpstream, registrationOf, removeUntouched } from "../../src/ports/git/made";
import { addWorktree, BranchTaken } from "../../src/ports/git/worktrees";
import { makeRepo, openTestRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";

const server = await privateServer({ started: false });
const git = openGit(server.env);
const repo = await makeRepo(server, { files: 40 });
const common = join(repo.path, ".git");
const head = await repo.git("rev-parse", "HEAD");
let path: string;
let count = 0;

beforeEach(async () => {
  path = join(server.root, "trees", `tree-${++count}`);
  await addWorktree(git, repo.path, { path, branch: `tree-${count}`, how: "new", start: head }, true, "abc123");
});

const registration = () => registrationOf(common, path)!.dir;
const initializing = () => writeFileSync(join(registration(), "locked"), "initializing\n");
const remove = () => removeUntouched(git, common, path, head);
const gone = () => [existsSync(path), registrationOf(common, path)];

describe("a branch that a create made", () => {
  test("is known by the agent's id in its reflog", async () => {
    expect(await branchMadeBy(git, common, `tree-${count}`, "abc123")).toEqual({ oid: head, tracks: false });
    expect(await branchMadeBy(git, common, `tree-${count}`, "zzz999")).toBeNull();
  });

  test("is known by where it was made when it has moved on, too", async () => {
    const tree = openTestRepo(server, path);
    tree.write("more.txt", "more\n");
    await tree.commit("More");
    expect((await branchMadeBy(git, common, `tree-${count}`, "abc123"))?.oid).toBe(head);
  });

  test("is told from a person's of the same name and commit", async () => {
    await repo.git("branch", "persons-own");
    expect(await branchMadeBy(git, common, "persons-own", "abc123")).toBeNull();
    expect(await branchMadeBy(git, common, "no-such-branch", "abc123")).toBeNull();
  });

  test("that somebody makes first is left to them, and the worktree can be taken back", async () => {
    await repo.git("branch", `theirs-${count}`);
    const other = `${path}-theirs`;
    const failure = await addWorktree(git, repo.path, { path: other, branch: `theirs-${count}`, how: "new", start: head }, true, "abc123").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BranchTaken);
    expect(await branchMadeBy(git, common, `theirs-${count}`, "abc123")).toBeNull();
    expect(await removeUntouched(git, common, other, head)).toBe(true);
    expect([existsSync(other), registrationOf(common, other)]).toEqual([false, null]);
  });

  test("is known in a repo whose config writes no reflogs", async () => {
    await repo.git("config", "core.logAllRefUpdates", "false");
    await addWorktree(git, repo.path, { path: `${path}-b`, branch: `quiet-${count}`, how: "new", start: head }, false, "abc123");
    await repo.git("config", "--unset", "core.logAllRefUpdates");
    expect((await branchMadeBy(git, common, `quiet-${count}`, "abc123"))?.oid).toBe(head);
  });

  test("leaves no upstream in the config when it goes", async () => {
    await repo.git("update-ref", "refs/remotes/origin/followed", head);
    await repo.git("config", "remote.origin.url", "/nowhere");
    await repo.git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
    const before = readFileSync(join(common, "config"), "utf8");
    await addWorktree(git, repo.path, { path: `${path}-t`, branch: "followed", how: "track", start: "origin/followed" }, false, "abc123");
    expect((await branchMadeBy(git, common, "followed", "abc123"))?.tracks).toBe(true);
    await forgetUpstream(git, common, "followed");
    expect(readFileSync(join(common, "config"), "utf8")).toBe(before);
  });
});

describe("goes", () => {
  test("whole and untouched", async () => {
    expect([await remove(), ...gone()]).toEqual([true, false, null]);
    expect(await remove()).toBe(true);
  });

  test("with its directory gone already", async () => {
    rmSync(path, { recursive: true });
    expect([await remove(), ...gone()]).toEqual([true, false, null]);
  });

  test("when git was killed before it wrote anything but the directory's link", async () => {
    initializing();
    for (const name of readdirSync(path).filter((name) => name !== ".git")) rmSync(join(path, name), { recursive: true });
    for (const name of ["HEAD", "commondir", "index"]) unlinkSync(join(registration(), name));
    expect([await remove(), ...gone()]).toEqual([true, false, null]);
  });

  test("when git was killed before the link, too", async () => {
    initializing();
    rmSync(path, { recursive: true });
    mkdirSync(path);
    expect([await remove(), ...gone()]).toEqual([true, false, null]);
  });

  test("when git was killed amid its checkout: files missing, one cut off, no index, its lock left", async () => {
    initializing();
    rmSync(join(path, "src/d0/f3.txt"));
    truncateSync(join(path, "src/d0/f7.txt"), 3);
    truncateSync(join(path, "src/d0/f8.txt"), 0);
    unlinkSync(join(registration(), "index"));
    writeFileSync(join(registration(), "index.lock"), "");
    expect([await remove(), ...gone()]).toEqual([true, false, null]);
  });

  test("a registration that git was killed in the first moment of, and no other", async () => {
    const bare = join(common, "worktrees", `tree-${count}9`);
    mkdirSync(bare);
    writeFileSync(join(bare, "locked"), "initializing\n");
    expect(emptyRegistrations(common, path, Date.now() - 60_000)).toEqual([bare]);
    expect(emptyRegistrations(common, path, Date.now() + 60_000)).toEqual([]);
    expect(emptyRegistrations(common, join(server.root, "other"), 0)).toEqual([]);
    rmSync(bare, { recursive: true });
  });
});

describe("stays", () => {
  const cases: [what: string, act: () => unknown][] = [
    ["with an untracked file", () => writeFileSync(join(path, "new.txt"), "work\n")],
    ["with a changed file", () => writeFileSync(join(path, "README.md"), "# another\n")],
    ["with a file that was added to", () => appendFileSync(join(path, "README.md"), "more\n")],
    ["with a commit", () => openTestRepo(server, path).commit("Work")],
    ["on another branch", () => openTestRepo(server, path).git("switch", "-q", "--detach", "HEAD~0").then(() => openTestRepo(server, path).commit("Detached"))],
    ["amid a checkout, with an untracked file", () => (initializing(), unlinkSync(join(registration(), "index")), writeFileSync(join(path, "new.txt"), "work\n"))],
    ["amid a checkout, with a file that is no beginning of the commit's", () => (initializing(), unlinkSync(join(registration(), "index")), writeFileSync(join(path, "README.md"), "# work\n"))],
    ["locked by a person", () => repo.git("worktree", "lock", "--reason", "mine", path)],
    ["empty but for a link to another repository", async () => {
      rmSync(path, { recursive: true });
      mkdirSync(path);
      writeFileSync(join(path, ".git"), "gitdir: /somewhere/else/.git/worktrees/x\n");
    }],
    ["with another repository at its path", async () => {
      rmSync(path, { recursive: true });
      await openTestRepo(server, server.root).git("init", "-q", path);
      await openTestRepo(server, path).commit("Another");
    }],
    ["with a file at its path", () => (rmSync(path, { recursive: true }), writeFileSync(path, "mine\n"))],
    ["as a link to a directory of a person's", () => {
      rmSync(path, { recursive: true });
      mkdirSync(`${path}-mine`);
      writeFileSync(join(`${path}-mine`, "mine.txt"), "mine\n");
      symlinkSync(`${path}-mine`, path);
    }],
  ];
  for (const [what, act] of cases) {
    test(what, async () => {
      await act();
      const before = existsSync(join(path, "README.md")) ? readFileSync(join(path, "README.md"), "utf8") : readdirNames(path);
      expect(await remove()).toBe(false);
      expect(existsSync(join(path, "README.md")) ? readFileSync(join(path, "README.md"), "utf8") : readdirNames(path)).toEqual(before);
    });
  }

  test("when it is the main checkout", async () => {
    expect(await removeUntouched(git, common, repo.path, head)).toBe(false);
    expect(existsSync(join(repo.path, "README.md"))).toBe(true);
  });
});

function readdirNames(directory: string): string {
  try {
    return readdirSync(directory).sort().join("\n");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "";
  }
}
