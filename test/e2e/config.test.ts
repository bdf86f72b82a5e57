// `fleet config` as a person meets it: the compiled binary, a terminal that is a tmux pane, an editor that is a script.
import { beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellQuote } from "../../src/base/text";
import { binary } from "../helpers/binary";
import { fleetIn } from "../helpers/fleet";
import { makeRepo } from "../helpers/repo";
import { privateServer } from "../helpers/server";
import { until } from "../helpers/until";

const server = await privateServer();
const fleet = fleetIn(server);
const repo = await makeRepo(server);
const config = join(server.fleetHome, "config.toml");

beforeEach(() => {
  rmSync(server.fleetHome, { recursive: true, force: true });
  rmSync(join(repo.path, ".ai_fleet.toml"), { force: true });
});

const own = (text: string) => {
  mkdirSync(server.fleetHome, { recursive: true });
  writeFileSync(config, text);
};

/** Run fleet in a pane of its own; its exit code is shown as the last line. */
async function onTerminal(words: string, env: Record<string, string> = {}, cwd = repo.path) {
  const variables = Object.entries(env).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
  const line = `${shellQuote(await binary())} ${words}; echo "ended with $?"; exec sleep 1000`;
  const pane = await server.tmux("new-window", "-d", "-P", "-F", "#{pane_id}", "-t", "main:", "-c", cwd, ...variables, "/bin/sh", "-c", line);
  const shows = (text: string) => until(async () => (await server.screen(pane)).includes(text), { what: `the screen shows ${text}`, show: () => server.screen(pane) });
  return { pane, shows, press: (...keys: string[]) => server.tmux("send-keys", "-t", pane, ...keys), screen: () => server.screen(pane) };
}

/** An editor that writes the next of `texts` at each call. */
function editorWriting(...texts: string[]): string {
  const place = join(server.root, `editor-${Math.random().toString(36).slice(2)}`);
  mkdirSync(place);
  texts.forEach((text, i) => writeFileSync(join(place, `${i}`), text));
  writeFileSync(join(place, "count"), "0");
  const script = join(place, "an editor");
  writeFileSync(script, `#!/bin/sh\nn=$(cat "${place}/count")\necho $((n + 1)) >"${place}/count"\ncat "${place}/$n" >"$1"\n`);
  chmodSync(script, 0o755);
  return `'${script}'`;
}

