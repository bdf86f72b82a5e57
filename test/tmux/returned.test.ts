// An interrupted prompt came back into the input box: an error above it is of an earlier turn.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { lookCloser } from "../../src/fleet/look-closer";
import { openTmux } from "../../src/ports/tmux/call";
import { forgetReturned, noteReturned } from "../../src/ports/tmux/report";
import { listFleetPanes } from "../../src/ports/tmux/sessions";
import { privateServer } from "../helpers/server";
import { until } from "../helpers/until";

const server = await privateServer();
const RULE = "─".repeat(80);
const SCREEN = ["  > bad", "", "  ✕ [API Error: 400 stub error 400]", "", RULE, "> ", RULE, "  ➜ repo · stub-model", ""].join("\r\n").replace("> \r", ">   Type your message or @path/to/file\r");

test("it counts neither as reason nor as words, until a next turn was", async () => {
  const pane = await server.tmux("new-session", "-d", "-x", "80", "-y", "24", "-P", "-F", "#{pane_id}", "exec cat", ";", "set-option", "@fleet_id", "r1", ";",
    "set-option", "-F", "@fleet_pane", "#{pane_id}", ";", "set-option", "@fleet_kind", "qwen", ";", "set-option", "@fleet_status", "working", ";", "set-option", "@fleet_since", "100");
  writeFileSync(await server.tmux("display-message", "-p", "-t", pane, "#{pane_tty}"), SCREEN);
  await until(async () => (await server.tmux("capture-pane", "-p", "-t", pane)).includes("stub-model"));
  const tmux = openTmux(server.env);
  const look = async () => (await lookCloser(tmux, (await listFleetPanes(tmux))!, { now: 2_000 }))[0]!.verdict.piece;
  await noteReturned(tmux, { pane, agent: "r1", at: 1_000 });
  expect(await look()).toMatchObject({ status: "idle", since: 1_000, reason: null });
  expect(await server.tmux("display-message", "-p", "-t", pane, "#{@fleet_reason}|#{@fleet_doing}")).toBe("|");
  // A person's own prompt, that failed the same way.
  await server.tmux("set-option", "-t", pane, "@fleet_since", "1500");
  expect(await look()).toMatchObject({ status: "idle", since: 1_500, reason: "error", said: "stub error 400" });
  // One that fleet sends, and whose turn ended in the second of the interrupt.
  await noteReturned(tmux, { pane, agent: "r1", at: 2_000 });
  expect((await look()).reason).toBe(null);
  await forgetReturned(tmux, pane);
  expect(await look()).toMatchObject({ status: "idle", reason: "error", said: "stub error 400" });
});
