// What create does around git's own checkout: hooks, copies, links, submodules, LFS.
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRepo, openTestRepo } from "../helpers/repo";
import { openPlace, type Place } from "../helpers/place";

const place: Place = await openPlace();
const { fleet, ok, repo, server } = place;

beforeAll(async () => {
  repo.write(".gitignore", "/.env\n.env.*\n/deps\nclaude-local/\n");
  await repo.commit("Ignore");
});

function script(file: string, text: string): string {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}
async function created(branch: string, ...words: string[]) {
  const ran = await fleet(["create", branch, "-a", "demo", "-d", ...words]);
  if (ran.code !== 0) throw new Error(ran.stderr);
  return { ...ran, worktree: (await place.agent(branch)).worktree };
}

test("ignored files of the default list come along; what git does not ignore is refused with its line", async () => {
  repo.write(".env", "SECRET=1\n");
  repo.write(".env.local", "LOCAL=1\n");
  repo.write(".envrc", "export X=1\n");
  const { stderr, worktree } = await created("copies");
  expect(readFileSync(join(worktree, ".env"), "utf8")).toBe("SECRET=1\n");
  expect(readFileSync(join(worktree, ".env.local"), "utf8")).toBe("LOCAL=1\n");
  expect(existsSync(join(worktree, ".envrc"))).toBe(false);
  expect(stderr).toContain("▲ not placed in the worktree: .envrc\n↳ git does not ignore it, so it would look like the agent's work: add the line /.envrc to .gitignore");
  const { id } = await place.agent("copies");
  const record = JSON.parse(place.kept("state.json")).agents[id] as { placed: { path: string }[] };
  expect(record.placed.map(({ path }) => path).sort()).toEqual([".env", ".env.local"]);
  expect((await place.agent("copies"))["dirty"]).toBe(0);
  rmSync(join(repo.path, ".envrc"));
});

test("directories are linked where the config says so", async () => {
  repo.write("deps/a.js", "1\n");
  writeFileSync(join(server.fleetHome, "config.toml"), '[worktree]\nlink = ["deps"]\ncopy = []\n');
  const { stderr, worktree } = await created("links");
  expect(stderr).not.toContain("not placed");
  expect(readlinkSync(join(worktree, "deps"))).toBe(join(repo.path, "deps"));
  expect(existsSync(join(worktree, ".env"))).toBe(false);
  rmSync(join(server.fleetHome, "config.toml"));
});

const report = 'printf "%s %s %s %s %s" "$PWD" "$1" "$2" "$3" "$GIT_DIR" >hook-ran; git rev-parse --show-toplevel >>hook-ran';

test("the repository's post-checkout hook runs in the worktree, with git's arguments, after the checkout", async () => {
  const hook = script(join(repo.path, ".git/hooks/post-checkout"), `test -e README.md && ${report}`);
  const { stderr, worktree } = await created("hooked");
  expect(stderr).not.toContain("▲");
  const head = await repo.git("rev-parse", "hooked");
  expect(readFileSync(join(worktree, "hook-ran"), "utf8")).toBe(`${worktree} ${"0".repeat(40)} ${head} 1 ${worktree}\n`);
  rmSync(hook);
});

test("a relative core.hooksPath is the worktree's own directory", async () => {
  script(join(repo.path, ".husky/post-checkout"), `${report}; echo committed-version >>hook-ran`);
  await repo.commit("Hooks in the tree");
  script(join(repo.path, ".husky/post-checkout"), "touch main-version");
  await repo.git("config", "core.hooksPath", ".husky");
  const { worktree } = await created("husky");
  expect(readFileSync(join(worktree, "hook-ran"), "utf8")).toEndWith("committed-version\n");
  expect(existsSync(join(worktree, "main-version"))).toBe(false);
  await repo.git("checkout", "-q", ".husky");
});

test("an absolute core.hooksPath is that directory, also one inside the checkout", async () => {
  await repo.git("config", "core.hooksPath", join(repo.path, ".husky"));
  script(join(repo.path, ".husky/post-checkout"), "touch main-version");
  const { worktree } = await created("absolute");
  expect(existsSync(join(worktree, "main-version"))).toBe(true);
  await repo.git("checkout", "-q", ".husky");
});

test("a failing hook is a warning, also one that only the base's tree has", async () => {
  await repo.git("config", "core.hooksPath", ".late-hooks");
  script(join(repo.path, ".late-hooks/post-checkout"), "echo no luck today; exit 5");
  await repo.commit("A failing hook");
  await repo.git("checkout", "-q", "--detach", "HEAD~1");
  const { stderr } = await created("failing-hook", "-b", "main");
  expect(stderr).toContain("▲ the post-checkout hook failed (5)\n↳ no luck today\n");
  await repo.git("config", "--unset", "core.hooksPath");
  await repo.git("checkout", "-q", "main");
});

test("submodules are said, with the command that fetches them", async () => {
  const part = await makeRepo(server, { name: "part" });
  await repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", part.path, "part");
  await repo.commit("Add part");
  const { stderr, worktree } = await created("with/parts");
  expect(stderr).toContain("▲ submodules are left empty\n↳ fleet exec with/parts -- git submodule update --init\n");
  await ok(["exec", "with/parts", "--", "git", "-c", "protocol.file.allow=always", "submodule", "update", "--init", "--quiet"]);
  expect(existsSync(join(worktree, "part/README.md"))).toBe(true);
});

test("a create that is undone takes initialized submodules along", async () => {
  writeFileSync(join(server.fleetHome, "config.toml"), '[setup]\nrun = ["git -c protocol.file.allow=always submodule update --init --quiet; exit 1"]\n');
  const before = await place.traces();
  const ran = await fleet(["create", "undone-parts", "-a", "demo"]);
  expect(ran.stderr).toContain("setup failed with 1");
  expect(await place.traces()).toEqual(before);
  rmSync(join(server.fleetHome, "config.toml"));
});

test("files in LFS: pointers and checked-out files are each said", async () => {
  const lfs = await makeRepo(server, { name: "lfs" });
  lfs.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
  await lfs.commit("Track");
  const create = async (branch: string, env: Record<string, string> = {}) => (await fleet(["create", branch, "-a", "demo", "-d"], { cwd: lfs.path, env })).stderr;
  expect(await create("one")).toContain("▲ files in Git LFS are left as pointers: git-lfs is not installed\n↳ install git-lfs, then: fleet exec one -- git lfs pull");
  script(join(server.root, "bin/git-lfs"), "cat");
  const PATH = `${join(server.root, "bin")}:${server.env["PATH"]}`;
  expect(await create("two", { PATH })).toContain("▲ files in Git LFS are left as pointers: git-lfs is not set up");
  await lfs.git("config", "filter.lfs.smudge", "git-lfs smudge -- %f");
  expect(await create("three", { PATH })).toContain("○ files in Git LFS were checked out with the rest");
});

test("a checkout that git can't finish is undone, with git's own words", async () => {
  const lfs = openTestRepo(server, join(server.root, "lfs"));
  lfs.write("a.bin", "x\n");
  await lfs.git("config", "filter.lfs.clean", "cat");
  await lfs.commit("A file");
  await lfs.git("config", "filter.lfs.smudge", "false");
  await lfs.git("config", "filter.lfs.required", "true");
  const before = await lfs.git("worktree", "list");
  const ran = await fleet(["create", "broken", "-a", "demo", "-d"], { cwd: lfs.path });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("smudge filter lfs failed");
  expect(await lfs.git("worktree", "list")).toBe(before);
  expect(await lfs.git("branch", "--list", "broken")).toBe("");
});
