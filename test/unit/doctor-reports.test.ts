// What `fleet doctor --reports` concludes from what it sees of a program. No program is started.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hasBegun, missing } from "../../src/fleet/doctor/reports";
import { builtInKind } from "../../src/kinds/index";
import { TRIAL_HOMES } from "../../src/kinds/trials/homes";
import type { FleetPane, SessionOption } from "../../src/ports/tmux/sessions";

const pane = (options: Partial<Record<SessionOption, string>>) => ({ title: "", options: { exit: "", prompted: "", sent: "", ...options } as FleetPane["options"] });
const screen = (name: string) => readFileSync(join(import.meta.dir, "../fixtures/screens", `${name}.txt`), "utf8").split("\n");
const [codex, claude] = [builtInKind("codex")!, builtInKind("claude")!];

test("no trial home needs a variable that a tmux server does not hand on", () => {
  const names = Object.values(TRIAL_HOMES).flatMap((home) => Object.keys(home("/work").env));
  expect(names.filter((name) => name.startsWith("FLEET_"))).toEqual([]);
  expect(names).toContain("NOBODY_KEY");
});

test("a turn has begun while it works, and when it is over; before its first prompt an idle program has had none", () => {
  expect(hasBegun(codex, pane({ status: "working" }))).toBe(true);
  expect(hasBegun(codex, pane({ status: "idle" }))).toBe(true);
  expect(hasBegun(codex, pane({ status: "idle", prompted: "1" }))).toBe(false);
  expect(hasBegun(codex, pane({ status: "starting", prompted: "1" }))).toBe(false);
  // Its SessionStart says idle.
  expect(hasBegun(claude, pane({ status: "idle" }))).toBe(false);
  expect(hasBegun(claude, pane({ status: "idle", sent: "Say hello." }))).toBe(true);
});

test("a program that ended may be too old, one whose turn was not seen is there: only the first is to be installed", () => {
  expect(missing(codex, pane({ status: "exited", exit: "2" }), ["error: unexpected argument"], 1)).toEqual({
    status: "fail", what: "it ended with 2: error: unexpected argument", hint: "npm install -g @openai/codex   (the newest version)",
  });
  expect(missing(codex, pane({ status: "starting", source: "wrapper" }), [""], 45)).toEqual({
    status: "fail", what: "no report of its turn within 45 s; it told nothing, and shows: an empty screen", hint: "fleet doctor --reports=codex   (once more: a busy machine may be too slow)",
  });
});

test("what it says is shown, and not the footer below", () => {
  const what = missing(codex, pane({ status: "idle", source: "title", prompted: "1" }), screen("codex/api-error"), 45).what;
  expect(what).toContain("it told idle (title), and shows: ");
  expect(what).not.toContain("Ask Codex");
});
