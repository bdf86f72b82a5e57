// fleet merge, sync and the undo of a merge, with the real binary and git.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { openPlace } from "../helpers/place";
import { openTestRepo } from "../helpers/repo";
import { until } from "../helpers/until";

const place = await openPlace();
const { fleet, ok, repo, server } = place;

/** A stopped agent with these files committed in its worktree. */
async function agentWith(branch: string, files: Record<string, string>, ...more: string[]): Promise<{ id: string; worktree: string; git: (...args: string[]) => Promise<string> }> {
  await ok(["create", branch, "-a", "demo", "-d", ...more]);
  await ok(["stop", branch]);
  const { id, worktree } = await place.agent(branch);
  const own = openTestRepo(server, worktree);
  for (const [path, text] of Object.entries(files)) own.write(path, text);
  if (Object.keys(files).length > 0) await own.commit(`Work of ${branch}`);
  return { id, worktree, git: own.git };
}

const main = () => repo.git("rev-parse", "main");
const alive = async (branch: string) => (await place.list("--all")).some((agent) => agent.branch === branch);

test("a merge is one commit with the agent's name and the prompt's first line, moves the checkout's files, and ends the agent", async () => {
  const before = await main();
  const { worktree, id } = await agentWith("one", { "one.txt": "one\n" }, "-p", "say Add the first file\nand more");
  await ok(["merge", "one"]);
  expect(await repo.git("log", "-1", "--format=%s|%P")).toBe(`one: say Add the first file|${before} ${await repo.git("rev-parse", "main^2")}`);
  expect(readFileSync(join(repo.path, "one.txt"), "utf8")).toBe("one\n");
  expect(await repo.git("status", "--porcelain")).toBe("");
  expect([await alive("one"), existsSync(worktree), await repo.git("branch", "--list", "one")]).toEqual([false, false, ""]);
  await ok(["undo", id]);
  expect([await main(), await repo.git("status", "--porcelain"), existsSync(join(repo.path, "one.txt")), await alive("one")]).toEqual([before, "", false, true]);
  expect(readFileSync(join(worktree, "one.txt"), "utf8")).toBe("one\n");
  await ok(["kill", "one", "--yes", "--delete-branch"]);
});

test("a base that has moved on is brought into the agent's branch first, and an undo takes that out again", async () => {
  const { worktree, id, git } = await agentWith("two", { "two.txt": "two\n" });
  const tip = await git("rev-parse", "HEAD");
  repo.write("elsewhere.txt", "new on main\n");
  await repo.commit("Elsewhere");
  const before = await main();
  await ok(["merge", "two", "--run", "test -f elsewhere.txt && test -f two.txt", "--keep"]);
  expect(await repo.git("log", "--format=%s", "-3", "--first-parent")).toContain("two: ");
  expect(existsSync(join(worktree, "elsewhere.txt"))).toBe(true);
  await ok(["undo"]);
  expect([await main(), await git("rev-parse", "HEAD"), await git("status", "--porcelain"), existsSync(join(worktree, "elsewhere.txt"))]).toEqual([before, tip, "", false]);
  await ok(["kill", id, "--yes", "--delete-branch"]);
});

test("a conflict moves nothing and names the files", async () => {
  const { id, git } = await agentWith("three", { "README.md": "theirs\n" });
  repo.write("README.md", "ours\n");
  await repo.commit("Ours");
  const [before, tip] = [await main(), await git("rev-parse", "HEAD")];
  const ran = await fleet(["merge", "three"]);
  expect([ran.code, ran.stderr.includes("README.md"), ran.stderr.includes("--hand-over")]).toEqual([1, true, true]);
  expect([await main(), await git("rev-parse", "HEAD"), await git("status", "--porcelain")]).toEqual([before, tip, ""]);
  expect((await fleet(["sync", "three"])).code).toBe(1);
  await ok(["kill", id, "--yes", "--delete-branch"]);
});

