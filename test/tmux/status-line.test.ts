// fleet in the status line of a real tmux: what terminals show, after which event, and what it costs.
import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { privateServer } from "../helpers/server";
import { fakeAgent, putStatusLine, removeStatusLine } from "../helpers/status-line";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

const server = await privateServer();
const open = await terminals(server.env);
const attach = (session = "main") => open(`exec tmux -u attach-session -t =${session}`);
const format = (text: string, target = "=main:") => server.tmux("display-message", "-p", "-t", target, text);
const set = (name: string, option: string, value: string) => server.tmux("set-option", "-t", `=${name}:`, "--", `@fleet_${option}`, value);
const lastLine = (screen: string) => screen.trimEnd().split("\n").at(-1)!;

beforeAll(async () => {
  // A line that tmux itself never draws anew: what shows is what an event brought.
  await server.tmux("set-option", "-g", "status-interval", "0", ";", "set-option", "-g", "status-right-length", "200", ";", "set-option", "-g", "status-right", "#{fleet}", ";", "set-option", "-g", "status-left", "[#{fleet_agent}] ");
  await putStatusLine(server, "");
});

describe("without agents", () => {
  test("nothing is shown", async () => {
    for (const name of ["line", "text_line", "seg_counts", "text_waiting", "seg_agents"]) expect(await format(`#{E:@fleet_${name}}`)).toBe("");
  });
});

describe("with agents in every status", () => {
  beforeAll(async () => {
    await fakeAgent(server, "asks", { status: "waiting", age: 200 });
    await fakeAgent(server, "begs", { status: "waiting", age: 12 * 60 + 5 });
    await fakeAgent(server, "works", { status: "working" });
    await fakeAgent(server, "rises", { status: "starting" });
    await fakeAgent(server, "ready", { status: "idle", age: 90 });
    await fakeAgent(server, "broke", { status: "idle", reason: "it went wrong" });
    await fakeAgent(server, "rests", { status: "idle", age: 90, seen: Math.floor(Date.now() / 1000) });
    await fakeAgent(server, "ended", { status: "exited", exit: 1 });
    await fakeAgent(server, "vague", { status: "unknown" });
  });

  test("a terminal shows each count with its symbol, who waits, and the longest wait", async () => {
    const terminal = await attach();
    await terminal.shows("◐ asks, begs 12m  ◐ 2 ✗ 1 ✓ 1 ● 1 ◌ 1 ○ 1 ? 1 ■ 1");
    expect(lastLine(await terminal.screen())).toStartWith("[] ");
    await terminal.close();
  });

  test("the line changes with a status, though nothing polls", async () => {
    const terminal = await attach();
    await terminal.shows("● 1");
    await set("asks", "status", "working");
    await terminal.shows("◐ begs 12m  ◐ 1 ✗ 1 ✓ 1 ● 2");
    await set("begs", "status", "working");
    await terminal.shows("● 3");
    expect(lastLine(await terminal.screen())).not.toContain("◐");
    await set("asks", "status", "waiting");
    await set("begs", "status", "waiting");
    await terminal.close();
  });

  test("two terminals see the same, one in an agent's session and one elsewhere, but for the agent that one is at", async () => {
    const [one, two] = [await attach(), await attach("works")];
    await two.shows("[● works]");
    // From here on a person has looked at what `works` is, which is not idle: nothing else changes.
    const line = (screen: string) => lastLine(screen).replace(/^.*?(?=◐)/, "");
    await until(async () => {
      const [a, b] = [line(await one.screen()), line(await two.screen())];
      if (a !== b) throw new Error(`${a}\n${b}`);
      return a.startsWith("◐ asks, begs 12m");
    }, { what: "both show the same" });
    await one.close();
    await two.close();
  });

  test("every segment reads the same from each session, but the one of the session's own agent", async () => {
    for (const name of ["line", "text_line", "seg_counts", "seg_waiting", "text_agents", "seg_cpu"]) {
      const here = await format(`#{E:@fleet_${name}}`);
      for (const session of ["asks", "works", "ended"]) expect(await format(`#{E:@fleet_${name}}`, `=${session}:`)).toBe(here);
    }
    expect(await format("#{E:@fleet_text_agent}")).toBe("");
    expect(await format("#{E:@fleet_text_agent}", "=begs:")).toBe("◐ begs");
  });

  test("what one has looked at for two seconds is done no more", async () => {
    expect(await format("#{E:@fleet_text_counts}")).toContain("✓ 1");
    const terminal = await attach("ready");
    await until(async () => !(await format("#{E:@fleet_text_counts}")).includes("✓"), { what: "it counts as looked at" });
    await terminal.close();
    await set("ready", "since", String(Math.floor(Date.now() / 1000) + 1));
    expect(await format("#{E:@fleet_text_counts}")).toContain("✓ 1");
  });

  test("who is snoozed is not named, but counted", async () => {
    await set("begs", "snooze", String(Math.floor(Date.now() / 1000) + 1000));
    expect(await format("#{E:@fleet_text_line}")).toStartWith("◐ asks 3m  ◐ 2 ");
    await set("begs", "snooze", "");
  });

  test("times are told as <1m, minutes, hours and days; one that makes no sense does no harm", async () => {
    const told = async (since: number | string) => {
      await set("begs", "since", String(since));
      return /(\S+)$/.exec(await format("#{E:@fleet_text_waiting}"))![1];
    };
    await set("asks", "status", "working");
    const now = Math.floor(Date.now() / 1000);
    expect(await told(now - 5)).toBe("<1m");
    expect(await told(now - 59 * 60 - 30)).toBe("59m");
    expect(await told(now - 100 * 60)).toBe("1h");
    expect(await told(now - 49 * 3600)).toBe("2d");
    expect(await told(now + 5000)).toBe("<1m");
    expect(await told("")).toBe("<1m");
    expect(await told("soon")).toBe("<1m");
    await set("begs", "since", String(now - 725));
    await set("asks", "status", "waiting");
  });

  test("icons and colours are options, read when the line is drawn", async () => {
    await server.tmux("set-option", "-g", "@fleet-icon-waiting", "W#(touch made),}", ";", "set-option", "-g", "@fleet-color-waiting", "#ff0000");
    expect(await format("#{E:@fleet_text_counts}")).toStartWith("W#(touch made),} 2 ");
    expect(await format("#{E:@fleet_seg_counts}")).toContain("#[fg=#ff0000]#[bold]W");
    await server.tmux("set-option", "-gu", "@fleet-icon-waiting", ";", "set-option", "-gu", "@fleet-color-waiting");
  });

  test("on tmux's own green bar no colour is used, on another one its own", async () => {
    expect(await format("#{E:@fleet_seg_counts}")).toContain("#[fg=default]● 1");
    await server.tmux("set-option", "-g", "status-style", "bg=black,fg=white");
    expect(await format("#{E:@fleet_seg_counts}")).toContain("#[fg=colour64]● 1");
    await server.tmux("set-option", "-gu", "status-style");
  });

  test("plain texts have no style, and the whole line can be told which segments it has", async () => {
    for (const name of ["line", "counts", "waiting", "agents"]) expect(await format(`#{E:@fleet_text_${name}}`)).not.toContain("#[");
    await server.tmux("set-option", "-g", "@fleet-line", "agent counts");
    expect(await format("#{E:@fleet_text_line}", "=works:")).toMatch(/^◐ 2 .*  ● works$/);
    await server.tmux("set-option", "-gu", "@fleet-line");
  });
});

