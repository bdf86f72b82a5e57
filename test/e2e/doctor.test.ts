// fleet doctor as a person meets it: what it says of a machine, what it puts right, and what it only names.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../src/fleet/doctor/doctor";
import { binary } from "../helpers/binary";
import { leftovers } from "../helpers/leftovers";
import { openPlace, type Place } from "../helpers/place";
import { until } from "../helpers/until";

const place = await openPlace();
const { server, repo } = place;
mkdirSync(server.fleetHome, { recursive: true });
const config = (text: string) => writeFileSync(join(server.fleetHome, "config.toml"), text);
const QUIET = '[agent]\ndefault = "quiet"\n[kinds.quiet]\ncommand = ["sleep", "100000"]\n';
config(QUIET);

async function rows(words: string[] = [], options: { env?: Record<string, string>; in?: Place } = {}): Promise<{ code: number | null; rows: Row[]; of(check: string): Row[] }> {
  const ran = await (options.in ?? place).fleet(["doctor", "--json", ...words], options.env ? { env: options.env } : {});
  const all = JSON.parse(ran.stdout || `[{"check":${JSON.stringify(ran.stderr)}}]`) as Row[];
  return { code: ran.code, rows: all, of: (check) => all.filter((row) => row.check === check) };
}

describe("a machine that is well", () => {
  test("has one row a check, and doctor ends with 0", async () => {
    const { code, rows: all } = await rows();
    expect(code).toBe(0);
    expect([...new Set(all.map(({ check }) => check.split(" ")[0]!))]).toEqual(["tmux", "keys", "git", "fzf", "terminal", "PATH", "home", "config", "kind", "unfinished", "state", "worktrees", "leftovers"]);
    for (const row of all) expect(Object.keys(row)).toEqual(["check", "status", "what", "hint", "fixable", "fixed", "things"]);
    expect(all.filter(({ fixable }) => fixable)).toEqual([]);
  });

  test("reads as text, with a hint under what is to be done", async () => {
    const ran = await place.fleet(["doctor"]);
    expect(ran.stdout).toMatch(/^✓ git +2\./m);
    expect(ran.stdout).toMatch(/^○ kind codex +Codex is not installed: codex\n +↳ npm install -g @openai\/codex$/m);
    expect(ran.stderr).toMatch(/to look at|nothing is wrong/);
  });

  test("is not changed by doctor, nor logged", async () => {
    const before = JSON.stringify(await place.traces());
    await place.ok(["doctor"]);
    expect(JSON.stringify(await place.traces())).toBe(before);
    expect(place.kept("fleet.log")).not.toContain("doctor");
  });
});