test("checks that fail leave everything as it was, their output kept", async () => {
  const { id, git, worktree } = await agentWith("four", { "four.txt": "four\n" });
  writeFileSync(join(worktree, "uncommitted.txt"), "not yet\n");
  repo.write("moved.txt", "on\n");
  await repo.commit("Moved on");
  const [before, tip] = [await main(), await git("rev-parse", "HEAD")];
  expect((await fleet(["merge", "four"])).stderr).toContain("--commit");
  const ran = await fleet(["merge", "four", "--commit", "--run", "echo broken; exit 3"]);
  expect([ran.code, ran.stderr.includes("failed with 3"), ran.stderr.includes("broken")]).toEqual([1, true, true]);
  expect([await main(), await git("rev-parse", "HEAD"), await git("status", "--porcelain")]).toEqual([before, tip, "?? uncommitted.txt"]);
  await ok(["kill", id, "--yes", "--delete-branch", "--force"]);
});

test("a file of somebody's own in the target's checkout is never written over", async () => {
  const { id } = await agentWith("five", { "five.txt": "five\n" });
  repo.write("five.txt", "mine, untracked\n");
  const before = await main();
  const ran = await fleet(["merge", "five"]);
  expect([ran.code, ran.stderr.includes("five.txt")]).toEqual([1, true]);
  expect([await main(), readFileSync(join(repo.path, "five.txt"), "utf8")]).toEqual([before, "mine, untracked\n"]);
  await repo.git("clean", "-qf");
  await ok(["merge", "five", "--squash"]);
  expect(await repo.git("log", "-1", "--format=%P")).toBe(before);
  repo.write("five.txt", "mine, changed\n");
  const back = await fleet(["undo", id]);
  expect([back.code, back.stderr.includes("five.txt"), readFileSync(join(repo.path, "five.txt"), "utf8"), await alive("five")]).toEqual([1, true, "mine, changed\n", true]);
  await repo.git("checkout", "-q", "five.txt");
  await ok(["undo", id]);
  expect(await main()).toBe(before);
  await ok(["kill", id, "--yes", "--delete-branch"]);
});

test("a list says how each agent stands to its base, and what live agents share", async () => {
  await ok(["create", "left", "-a", "demo", "-d"]);
  await ok(["create", "right", "-a", "demo", "-d"]);
  const [left, right] = [openTestRepo(server, (await place.agent("left")).worktree), openTestRepo(server, (await place.agent("right")).worktree)];
  left.write("both.txt", "left\n");
  await left.commit("Left");
  right.write("both.txt", "right\n");
  const shared = async (branch: string) => ((await place.agent(branch))["overlaps"] as { branch: string; files: string[] }[]).map(({ branch, files }) => [branch, files]);
  await until(async () => (await shared("left")).length > 0 && (await shared("right")).length > 0, { what: "the overlap in both rows" });
  expect([await shared("left"), await shared("right")]).toEqual([[["right", ["both.txt"]]], [["left", ["both.txt"]]]]);
  repo.write("both.txt", "main\n");
  await repo.commit("Main");
  await until(async () => (await place.agent("left"))["merge"] === "conflicts", { what: "the conflict seen" });
  expect((await place.agent("left"))["conflicts"]).toEqual(["both.txt"]);
  repo.write("both.txt", "left\n");
  await repo.commit("The same as left");
  await until(async () => (await place.agent("left"))["merge"] === "squash-merged", { what: "the squash seen" });
  await repo.git("branch", "-q", "gone");
  await ok(["kill", "left", "right", "--yes", "--force", "--delete-branch"]);
});

test("agents stacked on each other are merged in their order, and an undo stacks them again", async () => {
  const low = await agentWith("low", { "low.txt": "low\n" });
  const high = await agentWith("high", { "high.txt": "high\n" }, "-b", "low");
  const before = await main();
  await ok(["merge", "high", "low"]);
  expect(await repo.git("log", "--first-parent", "--format=%s", `${before}..main`)).toBe("high: Work of high\nlow: Work of low");
  await ok(["undo", high.id]);
  await ok(["undo", low.id]);
  expect(await main()).toBe(before);
  expect(await repo.git("-C", high.worktree, "log", "-1", "--format=%s")).toBe("Work of high");
  expect((await place.list("--all")).find((one) => one.branch === "high")!["base"]).toMatchObject({ branch: "low" });
  for (const branch of ["high", "low"]) await ok(["kill", branch, "--yes", "--delete-branch"]);
});

