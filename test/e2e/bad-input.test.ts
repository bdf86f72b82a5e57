// Bad input and bad places: one clear error that names the culprit, and the next command.
import { afterEach, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRepo } from "../helpers/repo";
import { openPlace, type Place } from "../helpers/place";
import { privateServer } from "../helpers/server";
import { fleetIn } from "../helpers/fleet";
import { until } from "../helpers/until";

const place: Place = await openPlace();
const { fleet, ok, repo, server } = place;
const config = join(server.fleetHome, "config.toml");
mkdirSync(server.fleetHome, { recursive: true });
afterEach(() => rmSync(config, { force: true }));

const refused = async (words: string[], options?: Parameters<typeof fleet>[1]) => {
  const before = await place.traces();
  const { code, stdout, stderr } = await fleet(words, options);
  expect(stdout).toBe("");
  expect(stderr).not.toContain("a bug in fleet");
  expect(await place.traces()).toEqual(before);
  return { code, stderr };
};
const create = (branch: string, ...words: string[]) => refused(["create", branch, "-a", "demo", ...words]);

test("not in a repository", async () => {
  expect(await refused(["create", "x", "-a", "demo"], { cwd: server.home })).toEqual({ code: 1, stderr: `✗ not in a git repository: ${server.home}\n↳ fleet -C PATH …, or run it inside a checkout\n` });
});

test("a directory that is not there", async () => {
  expect((await refused(["-C", "/no/such", "list"])).stderr).toStartWith("✗ no such directory: /no/such\n");
  expect((await refused(["list", "--repo", "/no/such"])).code).toBe(1);
});

test("a bare repository", async () => {
  const bare = join(server.root, "bare.git");
  await repo.git("clone", "-q", "--bare", ".", bare);
  const { code, stderr } = await refused(["create", "x", "-a", "demo"], { cwd: bare });
  expect([code, stderr]).toEqual([1, `✗ a bare repository has no checkout to start from: ${bare}\n↳ git -C ${bare} worktree add ../main, then: fleet -C ../main create NAME\n`]);
});

test("no commits", async () => {
  const empty = await makeRepo(server, { name: "empty", commits: false });
  expect(await refused(["create", "x", "-a", "demo"], { cwd: empty.path })).toEqual({ code: 1, stderr: `✗ the repository has no commits to start from: ${empty.path}\n↳ git commit --allow-empty -m 'first commit'\n` });
});

test("a branch checked out elsewhere, and the hint works", async () => {
  const { code, stderr } = await create("main", "--existing");
  expect([code, stderr]).toEqual([1, `✗ the branch is checked out elsewhere: main in ${repo.path}\n↳ fleet create main-2 --base main\n`]);
  await ok(["create", "main-2", "--base", "main", "-a", "demo", "-d"]);
  await place.untilStatus("main-2", "idle");
});

test("an agent's name again", async () => {
  expect(await create("main-2")).toEqual({ code: 1, stderr: "✗ an agent has this branch already: main-2\n↳ fleet attach main-2\n" });
});

test("names that git refuses are refused with git's word", async () => {
  for (const name of ["a..b", "a b", "x.lock", "a//b", "/a", "a/", ".a", "a~1", "a^", "a:b", "a?b", "a*b", "[a]", "a\\b", "@", "@{-1}", "HEAD", "a\u0007b", "a\nb", ""]) {
    const { code, stderr } = await create(name);
    expect([name, code, stderr]).toEqual([name, 1, expect.stringContaining("git does not allow this branch name: ")]);
    expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(stderr.trim().split("\n")).toHaveLength(2);
  }
});

test("a name with a leading dash, which git refuses, is an unknown flag, and both is said", async () => {
  for (const [name, flag] of [["-x", "-x"], ["-tidy", "-t"], ["--tidying-up-the-cellar", "--tidying-up-the-cellar"]]) {
    expect(await create(name!)).toEqual({ code: 2, stderr: `✗ no such flag: ${flag}\n↳ fleet create --help   (and git allows no branch that begins with a dash: ${name})\n` });
  }
});

test("names that git allows work: slashes, dots, unicode, quotes, a leading dash within", async () => {
  for (const name of ["feat/deep/x", "v1.2.3", "ünïcödé/日本", "it's;$(touch-pwned)`x`&|", "#(x)#{y}", "feat/-x", "100%", "a=b", "!bang", "{}", '"q"']) {
    await ok(["create", name, "-a", "demo", "-d"]);
    expect((await place.agent(name)).worktree).toBe((await ok(["path", name])).trim());
    await place.untilStatus(name, "idle");
  }
});

