// Agents over time and from elsewhere: other kinds, the server's end, other directories.
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPlace, type Place } from "../helpers/place";
import { makeRepo } from "../helpers/repo";
import { until } from "../helpers/until";

const place: Place = await openPlace();
const { fleet, ok, repo, server } = place;
const outside = { cwd: server.home };

beforeAll(() => {
  mkdirSync(server.fleetHome, { recursive: true });
  mkdirSync(join(server.root, "tools"));
  // A line-by-line program that nobody told of fleet.
  program("plain", 'printf "%s|" "$@" >argv; env >environment; cat');
  writeFileSync(
    join(server.fleetHome, "config.toml"),
    `[kinds.plain]
command = ["${join(server.root, "tools/plain")}", "--fast", "--task={prompt}", "end"]
env = { EXTRA = "it's $(x)" }
[kinds.lazy]
like = "demo"
flags = ["say I am lazy"]
[kinds.eager]
like = "demo"
flags = ["say I am eager"]
[kinds.hidden]
command = ["only-on-login-path", "{prompt}"]
[kinds.missing]
command = ["no-such-program-anywhere", "{prompt}"]
`,
  );
});

function program(name: string, text: string, folder = "tools"): void {
  mkdirSync(join(server.root, folder), { recursive: true });
  writeFileSync(join(server.root, folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(server.root, folder, name), 0o755);
}

test("a custom kind gets its words, the prompt as part of one, and its environment; its status is unknown, not guessed", async () => {
  await ok(["create", "custom", "-a", "plain", "-p", "don't\n$(touch pwned)", "--", "--more"]);
  const { worktree } = await place.untilStatus("custom", "unknown");
  await until(() => existsSync(join(worktree, "environment")) && readFileSync(join(worktree, "environment"), "utf8").includes("FLEET_SLOT="));
  expect(readFileSync(join(worktree, "argv"), "utf8")).toBe("--fast|--task=don't\n$(touch pwned)|end|--more|");
  expect(readFileSync(join(worktree, "environment"), "utf8")).toContain("EXTRA=it's $(x)\n");
  expect(existsSync(join(worktree, "pwned"))).toBe(false);
});

test("one line goes to a program that reads by lines, several are refused", async () => {
  await ok(["prompt", "custom", "hello line"]);
  await until(async () => (await place.screen("custom")).split("hello line").length > 2, { what: "cat to answer", show: () => place.screen("custom") });
  const ran = await fleet(["prompt", "custom", "one\ntwo\nthree"]);
  expect(ran.stderr).toBe("✗ custom reads line by line: 3 lines would be 3 prompts\n↳ send one line, or name a file for it to read\n");
});

test("without a prompt its word is left out", async () => {
  await ok(["create", "custom-2", "-a", "plain"]);
  const { worktree } = await place.agent("custom-2");
  expect(readFileSync(join(worktree, "argv"), "utf8")).toBe("--fast|end|");
});

test("two kinds made of one each have their own flags, and are told apart", async () => {
  await ok(["create", "l", "-a", "lazy", "-d"]);
  await ok(["create", "e", "-a", "eager", "-d"]);
  await until(async () => (await place.agent("l")).doing === "I am lazy" && (await place.agent("e")).doing === "I am eager");
  expect((await place.list("--kind", "lazy")).map(({ branch }) => branch)).toEqual(["l"]);
  expect(await server.tmux("list-windows", "-t", "=repo-l:", "-F", "#{window_name}")).toBe("lazy");
});

test("a program that is nowhere is refused before anything is made, with how to install it", async () => {
  const before = await place.traces();
  const ran = await fleet(["create", "not-there", "-a", "missing"]);
  expect(ran).toMatchObject({ code: 1, stderr: "✗ missing is not installed: no-such-program-anywhere\n↳ fleet config edit\n" });
  const claude = await fleet(["create", "not-there", "-a", "codex"], { env: { PATH: "/usr/bin:/bin" } });
  expect(claude.stderr).toMatch(/^✗ Codex.* is not installed: codex\n↳ npm install -g @openai\/codex/);
  expect(await place.traces()).toEqual(before);
});

test("a program on the login shell's PATH only is found there, and again at a later start", async () => {
  program("only-on-login-path", "echo found; cat", "login-bin");
  // A login shell that prints noise, as people's do.
  program("loginsh", `echo welcome; [ "$1" = -lic ] && PATH="${join(server.root, "login-bin")}:$PATH" exec /bin/sh -c "$2"; exec /bin/sh "$@"`);
  await ok(["create", "by-login", "-a", "hidden", "-d"], { env: { SHELL: join(server.root, "tools/loginsh") } });
  await until(async () => (await place.screen("by-login")).includes("found"));
  await server.tmux("kill-session", "-t", "=repo-by-login");
  await ok(["start", "by-login"]);
  await until(async () => (await place.screen("by-login")).includes("found"));
});

test("list, logs and path work from outside of any repository, and -C acts elsewhere", async () => {
  const rows = JSON.parse(await ok(["list", "--json"], outside)) as unknown[];
  expect(rows.length).toBe((await place.list()).length);
  expect(await ok(["path", "l"], outside)).toBe(await ok(["path", "l"]));
  expect(await ok(["logs", "l"], outside)).toContain("I am lazy");
  expect(JSON.parse(await ok(["-C", repo.path, "list", "cust*", "--json"], outside))).toHaveLength(2);
  expect(JSON.parse(await ok(["list", "--repo", "../repo", "--json"], outside))).toHaveLength(rows.length);
  expect(JSON.parse(await ok(["list", "-C", "../repo", "--repo", "--json"], outside))).toHaveLength(rows.length);
  await ok(["create", "by-path", "-a", "demo", "-d", "-C", repo.path], outside);
});

test("agents of two repositories are told apart by name, glob and in the list", async () => {
  const api = await makeRepo(server, { name: "api" });
  await ok(["create", "l", "-a", "demo", "-d"], { cwd: api.path });
  const mine = (await ok(["path", "l"])).trim();
  const theirs = (await ok(["path", "l"], { cwd: api.path })).trim();
  expect([mine.includes("/repo-"), theirs.includes("/api-")]).toEqual([true, true]);
  const refused = await fleet(["path", "l"], outside);
  expect(refused.stderr).toMatch(/^✗ several agents match: l\n│ repo:l {2}\(\w+\)\n│ api:l {2}\(\w+\)\n↳ use repo:branch, or the id\n$/);
  expect(await ok(["path", "api:l"], outside)).toBe(`${theirs}\n`);
  expect(await place.list("l*")).toHaveLength(1);
  expect(await place.list("l*", "--all-repos")).toHaveLength(2);
  expect(await place.list("api:*")).toHaveLength(1);
  const rows = (await ok(["list"])).split("\n");
  expect(rows.filter((row) => /^(repo|api):l /.test(row))).toHaveLength(2);
  await server.tmux("kill-session", "-t", "=api-l");
  expect((await fleet(["list", "--repo", api.path])).stderr).toContain("1 stopped");
  expect(JSON.parse(await ok(["list", "--repo", api.path, "--json"]))).toHaveLength(1);
});

test("a verb that reads takes its own agent inside an agent's pane", async () => {
  const { id, worktree } = await place.agent("l");
  expect(await ok(["path"], { ...outside, env: { FLEET_ID: id } })).toBe(`${worktree}\n`);
  expect((await fleet(["path"], outside)).stderr).toContain("no agent named");
  expect((await fleet(["interrupt"], { env: { FLEET_ID: id } })).code).toBe(2);
});

test("a branch switched inside the worktree is the agent's name, and the old one goes on working", async () => {
  const { worktree, id } = await place.agent("custom-2");
  await repo.git("-C", worktree, "switch", "-q", "-c", "renamed-inside");
  await until(async () => (await place.list()).some((one) => one.branch === "renamed-inside" && one.id === id));
  expect(await ok(["path", "renamed-inside"])).toBe(`${worktree}\n`);
  expect(await ok(["path", "custom-2"])).toBe(`${worktree}\n`);
  expect(await ok(["path", id])).toBe(`${worktree}\n`);
});

test("after the server's end agents are stopped, counted on stderr with the way back, and nothing is lost", async () => {
  const count = (await place.list()).length;
  await ok(["prompt", "l", "write precious.txt uncommitted"]);
  await until(async () => (await place.agent("l")).doing === "wrote precious.txt");
  await server.tmux("kill-server");
  await until(async () => (await place.list()).every(({ status }) => status === "stopped"));
  const ran = await fleet(["list"]);
  expect(ran).toMatchObject({ stdout: "", stderr: `○ ${count} stopped: fleet start --all, or fleet list --all\n` });
  expect((await fleet(["list", "--all"])).stdout.trim().split("\n")).toHaveLength(count + 1);
  expect((await fleet(["prompt", "l", "x"])).stderr).toBe("✗ l has no session: it is stopped\n↳ fleet start l\n");
  expect(existsSync(join((await place.agent("l")).worktree, "precious.txt"))).toBe(true);
});

test("logs of a stopped agent say what was kept, or that its work is there", async () => {
  const ran = await fleet(["logs", "l"]);
  expect(ran.code + ran.stderr).toMatch(/^(0$|1✗ nothing was kept of what l showed)/);
});

test("start --all brings them back with their conversations, on a new server", async () => {
  const { code } = await fleet(["start", "--all"]);
  expect(code).toBe(0);
  await place.untilStatus("l", "idle");
  await until(async () => (await place.screen("l")).includes("resumed "));
  expect((await place.list()).filter(({ status }) => status === "stopped")).toEqual([]);
});

test("an agent on another tmux server is unknown, not stopped", async () => {
  const elsewhere = join(server.root, "other-tmux");
  mkdirSync(elsewhere);
  const rows = JSON.parse(await ok(["list", "--json"], { env: { TMUX_TMPDIR: elsewhere } })) as { status: string; reason: string }[];
  expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(["unknown"]));
  expect(rows[0]!.reason).toBe(`on another tmux server: ${server.socket}`);
});

test("a worktree that is gone is said by every verb that needs it", async () => {
  const { worktree } = await place.agent("e");
  await server.tmux("kill-session", "-t", "=repo-e");
  rmSync(worktree, { recursive: true });
  expect(await place.agent("e")).toMatchObject({ status: "stopped", reason: "its worktree is gone" });
  for (const words of [["start", "e"], ["diff", "e"]]) expect((await fleet(words)).stderr).toStartWith(`✗ the worktree of e is gone: ${worktree}\n`);
  expect((await fleet(["exec", "e", "--json", "--", "true"])).stdout).toContain("its worktree is gone");
});
