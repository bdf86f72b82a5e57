// Text from outside is data, at each place where it enters a shell, a tmux format, a terminal or fleet's own process.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../helpers/binary";
import { makeRepo } from "../helpers/repo";
import { type Place, placeIn } from "../helpers/place";
import { privateServer } from "../helpers/server";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

const server = await privateServer();
// Whatever runs touches a file of this name, in whatever directory it runs.
const PAYLOAD = "'\";$(touch pwned)`touch pwned`#(touch pwned)#{pane_id}|touch pwned&\\";
const repo = await makeRepo(server, { name: `it's $(touch pwned) \`touch pwned\` #(touch pwned) "q" ;x\nline two` });
const place: Place = placeIn(server, repo);
const { fleet, ok } = place;
const openTerminal = await terminals(server.env);

function pwned(): string[] {
  return [...new Bun.Glob("**/pwned*").scanSync({ cwd: server.root, dot: true, onlyFiles: false })];
}

/** No control character but the line end, and none of the terminal's own sequences. */
const CLEAN = /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]*$/;

test("a repository whose directory has quotes, shell text, tmux formats and a line end is a place like others", async () => {
  await ok(["create", "plain-name", "-a", "demo", "-p", "write a.txt x\ncommit Add a"]);
  const { worktree } = await place.untilStatus("plain-name", "idle");
  expect(await place.agent("plain-name")).toMatchObject({ repo: join(repo.path, ".git"), ahead: 1 });
  expect(await ok(["exec", "*", "--", "pwd"])).toBe(`${worktree}\n`);
  expect(await ok(["diff", "plain-name", "--name-only"])).toBe("a.txt\n");
  expect(await server.tmux("show-environment", "-t", "=it-s-touch-pwned-touch-pwned-touch-pwned-q-x-line-two-plain-name".slice(0, 51).replace(/-$/, ""), "FLEET_BRANCH")).toBe("FLEET_BRANCH=plain-name");
  expect(pwned()).toEqual([]);
});

test("its agents are found by their sessions when the state is lost", async () => {
  writeFileSync(join(server.fleetHome, "state.json"), "broken");
  expect(await place.agent("plain-name")).toMatchObject({ repo: join(repo.path, ".git"), status: "idle" });
});

test("a branch with shell text is a name in git, tmux, the worktree's path and every verb", async () => {
  const branch = "it's;$(touch-pwned)`x`#(touch-pwned)#{pane_id}\"&|";
  await ok(["create", branch, "-a", "demo", "-d", "-p", "say here"]);
  await until(async () => (await place.agent(branch)).doing === "here");
  for (const words of [["logs", branch], ["path", branch], ["diff", branch], ["interrupt", branch]]) await ok(words);
  await ok(["prompt", branch, "say again"]);
  await until(async () => (await place.agent(branch)).doing === "again");
  expect(await server.tmux("list-sessions", "-f", "#{==:#{@fleet_doing},again}", "-F", "#{@fleet_branch}")).toBe(branch);
  expect(pwned()).toEqual([]);
});

test("a hostile prompt is text in the program's argument, the pane, the list and the session's options", async () => {
  const prompt = `${PAYLOAD}\n\u001b[31mred\u001b]0;title\u0007 #[fg=red] #{E:@fleet_branch}\n${PAYLOAD}`;
  await ok(["create", "hostile-prompt", "-a", "demo", "-d", "-p", prompt]);
  await place.untilStatus("hostile-prompt", "idle");
  const { worktree } = await place.agent("hostile-prompt");
  const notes = [...new Bun.Glob("demo/*.md").scanSync(worktree)];
  expect(readFileSync(join(worktree, notes[0]!), "utf8")).toBe(`${prompt.replace(/[\u001b\u0007]/g, "")}\n`);
  await ok(["prompt", "hostile-prompt", prompt]);
  await until(() => [...new Bun.Glob("demo/*.md").scanSync(worktree)].length === 2);
  await place.untilStatus("hostile-prompt", "idle");
  const { stdout } = await fleet(["list"]);
  expect(stdout).toMatch(CLEAN);
  expect(pwned()).toEqual([]);
});

test("escape codes in a program's words stay out of list and logs", async () => {
  await ok(["create", "escapes", "-a", "demo", "-d"]);
  const { id, pane } = await place.untilStatus("escapes", "idle");
  const child = Bun.spawn([await binary(), "hook", "stop", "demo"], {
    env: { ...server.env, FLEET_ID: id, TMUX_PANE: pane!, TMUX: `${server.socket},0,0` }, stdin: Buffer.from(JSON.stringify({ message: `\u001b[31mred\u001b]0;t\u0007\n${PAYLOAD}\ttab\u202e` })),
  });
  await child.exited;
  await until(async () => (await place.agent("escapes")).doing?.includes("red"));
  for (const words of [["list"], ["logs", "escapes"]]) expect((await fleet(words)).stdout).toMatch(CLEAN);
  expect((await fleet(["list"])).stdout).not.toContain("\u202e");
  await server.tmux("display-message", "-p", "-t", pane!, "#{@fleet_doing}");
  expect(pwned()).toEqual([]);
});