test("branches that exclude each other", async () => {
  expect(await create("feat/deep")).toEqual({ code: 1, stderr: "✗ git can't have both branches: feat/deep and feat/deep/x\n↳ fleet create feat-deep\n" });
  expect((await create("main/x")).stderr).toContain("git can't have both branches: main/x and main");
});

test("no such base", async () => {
  expect(await create("x", "-b", "no-such")).toEqual({ code: 1, stderr: "✗ no such base: no-such\n↳ git branch --all\n" });
});

test("an unknown kind, with the nearest and all of them", async () => {
  const { code, stderr } = await refused(["create", "x", "-a", "cloude"]);
  expect(code).toBe(1);
  expect(stderr).toContain("✗ no such kind: cloude\n│ kinds: claude, codex, gemini, opencode, qwen, copilot, demo\n");
  expect(stderr).toContain("claude");
});

test("broken TOML, and a wrong value, with file, line and what was expected", async () => {
  writeFileSync(config, "[agent]\ndefault = \n");
  expect((await create("x")).stderr).toMatch(/config\.toml.*2/s);
  writeFileSync(config, "[agent]\ndefault = 7\n");
  const { code, stderr } = await create("x");
  expect(code).toBe(1);
  expect(stderr).toMatch(/config\.toml:2.*agent\.default/s);
});

test("a broken config is said by commands that read nothing from it, too, and they work; a sound one is read once", async () => {
  const stamp = join(server.fleetHome, "cache/config-sound");
  // Of the file that fleet wrote first.
  rmSync(stamp, { force: true });
  writeFileSync(config, "[agent\n");
  const mistake = "▲ config.toml:1: not valid TOML: illegal character in key (column 7)\n↳ fleet config edit\n";
  for (const words of [["list"], ["list", "--json"], ["snooze", "main-2", "off"], ["stop", "main-2"], ["kill", "main-2", "--yes"]]) {
    expect([words, await fleet(words)]).toEqual([words, expect.objectContaining({ code: 0, stderr: expect.stringContaining(mistake) as unknown as string })]);
  }
  writeFileSync(config, '[agent]\ndefault = 7\n[bogus]\nx = 1\n');
  expect((await fleet(["undo"])).stderr).toMatch(/^▲ config\.toml:2: agent\.default: .* \(and 1 more\)$/m);
  expect(existsSync(stamp)).toBe(false);
  writeFileSync(config, '[agent]\ndefault = "demo"\n');
  expect((await fleet(["list"])).stderr).not.toContain("config.toml");
  expect(existsSync(stamp)).toBe(true);
  writeFileSync(config, "[agent\n# broken again");
  expect((await fleet(["list"])).stderr).toContain("▲ config.toml:1: ");
  rmSync(config);
  expect((await fleet(["list"])).stderr).not.toContain("config.toml");
  await ok(["start", "main-2"]);
  await place.untilStatus("main-2", "idle");
});

test("an unknown agent, with a near miss", async () => {
  expect(await refused(["prompt", "main-3", "x"])).toEqual({ code: 1, stderr: "✗ no such agent: main-3\n↳ did you mean main-2?\n" });
});

test("missing and surplus words are usage, with the help to read", async () => {
  for (const words of [["create"], ["prompt"], ["prompt", "main-2"], ["exec", "main-2"], ["start"], ["list", "--status", "busy"], ["logs", "main-2", "-n", "x"], ["list", "--nope"]]) {
    const { code, stderr } = await refused(words);
    expect([words, code, stderr]).toEqual([words, 2, expect.stringMatching(/^✗ .+\n(│.*\n)*↳ fleet \w+/)]);
  }
  expect(await refused(["lsit"])).toEqual({ code: 2, stderr: "✗ no such command: lsit\n↳ fleet list\n" });
});

test("an empty prompt, a prompt given twice, and a file that is not there", async () => {
  expect((await create("x", "-p", " \n ")).stderr).toStartWith("✗ the prompt is empty\n");
  expect(await refused(["prompt", "main-2", " "])).toEqual({ code: 1, stderr: "✗ the prompt is empty\n↳ fleet prompt NAME TEXT\n" });
  expect((await create("x", "-p", "a", "-f", "b")).stderr).toStartWith("✗ the prompt was given twice");
  expect((await create("x", "-f", "no-such.md")).stderr).toStartWith("✗ can't read the prompt: no-such.md\n");
});

