// `fleet hook`: what it writes, where it refuses to, and that it never fails.
import { beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { fleetIn, type FleetRan } from "../helpers/fleet";
import { privateServer } from "../helpers/server";

const server = await privateServer();
// One each test: tmux keeps a wake-up for who comes later, also one of another test.
let agent = "";
let count = 0;
let session: string;
let pane: string;

beforeEach(async () => {
  agent = `a${++count}`;
  const made = await server.tmux("new-session", "-d", "-P", "-F", "#{session_id} #{pane_id}", "exec sleep 100000", ";", "set-option", "@fleet_id", agent, ";",
    "set-option", "-F", "@fleet_pane", "#{pane_id}", ";", "set-option", "@fleet_status", "starting", ";", "set-option", "@fleet_since", "100");
  [session = "", pane = ""] = made.split(" ");
});

function hook(words: string[], payload: unknown, env: Record<string, string> = {}): Promise<FleetRan> {
  return fleetIn(server)(["hook", ...words], {
    stdin: typeof payload === "string" ? payload : JSON.stringify(payload),
    env: { FLEET_ID: agent, FLEET_KIND: "demo", TMUX: `${server.socket},1,0`, TMUX_PANE: pane, ...env },
  });
}

const silent: FleetRan = { code: 0, stdout: "", stderr: "" };
const state = async () => (await server.tmux("display-message", "-p", "-t", pane, "#{@fleet_status}|#{@fleet_reason}|#{@fleet_doing}")).split("|");
const since = async () => Number(await server.tmux("display-message", "-p", "-t", pane, "#{@fleet_since}"));

describe("a report", () => {
  test("sets status, reason, doing and since in the agent's session", async () => {
    const before = Math.floor(Date.now() / 1000);
    expect(await hook(["waiting"], { reason: "permission", message: "May I?" })).toEqual(silent);
    expect(await state()).toEqual(["waiting", "permission", "May I?"]);
    expect(await since()).toBeGreaterThanOrEqual(before);
  });

  test("keeps since while the status stays, and changes nothing that it does not tell", async () => {
    await hook(["prompt"], { prompt: "fix it" });
    await server.tmux("set-option", "-t", session, "@fleet_since", "200");
    await hook(["working"], {});
    await hook(["prompt"], { prompt: "and that" });
    expect(await state()).toEqual(["working", "", "and that"]);
    expect(await since()).toBe(200);
  });

  test("holds any text as data, on one line, cut", async () => {
    const message = `a'b"c\\ $(touch x) #(touch y) #{pid} ~ ;\n\u001b[31mred\u001b[0m\u0007 ${"é".repeat(300)}`;
    await hook(["stop"], { message });
    const [status, , doing = ""] = await state();
    expect(status).toBe("idle");
    expect(doing.startsWith(`a'b"c\\ $(touch x) #(touch y) #{pid} ~ ; red ééé`)).toBe(true);
    expect(Bun.stringWidth(doing)).toBe(200);
  });

  test("wakes who waits for the agent", async () => {
    const waiter = server.tmux("wait-for", `fleet-${agent}`);
    await hook(["prompt"], { prompt: "x" });
    expect(await waiter).toBe("");
  });

  test("of a variant names the built-in kind whose words it speaks", async () => {
    await hook(["stop", "demo"], { message: "done" }, { FLEET_KIND: "my-demo" });
    expect((await state())[0]).toBe("idle");
  });

  test("with a payload that is not JSON still tells the status", async () => {
    expect(await hook(["stop"], "{not json")).toEqual(silent);
    expect((await state())[0]).toBe("idle");
  });
});

describe("nothing is written", () => {
  const untouched = ["starting", "", ""];

  test("for another agent's id", async () => {
    expect(await hook(["prompt"], { prompt: "x" }, { FLEET_ID: "another" })).toEqual(silent);
    expect(await state()).toEqual(untouched);
  });

  test("from a pane that was split off, which inherits the id", async () => {
    const split = await server.tmux("split-window", "-d", "-P", "-F", "#{pane_id}", "-t", pane, "exec sleep 100000");
    expect(await hook(["prompt"], { prompt: "x" }, { TMUX_PANE: split })).toEqual(silent);
    expect(await state()).toEqual(untouched);
  });

  test("after the program was seen to end", async () => {
    await server.tmux("set-option", "-t", session, "@fleet_status", "exited");
    await hook(["stop"], { message: "late" });
    expect(await state()).toEqual(["exited", "", ""]);
  });

  test("for ids that are none, which would be formats or targets", async () => {
    for (const env of [{ FLEET_ID: "}#(touch z)" }, { TMUX_PANE: "main" }, { TMUX_PANE: `${pane} ; kill-server` }, { FLEET_ID: "" }, { TMUX_PANE: "" }, { TMUX: "" }]) {
      expect(await hook(["prompt"], { prompt: "x" }, env)).toEqual(silent);
    }
    expect(await state()).toEqual(untouched);
  });

  test("for unknown events and kinds", async () => {
    for (const words of [["no-such-event"], ["prompt", "no-such-kind"], ["prompt", "claude"]]) expect(await hook(words, {})).toEqual(silent);
    expect(await state()).toEqual(untouched);
  });

  test("where the report has no news: clients are not repainted", async () => {
    await hook(["prompt"], { prompt: "x" });
    // tmux keeps a wake-up for who comes later: take the one of this report, then see that there is no other.
    await server.tmux("wait-for", `fleet-${agent}`);
    await hook(["working"], {});
    let woken = false;
    const waiter = server.tmux("wait-for", `fleet-${agent}`).then(() => (woken = true));
    // A round trip that the waiter has made before it.
    await server.tmux("run-shell", "sleep 0.2");
    expect(woken).toBe(false);
    await hook(["prompt"], { prompt: "x" });
    await waiter;
  });
});

describe("never a failure", () => {
  test("without a server, a pane, tmux or a directory", async () => {
    for (const env of [
      { TMUX: `${server.root}/no-socket,1,0` },
      { TMUX_PANE: "%9999" },
      { PATH: "/nowhere" },
      { HOME: "/nowhere", FLEET_HOME: "/nowhere" },
    ]) {
      expect(await hook(["stop"], { message: "x" }, env)).toEqual(silent);
    }
  });

  test("with no payload at all", async () => {
    expect(await fleetIn(server)(["hook", "stop"], { env: { FLEET_ID: agent, FLEET_KIND: "demo", TMUX: `${server.socket},1,0`, TMUX_PANE: pane } })).toEqual(silent);
    expect((await state())[0]).toBe("idle");
  });
});

describe("a real program's hooks", () => {
  const BASH = { session_id: "4f7cd7dd-4783-4add-b564-eedd3a6ee5be", tool_name: "Bash", tool_input: { command: "touch a" } };
  const directory = `${server.root}/agent`;
  mkdirSync(directory, { recursive: true });
  const claude = (event: string, payload: object) => hook([event, "claude", directory], payload);
  const option = (name: string) => server.tmux("display-message", "-p", "-t", pane, `#{@fleet_${name}}`);

  test("ask with the whole question, and take it back with any other status", async () => {
    await claude("PermissionRequest", BASH);
    expect(JSON.parse(await option("ask"))).toEqual({ what: "permission", text: "touch a", choices: [] });
    expect(await option("source")).toBe("hook");
    await claude("UserPromptSubmit", { prompt: "x" });
    expect(await option("ask")).toBe("");
  });

  test("of another question begin another wait, of the same one none", async () => {
    const ask = (command: string) => hook(["PermissionRequest", "claude"], { tool_name: "Bash", tool_input: { command } });
    await ask("touch a");
    await server.tmux("set-option", "-t", session, "@fleet_since", "200");
    await ask("touch a");
    expect(await since()).toBe(200);
    await ask("touch b");
    expect(await since()).toBeGreaterThan(200);
  });

  test("do not answer a question by another tool's end", async () => {
    await claude("PermissionRequest", BASH);
    expect(existsSync(`${directory}/asked`)).toBe(true);
    await claude("PostToolUse", { ...BASH, tool_input: { command: "ls" } });
    expect((await state())[0]).toBe("waiting");
    await claude("PostToolUse", BASH);
    expect((await state())[0]).toBe("working");
    expect(existsSync(`${directory}/asked`)).toBe(false);
  });

  test("do not bring a finished agent back by a tool that ends late", async () => {
    await claude("Stop", { last_assistant_message: "done" });
    await claude("PostToolUse", BASH);
    expect((await state())[0]).toBe("idle");
  });

  test("keep the conversation's id where a later start finds it, and nothing that is none", async () => {
    await claude("SessionStart", { source: "clear", session_id: "abc-123" });
    expect(readFileSync(`${directory}/conversation`, "utf8")).toBe("abc-123");
    await claude("SessionStart", { source: "clear", session_id: "$(touch x)/../y" });
    expect(readFileSync(`${directory}/conversation`, "utf8")).toBe("abc-123");
  });

  test("with a directory that is gone still tell the status", async () => {
    expect(await hook(["Stop", "claude", `${server.root}/gone`], { last_assistant_message: "done", session_id: "abc" })).toEqual(silent);
    expect((await state())[0]).toBe("idle");
  });
});