test("names are shown as they are: no format, style or command in them acts, in any text, expanded once more by a theme too", async () => {
  for (const id of (await server.tmux("list-sessions", "-f", "#{!=:#{@fleet_id},}", "-F", "#{session_id}")).split("\n")) await server.tmux("kill-session", "-t", id);
  const hostile = ["#(touch made)", "#[fg=red]x", "#{pid},}{", "##[x", "%H:%M", "$(touch made)", "a'b\"c", "日本 🚢"];
  for (const [i, branch] of hostile.entries()) await fakeAgent(server, `h${i}`, { status: "waiting", branch });
  await server.tmux("set-option", "-g", "@theme", "<#{E:@fleet_text_agents}>", ";", "set-option", "-g", "status-left-length", "200", ";", "set-option", "-g", "status-left", "#{E:@theme}");
  const terminal = await attach();
  for (const branch of hostile) await terminal.shows(`◐ ${branch.slice(0, 24)}`);
  await server.tmux("set-option", "-g", "status-left", "#{fleet_agent}");
  await putStatusLine(server, "");
  for (const [i, branch] of hostile.entries()) {
    await server.tmux("switch-client", "-t", `=h${i}:`);
    await until(async () => lastLine(await terminal.screen()).startsWith(`◐ ${branch}`), { what: branch, show: terminal.screen });
  }
  for (const place of [server.root, server.home, process.cwd()]) expect(existsSync(`${place}/made`)).toBe(false);
  await terminal.close();
  for (const i of hostile.keys()) await server.tmux("kill-session", "-t", `=h${i}`);
});

describe("words in the person's texts", () => {
  const shown = async () => [await server.tmux("show-options", "-gv", "status-right"), await server.tmux("show-options", "-gv", "status-left"), await server.tmux("show-options", "-gv", "status-format[1]")];
  const MINE = ["#(echo \"x\") #{fleet_counts} 'y' %H", "#S #{fleet} #{fleet}", "one\nline #{fleet_cpu} $HOME ; ~"] as const;

  test("are replaced once and given back, byte for byte", async () => {
    await server.tmux("set-option", "-g", "status-right", MINE[0], ";", "set-option", "-g", "status-left", MINE[1], ";", "set-option", "-g", "status-format[1]", MINE[2]);
    await putStatusLine(server, "");
    const replaced = await shown();
    expect(replaced).toEqual(["#(echo \"x\") #{E:@fleet_seg_counts} 'y' %H", "#S #{E:@fleet_line} #{E:@fleet_line}", "one\nline #{E:@fleet_seg_cpu} $HOME ; ~"]);
    await putStatusLine(server, "");
    expect(await shown()).toEqual(replaced);
    await removeStatusLine(server);
    expect(await shown()).toEqual([...MINE]);
    expect(await server.tmux("show-options", "-g")).not.toMatch(/^@fleet(_|-_was)/m);
    expect(await server.tmux("show-environment", "-gh")).not.toContain("@fleet");
  });

  test("the click on the line stays as it was where tmux has no ranges of one's own", async () => {
    const click = async () => (await server.tmux("list-keys", "-T", "root")).split("\n").filter((line) => line.includes("MouseDown1Status "));
    const before = await click();
    await putStatusLine(server, "");
    const older = /^3\.[0-3]/.test(await format("#{version}"));
    expect((await click()).some((line) => line.includes("mouse_status_range"))).toBe(!older);
    await removeStatusLine(server);
    expect(await click()).toEqual(before);
  });
});