test("a broken state.json is kept aside, rebuilt and said once: running agents and stopped ones are there as before", async () => {
  await ok(["create", "rests", "-a", "demo", "-d"]);
  await place.untilStatus("rests", "idle");
  await ok(["stop", "rests"]);
  const count = (await place.list()).length;
  const agents = (text: string) => (JSON.parse(text) as { agents: Record<string, object> }).agents;
  const good = place.kept("state.json");
  for (const broken of ["{ not json", '{"version":1,"agents":[]}', ""]) {
    writeFileSync(join(server.fleetHome, "state.json"), broken);
    const ran = await fleet(["list", "--json"]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/^▲ state\.json can't be read \(.*\); kept aside: [^;]+; \d+ agents are known again by their own files\n↳ fleet doctor --fix looks for more\n$/);
    const aside = /kept aside: ([^;]+)/.exec(ran.stderr)![1]!;
    expect(await Bun.file(aside).text()).toBe(broken);
    expect(JSON.parse(ran.stdout)).toHaveLength(count);
    expect(agents(place.kept("state.json"))).toEqual(agents(good));
    expect((await fleet(["list"])).stderr).toBe("○ 1 stopped: fleet start --all, or fleet list --all\n");
    rmSync(aside);
  }
  rmSync(join(server.fleetHome, "state.json"));
  const gone = await fleet(["list", "--json"]);
  expect(gone.stderr).toMatch(/^▲ state\.json is gone; \d+ agents are known again by their own files\n↳ fleet doctor --fix looks for more\n$/);
  expect(JSON.parse(gone.stdout)).toHaveLength(count);
  expect(agents(place.kept("state.json"))).toEqual(agents(good));
  await ok(["kill", "rests", "--yes"]);
  // What a kill leaves in the background writes beside the trash.
  await until(() => existsSync(join(server.fleetHome, "cache/purged")) && !existsSync(join(server.fleetHome, "locks/purge.lock")), { what: "the purge to end" });
});

test("a file where fleet's directory should be", async () => {
  const file = join(server.root, "in-the-way");
  writeFileSync(file, "");
  const env = { FLEET_HOME: join(file, "home") };
  const { code, stderr } = await refused(["create", "x", "-a", "demo"], { env });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^✗ a file is where a directory should be: .*in-the-way.*\n↳ fleet doctor\n$/)]);
  expect((await fleet(["create", "x", "-a", "demo"], { env: { FLEET_HOME: file } })).stderr).toStartWith("✗ a file is where a directory should be: ");
});

test("tmux that is missing or too old, and git that is missing", async () => {
  const bin = join(server.root, "stand-ins");
  mkdirSync(bin);
  for (const name of ["git", "sh"]) symlinkSync(Bun.which(name)!, join(bin, name));
  expect((await refused(["create", "x", "-a", "demo"], { env: { PATH: bin } })).stderr).toContain("✗ tmux is not on PATH\n↳ install tmux 3.2 or newer");
  writeFileSync(join(bin, "tmux"), "#!/bin/sh\n[ \"$*\" = -V ] && echo 'tmux 3.1c' && exit\necho 'usage: new-session [-AdDEPX]' >&2\nexit 1\n");
  chmodSync(join(bin, "tmux"), 0o755);
  expect((await refused(["create", "x", "-a", "demo"], { env: { PATH: bin } })).stderr).toContain("✗ tmux is too old: 3.1c\n↳ install tmux 3.2 or newer");
  expect((await refused(["list"], { env: { PATH: bin } })).stderr).toContain("✗ tmux is too old: 3.1c\n");
  rmSync(join(bin, "git"));
  expect((await refused(["create", "x", "-a", "demo"], { env: { PATH: bin } })).stderr).toBe("✗ git is not on PATH\n↳ install git, then: fleet doctor\n");
});

test("a running tmux server of another version", async () => {
  const bin = join(server.root, "other-version");
  mkdirSync(bin);
  writeFileSync(join(bin, "tmux"), "#!/bin/sh\necho 'protocol version mismatch (client 8, server 7)' >&2\nexit 1\n");
  chmodSync(join(bin, "tmux"), 0o755);
  const { code, stderr } = await refused(["list"], { env: { PATH: `${bin}:${server.env["PATH"]}` } });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^✗ the running tmux server is of another version than the tmux on PATH\n│ protocol version mismatch .*\n↳ tmux kill-server/)]);
});

