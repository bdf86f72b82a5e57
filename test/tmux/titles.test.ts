// A program's pane title becomes its status within tmux itself.
import { beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { keepNotices, tickFiles } from "../../src/fleet/tick-due";
import { builtInKind } from "../../src/kinds/index";
import { openTmux } from "../../src/ports/tmux/call";
import { tickWhenDue } from "../../src/ports/tmux/tick";
import { titleHook } from "../../src/ports/tmux/titles";
import { privateServer } from "../helpers/server";
import { until } from "../helpers/until";

const server = await privateServer();
let pane = "";
let agent = "";
let count = 0;

async function follow(kind: string, prompted: boolean): Promise<void> {
  await openTmux(server.env).call(titleHook({ pane, agent, titles: builtInKind(kind)!.titles!, prompted }));
}

beforeEach(async () => {
  agent = `t${++count}`;
  const made = await server.tmux("new-session", "-d", "-P", "-F", "#{pane_id}", "exec cat", ";", "set-option", "@fleet_id", agent, ";",
    "set-option", "-F", "@fleet_pane", "#{pane_id}", ";", "set-option", "@fleet_status", "starting", ";", "set-option", "@fleet_since", "100");
  pane = made;
});

const option = (name: string) => server.tmux("display-message", "-p", "-t", pane, `#{@fleet_${name}}`);
/** As the program sets it, through its terminal; back when tmux has read it. */
async function title(text: string): Promise<void> {
  writeFileSync(await server.tmux("display-message", "-p", "-t", pane, "#{pane_tty}"), `\u001b]2;${text}\u0007`);
  await until(async () => (await server.tmux("display-message", "-p", "-t", pane, "#{pane_title}")) === text, { what: `the title ${text}`, timeout: 5_000 });
}
const becomes = (status: string) => until(async () => (await option("status")) === status, { what: status, timeout: 5_000, show: () => option("status") });

describe("the titles of codex", () => {
  test("make it work, wait and be idle, with time and source", async () => {
    await follow("codex", true);
    await title("⠋ a title | repo");
    await becomes("working");
    expect(Number(await option("since"))).toBeGreaterThan(1_000_000_000);
    expect(await option("source")).toBe("title");
    await title("[ ! ] Action Required | a title");
    await becomes("waiting");
    await title("⠹ a title | repo");
    await becomes("working");
    await title("a title | repo");
    await becomes("idle");
  });

  test("keep the prompt that was told until a turn begins of which nobody told", async () => {
    await follow("codex", false);
    await server.tmux("set-option", "-t", pane, "@fleet_sent", "mine #{pane_id}");
    for (const [text, status, sent] of [["⠋ a", "working", "mine #{pane_id}"], ["[ ! ] Action Required | a", "waiting", "mine #{pane_id}"], ["⠹ a", "working", "mine #{pane_id}"], ["a | repo", "idle", "mine #{pane_id}"], ["⠹ b", "working", "-"]] as const) {
      await title(text);
      await becomes(status);
      expect(await option("sent")).toBe(sent);
    }
  });

  test("write nothing while the status stays", async () => {
    await follow("codex", true);
    await title("⠋ a");
    await becomes("working");
    await server.tmux("set-option", "-t", pane, "@fleet_since", "200");
    for (const glyph of ["⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]) await title(`${glyph} a`);
    expect(await option("since")).toBe("200");
  });

  test("do not make an agent idle that has its first prompt before it", async () => {
    await follow("codex", true);
    await title("repo");
    // A later one that counts comes after it.
    await title("⠋ repo");
    await becomes("working");
    await follow("codex", false);
    await server.tmux("set-option", "-t", pane, "@fleet_status", "starting");
    await title("repo");
    await becomes("idle");
  });

  test("say nothing in setup, and nothing after its end: shells set titles too", async () => {
    await follow("codex", false);
    for (const [name, value] of [["step", "setup"], ["status", "exited"]] as const) {
      await server.tmux("set-option", "-t", pane, `@fleet_${name}`, value);
      const before = await option("status");
      await title(`⠋ ${name}`);
      await title(`me@host: ${name}`);
      expect(await option("status")).toBe(before);
      await server.tmux("set-option", "-t", pane, "@fleet_step", "");
    }
  });

  test("that hold formats and commands are text", async () => {
    await follow("codex", true);
    await title("⠋ #(touch pwned) #{pid} ; kill-server \" ' $HOME");
    await becomes("working");
    expect(await Bun.file(`${server.root}/pwned`).exists()).toBe(false);
  });

  test("wake who waits for the agent", async () => {
    await follow("codex", true);
    const waiter = server.tmux("wait-for", `fleet-${agent}`);
    await title("⠋ a");
    expect(await waiter).toBe("");
  });
});

test("the titles of gemini and qwen tell all three", async () => {
  await follow("gemini", false);
  for (const [text, status] of [["✦  Working… (repo)", "working"], ["✋  Action Required (repo)", "waiting"], ["◇  Ready (repo)", "idle"]] as const) {
    await title(text);
    await becomes(status);
  }
  await follow("qwen", false);
  for (const [text, status] of [["◐ Qwen - repo", "working"], ["✳ Qwen - repo", "waiting"], ["Qwen - repo", "idle"]] as const) {
    await title(text);
    await becomes(status);
  }
});

test("a title that makes it wait, or idle, sets off what tmux is to run, once each", async () => {
  const ran = `${server.root}/ran`;
  const then = { waiting: `echo "waits #{pane_id} $(id -u)" >>'${ran}'`, idle: `echo idle >>'${ran}'` };
  await openTmux(server.env).call(titleHook({ pane, agent, titles: builtInKind("codex")!.titles!, prompted: false, then }));
  const lines = async () => ((await Bun.file(ran).exists()) ? (await Bun.file(ran).text()).trimEnd().split("\n") : []);
  for (const text of ["⠋ a", "[ ! ] Action Required | a", "[ . ] Action Required | a"]) await title(text);
  await until(async () => (await lines()).length === 1);
  await title("⠋ a");
  await title("a");
  await title("b");
  await until(async () => (await lines()).length === 2);
  // A format within is the line's own text, and no format of tmux's.
  expect(await lines()).toEqual([`waits #{pane_id} ${process.getuid!()}`, "idle"]);
});

test("what runs then starts fleet only where it is due and nobody is at it already, who is asked instead", async () => {
  const home = `${server.root}/its home`;
  mkdirSync(`${home}/tick`, { recursive: true });
  mkdirSync(`${home}/cache`);
  const fleet = `${server.root}/fake fleet`;
  writeFileSync(fleet, `#!/bin/sh\necho "$FLEET_HOME $*" >>'${home}/ran'\n`, { mode: 0o755 });
  const files = tickFiles(home);
  const runs = (...needs: string[]) => {
    rmSync(`${home}/ran`, { force: true });
    expect(Bun.spawnSync(["sh", "-c", tickWhenDue(fleet, home, files, needs)]).exitCode).toBe(0);
    return existsSync(`${home}/ran`) ? readFileSync(`${home}/ran`, "utf8") : "";
  };
  const started = `${home} tick\n`;
  // Nobody knows yet what the person wants to be told.
  expect(runs("done")).toBe(started);
  keepNotices(home, ["permission", "error"]);
  expect([runs("done"), runs("permission", "question"), runs("error", "done")]).toEqual(["", started, started]);
  writeFileSync(files.queue, "{}");
  expect(runs("done")).toBe(started);
  // As the lock has it: without a line end.
  writeFileSync(files.holder, `${process.pid} 1`);
  expect(existsSync(files.again)).toBe(false);
  expect(runs("done")).toBe("");
  expect(existsSync(files.again)).toBe(true);
  const gone = Bun.spawnSync(["true"]).pid;
  writeFileSync(files.holder, `${gone} 1`);
  expect(runs("done")).toBe(started);
});

test("ids that are none are refused: they stand in formats", () => {
  const titles = builtInKind("codex")!.titles!;
  expect(() => titleHook({ pane: "main", agent: "a", titles, prompted: false })).toThrow("not a pane id");
  expect(() => titleHook({ pane: "%1", agent: "}#(x)", titles, prompted: false })).toThrow("not an agent id");
});