test("with --rebase each commit comes alone, with its author and message", async () => {
  const { id, git } = await agentWith("replayed", { "r1.txt": "1\n" });
  await git("-c", "user.name=Ünal", "commit", "-q", "--allow-empty", "-m", "nothing");
  openTestRepo(server, (await place.agent("replayed").catch(async () => (await place.list("--all")).find((one) => one.branch === "replayed")!)).worktree).write("r2.txt", "2\n");
  await git("add", "-A");
  await git("-c", "user.name=Ünal", "commit", "-q", "-m", "Second\n\nwith a body");
  repo.write("onward.txt", "on\n");
  await repo.commit("Onward");
  const before = await main();
  expect((await fleet(["merge", "replayed", "--ff"])).code).toBe(1);
  await ok(["merge", "replayed", "--rebase"]);
  expect(await repo.git("log", "--format=%an|%s|%b", `${before}..main`)).toBe("Ünal|Second|with a body\n\nA|Work of replayed|".replace("A|", `${await repo.git("log", "-1", "--format=%an", before)}|`));
  await ok(["undo", id]);
  expect(await main()).toBe(before);
  await ok(["kill", id, "--yes", "--delete-branch"]);
});

test("an agent kills, merges and brings back only what it started itself", async () => {
  await ok(["create", "boss", "-a", "demo", "-d"]);
  const { id } = await place.agent("boss");
  const env = { FLEET_ID: id };
  await ok(["create", "worker", "-a", "demo", "-d"], { env });
  const refused = await fleet(["kill", "boss", "--yes"], { env });
  expect([refused.code, refused.stderr.includes("only agents that it started: boss")]).toEqual([1, true]);
  expect((await place.agent("worker"))["parent"]).toBe(id);
  await ok(["stop", "worker"]);
  expect((await fleet(["merge", "worker", "--into", "other"], { env })).stderr).toContain("no such branch");
  await ok(["kill", "worker", "--yes"], { env });
  expect(await ok(["undo", "worker", "--dry-run"], { env })).toStartWith("brings back worker");
  expect((await fleet(["merge", "boss"], { env })).stderr).toContain("only agents that it started");
  await ok(["kill", "boss", "--yes"]);
  for (const words of [["undo"], ["undo", "--dry-run"], ["undo", id]]) {
    const ran = await fleet(words, { env });
    expect([ran.code, ran.stderr.includes("an agent may undo only agents that it started: boss")]).toEqual([1, true]);
  }
});

test("a sync brings the base in and leaves uncommitted work as it is; a conflict is handed to the agent as a prompt", async () => {
  await ok(["create", "asked", "-a", "demo", "-d", "-p", "say ready"]);
  const { worktree } = await place.untilStatus("asked", "idle");
  const own = openTestRepo(server, worktree);
  own.write("uncommitted.txt", "mine\n");
  repo.write("fresh.txt", "fresh\n");
  await repo.commit("Fresh");
  await ok(["sync", "asked"]);
  expect([existsSync(join(worktree, "fresh.txt")), await own.git("status", "--porcelain")]).toEqual([true, "?? uncommitted.txt"]);
  expect((await fleet(["sync", "asked"])).stderr).toContain("has all of main");
  own.write("README.md", "the agent's\n");
  await own.commit("Mine");
  repo.write("README.md", "somebody else's\n");
  await repo.commit("Theirs");
  const ran = await fleet(["merge", "asked", "--hand-over"]);
  expect([ran.code, ran.stderr.includes("README.md"), ran.stderr.includes("handed over: asked")]).toEqual([1, true, true]);
  await until(async () => (await place.screen("asked")).includes("git merge main"), { what: "the prompt in the agent's pane" });
  await ok(["kill", "asked", "--yes", "--delete-branch"]);
});

test("a git that knows no merge without a checkout is helped out with a clone", async () => {
  const folder = join(server.root, "old-git");
  mkdirSync(folder);
  writeFileSync(join(folder, "git"), `#!/bin/sh\nfor word; do [ "$word" = merge-tree ] && { echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129; }; done\nexec '${Bun.which("git")}' "$@"\n`, { mode: 0o755 });
  const env = { PATH: `${folder}:${server.env["PATH"]}` };
  const { id, git } = await agentWith("older", { "older.txt": "older\n" });
  repo.write("newer.txt", "newer\n");
  await repo.commit("Newer");
  const before = await main();
  await ok(["merge", "older", "--rebase", "--keep"], { env });
  expect([await repo.git("log", "--format=%s", `${before}..main`), await git("rev-parse", "HEAD")]).toEqual(["Work of older", await main()]);
  await ok(["undo", id]);
  await git("reset", "-q", "--hard");
  openTestRepo(server, (await place.list("--all")).find((one) => one.branch === "older")!.worktree).write("newer.txt", "conflict\n");
  await git("add", "-A");
  await git("commit", "-qm", "Conflict");
  const ran = await fleet(["merge", "older"], { env });
  expect([ran.code, ran.stderr.includes("newer.txt"), await main()]).toEqual([1, true, before]);
  await ok(["kill", id, "--yes", "--delete-branch"]);
});