test("a tmux that does not answer is an error, not an empty list", async () => {
  const bin = join(server.root, "silent");
  mkdirSync(bin);
  writeFileSync(join(bin, "tmux"), "#!/bin/sh\necho 'lost server' >&2\nexit 1\n");
  chmodSync(join(bin, "tmux"), 0o755);
  const { code, stderr } = await refused(["list"], { env: { PATH: `${bin}:${server.env["PATH"]}` } });
  expect([code, stderr]).toEqual([1, expect.stringContaining("│ lost server")]);
});

test("no tmux server: one is started", async () => {
  const bare = await privateServer({ started: false });
  const own = await makeRepo(bare);
  const run = fleetIn(bare, own.path);
  expect(await run(["list"])).toMatchObject({ code: 0, stdout: "", stderr: "○ no agents; fleet create BRANCH -p PROMPT starts one\n" });
  expect((await run(["create", "first", "-a", "demo", "-d"])).code).toBe(0);
  expect(await bare.tmux("list-sessions", "-F", "#{session_name}")).toBe("repo-first");
});

test("a worktree root inside the checkout", async () => {
  writeFileSync(config, `[worktree]\nroot = ${JSON.stringify(join(repo.path, "worktrees"))}\n`);
  const { code, stderr } = await create("inside");
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^✗ worktrees would lie inside the checkout: /)]);
  rmSync(join(repo.path, "worktrees"), { recursive: true, force: true });
});

test("a disk that is full while the checkout is written leaves nothing", async () => {
  const disk = join(server.root, "disk");
  mkdirSync(disk);
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk]).exitCode === 0;
  // Where nothing can be mounted, another test of the same path: a root that can't be written.
  if (!mounted) return;
  try {
    repo.write("big.bin", "x".repeat(3_000_000));
    await repo.commit("Big");
    const ran = await fleet(["create", "too-big", "-a", "demo"], { env: { FLEET_HOME: join(disk, "home") } });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`✗ no space left on the disk: ${join(disk, "home/worktrees")}\n│ error: unable to write file big.bin`);
    expect(await repo.git("branch", "--list", "too-big")).toBe("");
    expect(await repo.git("worktree", "list")).not.toContain("too-big");
    expect(readdirSync(join(disk, "home/agents"))).toEqual([]);
    expect([...new Bun.Glob("home/worktrees/*/*").scanSync({ cwd: disk, onlyFiles: false })]).toEqual([]);
  } finally {
    Bun.spawnSync(["umount", disk]);
  }
});

test("a disk without room for fleet's own files: it is named, nothing was made, and no lock is left", async () => {
  const disk = join(server.root, "tiny-disk");
  mkdirSync(disk);
  if (Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk]).exitCode !== 0) return;
  try {
    const home = join(disk, "home");
    mkdirSync(join(home, "locks"), { recursive: true });
    Bun.spawnSync(["dd", "if=/dev/zero", `of=${join(disk, "fill")}`, "bs=1k", "count=200"], { stderr: "ignore" });
    const { code, stderr } = await refused(["create", "no-room", "-a", "demo"], { env: { FLEET_HOME: home } });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^✗ no space left on the disk: .*tiny-disk\/home\/.*\n↳ fleet doctor\n$/)]);
    expect(readdirSync(join(home, "locks"))).toEqual([]);
    Bun.spawnSync(["mount", "-o", "remount,ro", disk]);
    expect(await refused(["create", "no-room", "-a", "demo"], { env: { FLEET_HOME: home } })).toEqual({ code: 1, stderr: expect.stringMatching(/^✗ the file system is read-only: .*tiny-disk\/home\/.*\n↳ fleet doctor\n$/) as unknown as string });
  } finally {
    Bun.spawnSync(["umount", disk]);
  }
});

test("the working directory is gone", async () => {
  const gone = join(server.root, "gone");
  mkdirSync(gone);
  const child = Bun.spawnSync(["sh", "-c", `cd '${gone}' && rmdir '${gone}' && exec "$0" list`, await (await import("../helpers/binary")).binary()], { env: server.env });
  expect(child.stderr.toString()).toMatch(/working directory (is gone|was deleted)/);
  expect(existsSync(gone)).toBe(false);
});
