// What the demo agent's events mean.
import { expect, test } from "bun:test";
import { demo } from "../../../src/kinds/demo";
import type { Report } from "../../../src/kinds/kind";

const rows: [what: string, event: string, payload: unknown, report: Report | null][] = [
  ["a start without a prompt is idle", "start", { conversation: null, prompt: null }, { status: "idle", reason: null }],
  ["a start with a prompt works at once", "start", { conversation: "c1", prompt: "fix it" }, { status: "working", reason: null, doing: "fix it", conversation: "c1" }],
  ["a prompt works at it", "prompt", { prompt: "fix it" }, { status: "working", reason: null, doing: "fix it" }],
  ["a question waits, and says for what", "waiting", { reason: "permission", message: "May I?" }, { status: "waiting", reason: "permission", doing: "May I?", ask: { what: "permission", text: "May I?", choices: ["yes", "no"] } }],
  ["an answer works on", "working", { step: "answered" }, { status: "working", reason: null }],
  ["a stop is idle with its last words", "stop", { message: "done", error: false }, { status: "idle", reason: null, doing: "done" }],
  ["a failed turn is idle with a reason", "stop", { message: "no disk", error: true }, { status: "idle", reason: "error", doing: "no disk" }],
  ["an end is the wrapper's to tell", "end", {}, null],
  ["an unknown event says nothing", "constructor", {}, null],
  ["a payload that is none still has a status", "stop", null, { status: "idle", reason: null }],
  ["a payload of wrong types is not believed", "prompt", { prompt: { length: 3 } }, { status: "working", reason: null }],
];
test.each(rows)("%s", (_, event, payload, report) => {
  expect(demo.report!(event, payload)).toEqual(report);
});
