// Who needs a person, and in which order; what counts as seen; what an ask is as an option.
import { isSnoozed, snoozeMark } from "../../src/base/snooze";
import { expect, test } from "bun:test";
import { askOf, askOption, isSameAsk } from "../../src/fleet/ask";
import { needOf, needsInOrder, nothingNeeded } from "../../src/fleet/needs";
import { isNewlySeen, wasSeen } from "../../src/fleet/seen";
import { statusText } from "../../src/ui/columns";
import type { Ask } from "../../src/kinds/kind";
import { anAgent } from "../helpers/model";

const ask = (more: Partial<Ask> = {}): Ask => ({ what: "permission", text: "rm -rf build", choices: ["yes", "no"], ...more });

test("the oldest need of the most urgent sort comes first: permission, question, error, done", () => {
  const one = (id: string, more: Parameters<typeof anAgent>[0]) => anAgent(more, { id });
  const agents = [
    one("done", { status: "idle", seen: false, since: 1 }),
    one("failed", { status: "idle", reason: "error", seen: false, since: 2 }),
    one("crashed", { status: "exited", exit: 137, seen: false, since: 1 }),
    one("asks", { status: "waiting", ask: askOption(ask({ what: "question" })), since: 1 }),
    one("may2", { status: "waiting", reason: "permission", since: 9 }),
    one("may1", { status: "waiting", reason: "permission", since: 5 }),
    one("busy", { status: "working", seen: false, since: 1 }),
    one("read", { status: "idle", seen: true, since: 1 }),
  ];
  expect(needsInOrder(agents, 100).map(({ agent, need }) => `${agent.record.id} ${need}`)).toEqual([
    "may1 permission", "may2 permission", "asks question", "crashed error", "failed error", "done done",
  ]);
  expect(needsInOrder(agents, 100, "may1")[0]!.agent.record.id).toBe("may2");
});

test("a question stays one after it was looked at; a done turn and an error do not", () => {
  expect(needOf(anAgent({ status: "waiting", reason: "question", seen: true }))).toBe("question");
  expect(needOf(anAgent({ status: "idle", seen: true }))).toBeNull();
  expect(needOf(anAgent({ status: "idle", reason: "error", seen: true }))).toBeNull();
});

test("a snooze ends with its time, or with any change", () => {
  const agent = anAgent({ status: "waiting", since: 10, ask: askOption(ask()) });
  expect(isSnoozed({ ...agent, snooze: "50" }, 49)).toBe(true);
  expect(isSnoozed({ ...agent, snooze: "50" }, 50)).toBe(false);
  const snooze = snoozeMark(agent);
  expect(isSnoozed({ ...agent, snooze }, 1e10)).toBe(true);
  expect(isSnoozed({ ...agent, snooze, ask: askOption(ask({ text: "another" })) }, 11)).toBe(false);
  expect(isSnoozed({ ...agent, snooze, since: 11 }, 11)).toBe(false);
  expect(needsInOrder([{ ...agent, snooze }], 11)).toEqual([]);
});

test("with nothing to do it says who works", () => {
  const agents = [anAgent({ status: "working" }), anAgent({ status: "working" }), anAgent({ status: "idle" }), anAgent({ status: "waiting", snooze: "99" })];
  expect(nothingNeeded(agents, 1)).toBe("nothing needs you · 2 working · 1 idle · 1 snoozed");
  expect(nothingNeeded([], 1)).toBe("nothing needs you");
});

test("looking means two seconds since the change, at a terminal that is there or was left by a key", () => {
  const pane = (attached: number, activity: number, lastAttached: number, seen = "") => ({ attached, activity, lastAttached, options: { seen } });
  expect(wasSeen(pane(0, 5, 0), 100, 1000)).toBe(false);
  expect(wasSeen(pane(1, 50, 50), 100, 101)).toBe(false);
  expect(wasSeen(pane(1, 50, 50), 100, 102)).toBe(true);
  expect(wasSeen(pane(1, 150, 150), 100, 151)).toBe(false);
  expect(wasSeen(pane(0, 150, 150), 100, 1000)).toBe(false);
  expect(wasSeen(pane(0, 152, 150), 100, 1000)).toBe(true);
  expect(wasSeen(pane(0, 0, 0, "100"), 100, 1000)).toBe(true);
  expect(wasSeen(pane(0, 0, 0, "99"), 100, 1000)).toBe(false);
  expect(isNewlySeen(pane(1, 0, 0, "99"), 100)).toBe(true);
  expect(isNewlySeen(pane(1, 0, 0, "100"), 100)).toBe(false);
});

test("done and not seen has its own sign, and so has failed and not seen", () => {
  const text = (more: Parameters<typeof anAgent>[0]) => statusText(anAgent({ since: 0, ...more }), 60);
  expect(text({ seen: false })).toBe("✓ idle 1m");
  expect(text({ seen: false, reason: "error" })).toBe("✗ idle 1m");
  expect(text({ seen: true })).toBe("○ idle 1m");
});

test("an ask is one line of at most 2 kB that comes back, cut where it must", () => {
  const long = ask({ text: `echo "é'\\n"\n\u001b[31m${"x".repeat(5_000)}` });
  const option = askOption(long);
  expect(Buffer.byteLength(option)).toBeLessThanOrEqual(2_000);
  expect(option).not.toContain("\n");
  expect(askOf({ ask: option })).toMatchObject({ what: "permission", choices: ["yes", "no"] });
  expect(askOf({ ask: askOption(ask()) })).toEqual(ask());
  for (const broken of ["", "{", "[]", '{"what":"other","text":"","choices":[]}', '{"what":"trust","text":3,"choices":[]}']) expect(askOf({ ask: broken })).toBeNull();
});

test("a screen's ask is the one read when words and choices agree, however lines break", () => {
  expect(isSameAsk(ask(), ask({ text: "rm -rf\n  build" }))).toBe(true);
  expect(isSameAsk(ask({ text: "rm -rf bu…" }), ask())).toBe(true);
  expect(isSameAsk(ask(), ask({ text: "rm -rf /" }))).toBe(false);
  expect(isSameAsk(ask({ text: "rm -rf build" }), ask({ text: "rm -rf build dist" }))).toBe(false);
  expect(isSameAsk(ask(), ask({ what: "question" }))).toBe(false);
  expect(isSameAsk(ask(), ask({ choices: ["yes", "always", "no"] }))).toBe(false);
  expect(isSameAsk(ask({ text: "" }), ask())).toBe(false);
});