describe("showing", () => {
  test("writes the file with commented defaults on the first run, and shows defaults", async () => {
    const ran = await fleet(["config"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(/^agent\.default +"claude" +default$/m);
    expect(statSync(config).mode & 0o777).toBe(0o600);
    expect(readFileSync(config, "utf8")).toContain('\n# default = "claude"\n');
    expect((await fleet(["config", "path"])).stdout).toBe(`${config}\n`);
  });

  test("tells each value's origin, and what of the repo's file does not act", async () => {
    own('[agent]\ndefault = "codex"\n');
    repo.write(".ai_fleet.toml", '[create]\nbase = "dev"\n[setup]\nrun = ["npm ci"]\n');
    const rows = JSON.parse((await fleet(["config", "--json"], { cwd: repo.path })).stdout) as { key: string; value: unknown; origin: string; acts: boolean }[];
    const seen = rows.filter((row) => row.origin !== "default").map((row) => [row.key, row.value, row.origin, row.acts]);
    expect(seen).toEqual([
      ["agent.default", "codex", "config.toml:2", true],
      ["setup.run", ["npm ci"], ".ai_fleet.toml:4 (not approved)", false],
      ["create.base", "dev", ".ai_fleet.toml:2", true],
    ]);
  });

  test("broken TOML is one clear error with file and line, on stderr alone", async () => {
    own("[agent]\ndefault = oops\n");
    const ran = await fleet(["config"]);
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain("✗ config.toml:2: not valid TOML");
    expect(ran.stderr).toContain("↳ fleet config edit");
  });

  test("an action that does not exist is a usage error with the one meant", async () => {
    expect(await fleet(["config", "edti"])).toMatchObject({ code: 2, stderr: expect.stringContaining("fleet config edit") });
  });
});

describe("validating", () => {
  test("ends with 1 and every mistake, with 0 and a word when there is none", async () => {
    own("[worktree]\ncopy = 1\n[setup]\nrum = []\n");
    const broken = await fleet(["config", "validate"]);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain("config.toml:2: worktree.copy: expected an array of strings, got the number 1");
    expect(broken.stderr).toContain("config.toml:4: setup.rum: unknown key; did you mean setup.run?");
    own("[worktree]\ncopy = []\n");
    expect(await fleet(["config", "validate"])).toMatchObject({ code: 0, stderr: expect.stringContaining("no mistakes") });
  });

  test("looks at the repo's file too, and hostile text in it does not reach the terminal", async () => {
    repo.write(".ai_fleet.toml", '[setup]\nrun = [1]\n"\\u001b]0;pwned\\u0007" = 1\n');
    const ran = await fleet(["config", "validate"], { cwd: repo.path });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(".ai_fleet.toml:2: setup.run[1]: expected a string, got the number 1");
    expect(ran.stderr).not.toMatch(/[\u001b\u0007]/);
  });
});

describe("editing", () => {
  test("refuses a broken text, asks again, and saves the right one", async () => {
    own("# before\n");
    const term = await onTerminal("config edit", { EDITOR: editorWriting("[log]\nsize = no\n", "[log]\nsize = 7\n") });
    await term.shows("config.toml:2");
    await term.shows("Edit again");
    expect(readFileSync(config, "utf8")).toBe("# before\n");
    await term.press("Enter");
    await term.shows("ended with 0");
    expect(readFileSync(config, "utf8")).toBe("[log]\nsize = 7\n");
    expect(statSync(config).mode & 0o777).toBe(0o600);
  });

  test("leaves the file as it was when the broken text is dropped, and on Ctrl-C", async () => {
    own("# before\n");
    const dropping = await onTerminal("config edit", { EDITOR: editorWriting("[log]\nsizes = 1\n") });
    await dropping.shows("did you mean log.size?");
    await dropping.press("Down", "Enter");
    await dropping.shows("ended with 1");
    const leaving = await onTerminal("config edit", { EDITOR: editorWriting("x") });
    await leaving.shows("Edit again");
    await leaving.press("C-c");
    await leaving.shows("ended with 130");
    expect(readFileSync(config, "utf8")).toBe("# before\n");
  });

  test("keeps the link where config.toml is one", async () => {
    own("");
    rmSync(config);
    const dotfile = join(server.root, "dotfile.toml");
    writeFileSync(dotfile, "# mine\n");
    symlinkSync(dotfile, config);
    const term = await onTerminal("config edit", { EDITOR: editorWriting("# new\n") });
    await term.shows("ended with 0");
    expect(realpathSync(config)).toBe(dotfile);
    expect(readFileSync(dotfile, "utf8")).toBe("# new\n");
  });

  test("does not write over what another program wrote meanwhile", async () => {
    own("# before\n");
    const script = join(server.root, "meddler");
    writeFileSync(script, `#!/bin/sh\necho '# edited' >"$1"\necho '# other' >${shellQuote(config)}\n`);
    chmodSync(script, 0o755);
    const term = await onTerminal("config edit", { EDITOR: script });
    await term.shows("ended with 1");
    expect(readFileSync(config, "utf8")).toBe("# other\n");
    expect(await term.screen()).toContain("config.toml.edited-");
  });

  test("needs a terminal, and an editor that works", async () => {
    expect(await fleet(["config", "edit"])).toMatchObject({ code: 1, stderr: expect.stringContaining("needs a terminal") });
    const term = await onTerminal("config edit", { EDITOR: "/nonexistent/editor" });
    await term.shows("the editor failed");
    await term.shows("ended with 1");
  });
});

describe("approving", () => {
  beforeEach(() => repo.write(".ai_fleet.toml", '[setup]\nrun = ["make deps"]\n[worktree]\nlink = ["cache"]\n'));
  const approved = () => existsSync(join(server.fleetHome, "approved.json"));

  test("is refused without a terminal, with the command to use", async () => {
    const ran = await fleet(["config", "approve"], { cwd: repo.path });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("run   make deps");
    expect(ran.stderr).toContain(`↳ fleet -C ${repo.path} config approve`);
    expect(approved()).toBe(false);
  });

  test("is refused inside an agent: told so by its environment, or by its session", async () => {
    const byVariable = await onTerminal("config approve", { FLEET_ID: "a1" });
    await byVariable.shows("an agent can't approve");
    await server.tmux("set-option", "-t", "main:", "@fleet_id", "a1");
    const bySession = await onTerminal("config approve");
    await bySession.shows("an agent can't approve");
    await bySession.shows("ended with 1");
    await server.tmux("set-option", "-u", "-t", "main:", "@fleet_id");
    expect(approved()).toBe(false);
  });

  test("asks with No as the answer that Enter gives, and Esc approves nothing", async () => {
    const entering = await onTerminal("config approve");
    await entering.shows("Let it?");
    expect(await entering.screen()).toContain("run   make deps");
    expect(await entering.screen()).toContain("link  cache");
    await entering.press("Enter");
    await entering.shows("ended with 1");
    const leaving = await onTerminal("config approve");
    await leaving.shows("Let it?");
    await leaving.press("Escape");
    await leaving.shows("ended with 130");
    expect(approved()).toBe(false);
  });

  test("counts for this content until it changes", async () => {
    const term = await onTerminal("config approve");
    await term.shows("Let it?");
    await term.press("y");
    await term.press("Enter");
    await term.shows("ended with 0");
    const setup = async () => (JSON.parse((await fleet(["config", "--json"], { cwd: repo.path })).stdout) as { key: string; value: unknown; acts: boolean }[]).find((row) => row.key === "setup.run");
    expect(await setup()).toMatchObject({ value: ["make deps"], acts: true });
    repo.write(".ai_fleet.toml", '[setup]\nrun = ["make evil"]\n');
    expect(await setup()).toMatchObject({ value: [], acts: true });
  });

  test("shows with --dry-run what it is about, and says where there is nothing", async () => {
    expect((await fleet(["config", "approve", "--dry-run"], { cwd: repo.path })).stdout).toBe("link  cache\nrun   make deps\n");
    rmSync(join(repo.path, ".ai_fleet.toml"));
    expect(await fleet(["config", "approve"], { cwd: repo.path })).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing to approve") });
  });
});