test("errors show hostile names without control characters", async () => {
  for (const words of [["prompt", `\u001b[31m${PAYLOAD}`, "x"], ["create", `a\u001b[2Jb`], ["create", "x", "-a", `\u001b[31mkind`], ["create", "x", "-b", `\u001b]0;t\u0007`], ["list", "--repo", `/no\u001b[31m`], [`\u001b[2J`]]) {
    const { code, stderr } = await fleet(words);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(CLEAN);
  }
  const { stderr } = await fleet(["list", "--verbose", "\u001b[31mx*"]);
  expect(stderr).toMatch(CLEAN);
});

test("config values are data: a kind's words, flags and environment, a setup line only in sh", async () => {
  const program = join(server.root, "show args");
  writeFileSync(program, '#!/bin/sh\nprintf "%s\\0" "$@" "$ODD" >shown; exec cat\n', { mode: 0o755 });
  const words = [PAYLOAD, "a b", "-x", "#{session_name}"];
  mkdirSync(server.fleetHome, { recursive: true });
  writeFileSync(join(server.fleetHome, "config.toml"), `[kinds."odd"]\ncommand = ${JSON.stringify([program, ...words])}\nflags = ${JSON.stringify([PAYLOAD])}\nenv = { ODD = ${JSON.stringify(PAYLOAD)} }\n[worktree]\nroot = ${JSON.stringify(join(server.root, "root $(touch pwned) #(touch pwned) it's"))}\n`);
  await ok(["create", "odd-kind", "-a", "odd", "-d", "--", PAYLOAD]);
  const { worktree } = await place.agent("odd-kind");
  const shown = await until(() => existsSync(join(worktree, "shown")) && readFileSync(join(worktree, "shown"), "utf8"));
  expect(shown.split("\0").slice(0, -1)).toEqual([...words, PAYLOAD, PAYLOAD, PAYLOAD]);
  expect(worktree).toStartWith(join(server.root, "root $(touch pwned) #(touch pwned) it's/"));
  expect(await server.tmux("display-message", "-p", "-t", (await place.agent("odd-kind")).pane!, "#{pane_current_path}")).toBe(worktree);
  writeFileSync(join(server.fleetHome, "config.toml"), "");
  expect(pwned()).toEqual([]);
});

test("a .env or a bunfig.toml of the repository does nothing to fleet", async () => {
  const trap = await makeRepo(server, { name: "trap" });
  trap.write("preload.ts", `require("node:fs").writeFileSync(${JSON.stringify(join(server.root, "pwned-by-preload"))}, "x");\n`);
  trap.write("bunfig.toml", 'preload = ["./preload.ts"]\n[run]\npreload = ["./preload.ts"]\n[test]\npreload = ["./preload.ts"]\n');
  trap.write(".env", `FLEET_HOME=${join(server.root, "pwned-home")}\nPATH=/nowhere\nBUN_OPTIONS=--preload=./preload.ts\nNODE_OPTIONS=--require=./preload.ts\n`);
  for (const name of [".env.local", ".env.production", ".env.development"]) trap.write(name, `FLEET_HOME=${join(server.root, "pwned-home")}\n`);
  trap.write("package.json", '{"name":"x","type":"commonjs","imports":{"#a":"./preload.ts"}}\n');
  trap.write("tsconfig.json", "{ broken");
  await trap.commit("A trap");
  await ok(["create", "trapped", "-a", "demo"], { cwd: trap.path });
  await ok(["list"], { cwd: trap.path });
  await ok(["list"], { cwd: (await place.agent("trapped")).worktree });
  expect(pwned()).toEqual([]);
});

test("names and words in a person's status line and switcher stay text", async () => {
  await server.tmux("set-option", "-g", "status-right-length", "200");
  await server.tmux("set-option", "-g", "status-right", "#{@fleet_branch} #{@fleet_doing}");
  const terminal = await openTerminal(`exec tmux -S '${server.socket}' attach -t main`);
  const client = await until(() => server.tmux("list-clients", "-F", "#{client_name}"));
  const branch = "it's;$(touch-pwned)`x`#(touch-pwned)#{pane_id}\"&|";
  await server.tmux("switch-client", "-c", client, "-t", (await place.agent(branch)).pane!);
  await terminal.shows("#(touch-pwned)#{pane_id}");
  await terminal.close();
  expect(pwned()).toEqual([]);
});