test("a hook that refuses the commit leaves the index as it was", async () => {
  const { id, git, worktree } = await agentWith("hooked", { "hooked.txt": "x\n" });
  writeFileSync(join(worktree, "staged.txt"), "staged\n");
  await git("add", "staged.txt");
  writeFileSync(join(worktree, "staged.txt"), "staged\nand more\n");
  const hook = join(repo.path, ".git/hooks/pre-commit");
  writeFileSync(hook, "#!/bin/sh\necho 'no such commits here' >&2\nexit 1\n", { mode: 0o755 });
  const before = await main();
  const ran = await fleet(["merge", "hooked", "--commit"]);
  expect([ran.code, ran.stderr.includes("no such commits here"), await main(), await git("status", "--porcelain")]).toEqual([1, true, before, "AM staged.txt"]);
  rmSync(hook);
  await ok(["kill", id, "--yes", "--force", "--delete-branch"]);
});

test("a target that nobody had checked out is moved, and moved back where somebody has it checked out since", async () => {
  const { id } = await agentWith("aside", { "aside.txt": "x\n" });
  await repo.git("branch", "-q", "release");
  const before = await repo.git("rev-parse", "release");
  await ok(["merge", "aside", "--into", "release"]);
  await repo.git("checkout", "-q", "release");
  expect(existsSync(join(repo.path, "aside.txt"))).toBe(true);
  await ok(["undo", id]);
  expect([await repo.git("rev-parse", "release"), await repo.git("status", "--porcelain"), existsSync(join(repo.path, "aside.txt"))]).toEqual([before, "", false]);
  await repo.git("checkout", "-q", "main");
  await ok(["kill", id, "--yes", "--delete-branch"]);
});

test("Ctrl-C during the checks takes everything back", async () => {
  const { id, git, worktree } = await agentWith("stopping", { "stopping.txt": "x\n" });
  writeFileSync(join(worktree, "uncommitted.txt"), "not yet\n");
  repo.write("ahead.txt", "on\n");
  await repo.commit("Ahead");
  const [before, tip] = [await main(), await git("rev-parse", "HEAD")];
  const mark = join(server.root, "checking");
  const child = Bun.spawn([await binary(), "merge", "stopping", "--commit", "--run", `touch ${mark}; sleep 100`], { cwd: repo.path, env: server.env, stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  await until(() => existsSync(mark), { what: "the checks to run" });
  child.kill("SIGINT");
  expect(await child.exited).toBe(130);
  expect([await main(), await git("rev-parse", "HEAD"), await git("status", "--porcelain")]).toEqual([before, tip, "?? uncommitted.txt"]);
  await ok(["kill", id, "--yes", "--force", "--delete-branch"]);
});

test("a merge that fails leaves the one before it to be undone, and an agent that went on since keeps its new work", async () => {
  const { id, git, worktree } = await agentWith("twice", { "twice.txt": "1\n" });
  const before = await main();
  await ok(["merge", "twice", "--keep"]);
  const merged = await main();
  openTestRepo(server, worktree).write("twice.txt", "2\n");
  await git("commit", "-qam", "Second");
  expect((await fleet(["merge", "twice", "--keep", "--run", "exit 1"])).code).toBe(1);
  expect(await main()).toBe(merged);
  const back = await fleet(["undo", id]);
  expect(back.stderr).toContain("taken back: the merge of twice into main");
  expect([back.code, back.stderr.includes("has moved on since"), await main(), await git("log", "-1", "--format=%s"), readFileSync(join(worktree, "twice.txt"), "utf8")]).toEqual([1, true, before, "Second", "2\n"]);
  await ok(["kill", id, "--yes", "--delete-branch"]);
});