describe("what is missing or wrong", () => {
  /** A PATH with only these programs, each a stand-in or the real one. */
  function path(programs: Record<string, string | null>): string {
    const folder = join(server.root, `bin-${Math.random().toString(36).slice(2)}`);
    mkdirSync(folder);
    for (const [name, script] of Object.entries(programs)) {
      if (script === null) symlinkSync(Bun.which(name)!, join(folder, name));
      else writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    return folder;
  }
  const real = { git: null, tmux: null, fzf: null, sh: null };

  test("no tmux is a failure", async () => {
    const { git, sh } = real;
    const { code, of } = await rows([], { env: { PATH: path({ git, sh }) } });
    expect([code, of("tmux")[0]?.status, of("tmux")[0]?.what, of("fzf")[0]?.status]).toEqual([1, "fail", "tmux is not on PATH", "warn"]);
  });

  test("a tmux or git that is too old is a failure", async () => {
    const { code, of } = await rows([], { env: { PATH: path({ ...real, tmux: "echo tmux 3.1c", git: `[ "$3" = --version ] && { echo git version 2.25.1; exit; }; exec ${Bun.which("git")} "$@"` }) } });
    expect([code, of("tmux")[0]?.what, of("git")[0]?.what]).toEqual([1, "the tmux on PATH is too old: 3.1c", "git is too old: 2.25.1"]);
  });

  test("a server older than the client is worth knowing", async () => {
    const { of } = await rows([], { env: { PATH: path({ ...real, tmux: `[ "$2" = -V ] && { echo tmux 3.9; exit; }; exec ${Bun.which("tmux")} "$@"` }) } });
    expect([of("tmux")[0]?.status, of("tmux")[0]?.what]).toEqual(["info", expect.stringMatching(/^3\.9; the running server is 3\./)]);
  });

  test("a version is what a program says on stdout; a warning beside it is none, and one that only complains has told none", async () => {
    const codex = "echo 'WARNING: proceeding, even though' >&2; echo codex-cli 0.169.0";
    const { of } = await rows([], { env: { PATH: path({ ...real, codex, gemini: "echo 'node: not found' >&2; exit 127" }) } });
    expect(of("kind codex")[0]?.what).toStartWith("codex-cli 0.169.0 (");
    expect(of("kind gemini")[0]?.what).toStartWith("--version ended with 127: node: not found (");
  });

  test("a program that never tells its version is not waited for", async () => {
    const began = Date.now();
    const { of } = await rows([], { env: { PATH: path({ ...real, sleep: null, codex: "exec sleep 60", gemini: "echo 0.61.0" }) } });
    expect(of("kind codex")[0]?.what).toStartWith("did not tell its version within 3 s");
    expect(of("kind gemini")[0]?.what).toStartWith("0.61.0 (");
    expect(Date.now() - began).toBeLessThan(8_000);
  }, 20_000);

  test("a custom program is found, and not started", async () => {
    config(`${QUIET}[kinds.mine]\ncommand = ["my-agent"]\n`);
    const mark = join(server.root, "was-started");
    const { of } = await rows([], { env: { PATH: path({ ...real, "my-agent": `touch ${mark}` }) } });
    config(QUIET);
    expect([of("kind mine")[0]?.status, existsSync(mark)]).toEqual(["ok", false]);
  });

  test("a mistake in the config is a failure with its line", async () => {
    config(`${QUIET}[worktree]\ncoppy = []\n`);
    const { code, of } = await rows();
    config(QUIET);
    expect([code, of("config")[0]?.what, of("config")[0]?.hint]).toEqual([1, expect.stringContaining("config.toml:6: worktree.coppy"), "fleet config edit"]);
  });

  test("npm ci through a link to node_modules is warned of", async () => {
    config(`${QUIET}[worktree]\nlink = ["node_modules"]\n[setup]\nrun = ["npm ci"]\n`);
    const { of } = await rows();
    config(QUIET);
    expect(of("config").map(({ status, what }) => [status, what.includes("empties")])).toEqual([["warn", true]]);
  });

  test("a place where fleet's directory can't be made is a failure, for root too", async () => {
    const file = join(server.root, "a-file");
    writeFileSync(file, "");
    expect((await rows([], { env: { FLEET_HOME: join(file, "fleet") } })).of("home")[0]?.status).toBe("fail");
  });
});

describe("state.json", () => {
  test("that was lost is rebuilt at the next look: running agents and stopped ones, with all that was known", async () => {
    await place.ok(["create", "lost/one", "-p", "First words", "-d"]);
    await place.ok(["create", "lost-two", "-d"]);
    await place.ok(["stop", "lost-two"]);
    const before = JSON.parse(place.kept("state.json"));
    rmSync(join(server.fleetHome, "state.json"));
    expect((await rows()).of("state").filter(({ fixable }) => fixable)).toEqual([]);
    const { agents } = JSON.parse(place.kept("state.json"));
    expect(Object.keys(agents).sort()).toEqual(Object.keys(before.agents).sort());
    for (const [id, agent] of Object.entries<Record<string, unknown>>(before.agents)) {
      for (const key of ["branch", "branchCreated", "base", "title", "worktree", "slot", "created", "conversation"]) expect([id, key, agents[id][key]]).toEqual([id, key, agent[key]]);
    }
    writeFileSync(join(server.fleetHome, "state.json"), "{ broken");
    expect(Object.keys(JSON.parse(await place.ok(["list", "--json", "--all"])) as object[])).toHaveLength(2);
    const kept = readdirSync(server.fleetHome).find((name) => name.startsWith("state.json.broken-"))!;
    expect((await rows()).of("state").find(({ status }) => status === "info")?.things).toEqual([join(server.fleetHome, kept)]);
    rmSync(join(server.fleetHome, kept));
  });

  test("and the agent's own files lost, too: what the session knows comes back", async () => {
    const { id } = await place.agent("lost/one");
    rmSync(join(server.fleetHome, "agents", id, "record.json"));
    rmSync(join(server.fleetHome, "state.json"));
    await rows(["--fix"]);
    const { agents } = JSON.parse(place.kept("state.json"));
    expect([agents[id].branch, agents[id].base.commit, agents[id].branchCreated]).toEqual(["lost/one", await repo.git("rev-parse", "HEAD"), false]);
  });

  test("an agent whose worktree was removed is forgotten, its branch is not", async () => {
    const { worktree, id } = await place.agent("lost-two");
    rmSync(worktree, { recursive: true });
    const [named] = (await rows()).of("state").filter(({ status }) => status === "warn");
    expect([named?.fixable, named?.things]).toEqual([false, [worktree]]);
    await repo.git("worktree", "prune");
    expect((await rows(["--fix"])).of("state")[0]?.fixed).toContain("forgotten: lost-two");
    expect((await place.list("--all")).map((agent) => agent.id)).not.toContain(id);
    expect(await repo.git("branch", "--list", "lost-two")).toContain("lost-two");
  });
});

describe("what is nobody's is named, and left", () => {
  test("a worktree, a directory, files and a session without an agent", async () => {
    const folder = join(server.fleetHome, "worktrees", readdirSync(join(server.fleetHome, "worktrees"))[0]!);
    const stranger = join(folder, "stranger");
    await repo.git("worktree", "add", "-q", "-b", "stranger", stranger);
    mkdirSync(join(folder, "notes"));
    writeFileSync(join(folder, "notes", "a.txt"), "mine\n");
    mkdirSync(join(folder, "empty"));
    mkdirSync(join(server.fleetHome, "agents", "zzzzzz"), { recursive: true });
    writeFileSync(join(server.fleetHome, "agents", "zzzzzz", "prompt"), "mine\n");
    const session = await server.tmux("new-session", "-dP", "-F", "#{session_id}", "-s", "foreign", "sleep 1000", ";", "set-option", "@fleet_id", "another");
    const { rows: all } = await rows(["--fix"]);
    const things = all.filter(({ fixable }) => !fixable).flatMap((row) => row.things);
    expect(things).toEqual(expect.arrayContaining([stranger, join(folder, "notes"), join(server.fleetHome, "agents", "zzzzzz"), "session foreign"]));
    expect([existsSync(join(stranger, ".git")), existsSync(join(folder, "notes/a.txt")), existsSync(join(folder, "empty")), place.kept("agents", "zzzzzz", "prompt")]).toEqual([true, true, false, "mine\n"]);
    expect(await server.tmux("list-sessions", "-F", "#{session_name}")).toContain("foreign");
    await server.tmux("kill-session", "-t", session);
    await repo.git("worktree", "remove", stranger);
    rmSync(join(folder, "notes"), { recursive: true });
    rmSync(join(server.fleetHome, "agents", "zzzzzz"), { recursive: true });
  });

  test("an operation that this fleet does not know", async () => {
    const file = join(server.fleetHome, "journal", "qqqqqq.json");
    writeFileSync(file, JSON.stringify({ id: "qqqqqq", operation: "teleport\x1b[31m", step: "half", pid: 999999, start: "1", at: "now", facts: {} }));
    const [row] = (await rows(["--fix"])).of("unfinished");
    expect([row?.fixable, row?.things, row?.what]).toEqual([false, [file], 'teleport of qqqqqq was cut off at "half" (now)']);
    expect(existsSync(file)).toBe(true);
    rmSync(file);
  });
});

describe("an unfinished create", () => {
  /** A create that is killed while the repo's own hook holds it up, amid its work. */
  async function killedAmid(branch: string): Promise<{ worktree: string }> {
    const mark = join(server.root, `in-hook-${branch}`);
    writeFileSync(join(repo.path, ".git/hooks/post-checkout"), `#!/bin/sh\ntouch '${mark}'\nsleep 0.3\n`, { mode: 0o755 });
    const child = Bun.spawn([await binary(), "create", branch, "-d"], { cwd: repo.path, env: server.env, stdio: ["ignore", "ignore", "ignore"] });
    await until(() => existsSync(mark), { what: "the hook" });
    child.kill("SIGKILL");
    await child.exited;
    rmSync(join(repo.path, ".git/hooks/post-checkout"));
    return { worktree: (await leftovers(place)).find((thing) => thing.endsWith(`/${branch}`) && thing.includes(".ai_fleet/worktrees"))! };
  }

  test("is named by the next command that changes or lists something, and not in JSON", async () => {
    await killedAmid("half");
    const line = "1 unfinished create: half; fleet doctor --fix";
    expect((await place.fleet(["list"])).stderr).toContain(line);
    expect((await place.fleet(["interrupt", "no-such-agent"])).stderr).toContain(line);
    for (const words of [["list", "--json"], ["path", "lost/one"], ["--version"], ["doctor"]]) expect((await place.fleet(words)).stderr).not.toContain(line);
    await place.ok(["doctor", "--fix"]);
    expect((await place.fleet(["list"])).stderr).not.toContain("unfinished");
  });

  test("goes with all that it made, and nothing else", async () => {
    const before = JSON.stringify([await place.traces(), await leftovers(place)]);
    const { worktree } = await killedAmid("gone");
    const row = (await rows()).of("unfinished")[0]!;
    expect(row.things).toEqual(expect.arrayContaining([worktree, "refs/heads/gone", join(repo.path, ".git/worktrees/gone")]));
    expect((await rows(["--fix"])).of("unfinished")[0]?.fixed).toBe("undone: gone");
    expect(JSON.stringify([await place.traces(), await leftovers(place)])).toBe(before);
  });

  test("in whose worktree somebody has worked stays, as a stopped agent", async () => {
    const { worktree } = await killedAmid("worked");
    writeFileSync(join(worktree, "notes.txt"), "an hour\n");
    expect((await rows(["--fix"])).of("unfinished")[0]?.fixed).toContain("kept as a stopped agent");
    expect([(await place.agent("worked")).status, readFileSync(join(worktree, "notes.txt"), "utf8")]).toEqual(["stopped", "an hour\n"]);
    expect(await leftovers(place)).toEqual([]);
  });

  test("is left alone while anybody stands in its worktree", async () => {
    const { worktree } = await killedAmid("stood-in");
    const somebody = Bun.spawn(["sleep", "60"], { cwd: worktree, stdio: ["ignore", "ignore", "ignore"] });
    const { code, of } = await rows(["--fix"]);
    expect([code, of("unfinished")[0]?.what]).toEqual([1, expect.stringContaining(`still at work in ${worktree}: sleep`)]);
    expect(existsSync(worktree)).toBe(true);
    somebody.kill("SIGKILL");
    await somebody.exited;
    expect((await rows(["--fix"])).of("unfinished")[0]?.fixed).toBe("undone: stood-in");
  });

  test("whose repository is not there is not given up", async () => {
    await killedAmid("unplugged");
    const away = `${repo.path}-away`;
    renameSync(repo.path, away);
    const ran = await place.fleet(["doctor", "--fix", "--json"], { cwd: server.root });
    renameSync(away, repo.path);
    expect([ran.code, ran.stdout]).toEqual([1, expect.stringContaining("its repository is not there")]);
    expect((await rows(["--fix"])).of("unfinished")[0]?.fixed).toBe("undone: unplugged");
  });

  test("of the same branch and commit as a person's later one does not take that", async () => {
    const { worktree } = await killedAmid("mine-now");
    await repo.git("worktree", "remove", "--force", worktree);
    await repo.git("branch", "-D", "mine-now");
    await repo.git("branch", "mine-now");
    await rows(["--fix"]);
    expect(await repo.git("branch", "--list", "mine-now")).toContain("mine-now");
    expect(await leftovers(place)).toEqual([]);
  });
});

describe("the log of operations", () => {
  test("has what changed something, one line each, prompts cut", async () => {
    await place.fleet(["create", "logged", "-d", "-p", `first\nsecond ${"x".repeat(400)}`]);
    await place.fleet(["list"]);
    await place.fleet(["create", "planned", "--dry-run"]);
    await place.fleet(["stop", "no-such-agent"]);
    const lines = place.kept("fleet.log").trimEnd().split("\n");
    const [created, stopped] = lines.slice(-2).map((line) => line.split("\t"));
    expect([created?.[2], created?.[4]?.startsWith("fleet create logged -d -p 'first\\nsecond xxx"), created!.join().length < 200]).toEqual(["0", true, true]);
    expect([stopped?.[2], stopped?.[4]]).toEqual(["1", "fleet stop no-such-agent"]);
    expect(lines.some((line) => /fleet list|planned/.test(line))).toBe(false);
  });
});
