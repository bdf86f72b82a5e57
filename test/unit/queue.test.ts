// What is due in the queue. Pure.
import { expect, test } from "bun:test";
import type { Status } from "../../src/base/model";
import { dueNow, type Entry } from "../../src/fleet/queue";
import { refuseWhileWorking } from "../../src/fleet/send";
import { builtInKind } from "../../src/kinds/index";
import { anAgent } from "../helpers/model";

const agents = (statuses: Record<string, Status>, batch: string | null = null) => Object.entries(statuses).map(([id, status]) => anAgent({ status }, { id, batch }));
let n = 0;
const base = (agent: string) => ({ id: `q${++n}`, agent, queued: "", problem: null });
const prompt = (agent: string, text: string, after: string | null = null): Entry => ({ ...base(agent), is: "prompt", text, after });
const start = (agent: string, max: number): Entry => ({ ...base(agent), is: "start", batch: "b", max, place: n });
const texts = (entries: Entry[], statuses: Record<string, Status>) => dueNow(entries, agents(statuses)).prompts.map((entry) => entry.text);

test("an idle agent gets its first prompt, one at a time and in order", () => {
  const entries = [prompt("a", "one"), prompt("b", "for b"), prompt("a", "two")];
  expect(texts(entries, { a: "idle", b: "working" })).toEqual(["one"]);
  expect(texts(entries, { a: "idle", b: "idle" })).toEqual(["one", "for b"]);
  for (const status of ["working", "waiting", "starting", "exited", "stopped", "unknown"] as const) expect(texts(entries, { a: status, b: "working" })).toEqual([]);
});

test("a prompt whose sending was cut off is not sent again, and holds back those behind it", () => {
  expect(texts([{ ...prompt("a", "one"), sending: true } as Entry, prompt("a", "two"), prompt("b", "for b")], { a: "idle", b: "idle" })).toEqual(["for b"]);
});

test("a prompt after another agent waits for that one's turn, and holds back those behind it", () => {
  const entries = [prompt("a", "after b", "b"), prompt("a", "next")];
  expect(texts(entries, { a: "idle", b: "working" })).toEqual([]);
  expect(texts(entries, { a: "idle", b: "waiting" })).toEqual([]);
  for (const over of ["idle", "exited", "stopped"] as const) expect(texts(entries, { a: "idle", b: over })).toEqual(["after b"]);
  // The other one was killed: nothing to wait for.
  expect(texts(entries, { a: "idle" })).toEqual(["after b"]);
});

test("as many starts as slots are free: idle and ended agents free one, waiting ones keep it", () => {
  const due = (statuses: Record<string, Status>, max = 2) => dueNow([start("q1", max), start("q2", max), start("q3", max)], agents({ q1: "queued", q2: "queued", q3: "queued", ...statuses }, "b")).starts.map((entry) => entry.agent);
  expect(due({ x: "working", y: "waiting" })).toEqual([]);
  expect(due({ x: "working", y: "idle" })).toEqual(["q1"]);
  expect(due({ x: "exited", y: "idle" })).toEqual(["q1", "q2"]);
  expect(due({ x: "starting" }, 4)).toEqual(["q1", "q2", "q3"]);
});

test("what belongs to an agent that is gone is dropped", () => {
  expect(dueNow([prompt("gone", "x"), prompt("a", "y")], agents({ a: "working" })).dropped).toMatchObject([{ agent: "gone" }]);
});

test("a working agent is prompted only where its program keeps prompts itself", () => {
  const agent = anAgent({ status: "working" });
  expect(refuseWhileWorking(agent, builtInKind("claude")!)).toBeNull();
  expect(refuseWhileWorking(agent, builtInKind("codex")!)).toMatchObject({ message: "login-form is working", hint: "fleet prompt login-form --when-idle …   or   fleet prompt login-form --interrupt …" });
  expect(refuseWhileWorking(anAgent({ status: "idle" }), builtInKind("codex")!)).toBeNull();
});
