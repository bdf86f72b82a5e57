// What the programs' own records of their conversations say, by lines as they wrote them.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtInKind } from "../../../src/kinds/index";
import { daysBetween } from "../../../src/kinds/transcripts/json";
import type { LineTranscript, Memory, OwnTotal, Turn, UsageRecord } from "../../../src/kinds/transcripts/transcript";

const FIXTURES = join(import.meta.dir, "../../fixtures/transcripts");

function read(kind: string, name: string) {
  const transcript = builtInKind(kind)!.transcript as LineTranscript;
  const memory: Memory = {};
  const [usage, turns, totals] = [new Map<string, UsageRecord>(), [] as Turn[], [] as OwnTotal[]];
  for (const line of readFileSync(join(FIXTURES, name), "utf8").split("\n")) {
    const reading = transcript.read(line, memory);
    for (const record of reading?.usage ?? []) usage.set(record.id, record);
    turns.push(...(reading?.turns ?? []));
    if (reading?.total) totals.push(reading.total);
  }
  return { memory, usage: [...usage.values()], turns, totals };
}

const counts = ({ input, output, cacheRead, cacheWrite }: UsageRecord) => [input, output, cacheRead, cacheWrite];
const said = (turns: readonly Turn[]) => turns.map(({ who, text }) => `${who}: ${text}`);

describe("Claude Code", () => {
  test("each message once, with the model and its caches, and the program's own sum", () => {
    const { usage, totals, memory } = read("claude", "claude.jsonl");
    expect(usage.map(counts)).toEqual([[1040, 30, 300, 40], [1060, 20, 300, 40]]);
    expect(usage[0]).toMatchObject({ id: "msg_stub000002", model: "claude-opus-5-5", at: Date.parse("2026-11-22T20:20:00.585Z") });
    expect(totals).toEqual([{ key: "4f7cd7dd-4783-4add-b564-eedd3a6ee5be", at: expect.any(Number), models: { "claude-opus-5-5": { input: 6540, output: 140, cacheRead: 1800, cacheWrite: 240, cost: 0.030519999999999995 } } }]);
    expect(memory["cwd"]).toBe("/home/dev/code/repo");
  });

  test("the conversation: a person's words, tools, answers; no tool's result", () => {
    expect(said(read("claude", "claude.jsonl").turns)).toEqual([
      "person: first line of the task\nsecond line\nSTUB:delay 2500\nSTUB:bash touch made-by-agent.txt && echo made",
      "tool: Bash touch made-by-agent.txt && echo made",
      "agent: STUB-OK tools=1 lines=4 chars=97: first line of the task second",
    ]);
    expect(said(read("claude", "claude-resumed.jsonl").turns)).toEqual(["person: /clear", "person: STUB:text three", "agent: three", "person: STUB:text four", "agent: four"]);
  });

  test("a sub-agent's tokens count, what it said is not the conversation", () => {
    const line = readFileSync(join(FIXTURES, "claude.jsonl"), "utf8").split("\n").find((text) => text.includes('"msg_stub000005"'))!;
    const reading = (builtInKind("claude")!.transcript as LineTranscript).read(line.replace('"isSidechain":false', '"isSidechain":true'), {})!;
    expect(reading.usage).toHaveLength(1);
    expect(reading.turns).toEqual([]);
  });

  test("a sum with a model of unknown price is not taken for the whole", () => {
    const line = readFileSync(join(FIXTURES, "claude.jsonl"), "utf8").split("\n").find((text) => text.includes('"cost-state"'))!;
    const read = (text: string) => (builtInKind("claude")!.transcript as LineTranscript).read(text, {});
    expect(read(line)!.total).toBeDefined();
    expect(read(line.replace('"hasUnknownModelCost":false', '"hasUnknownModelCost":true'))!.total).toBeUndefined();
  });
});

describe("Codex", () => {
  test("each response once, although its running total is told too; the cached part is not new input", () => {
    expect(read("codex", "codex.jsonl").usage.map(counts)).toEqual([[720, 30, 300, 0]]);
    const { usage } = read("codex", "codex-resumed.jsonl");
    expect(usage.map(counts)).toEqual([[1000, 20, 0, 0], [1000, 20, 0, 0], [1000, 20, 0, 0]]);
    expect(usage[0]).toMatchObject({ model: "gpt-5.1-codex", provider: "stub" });
  });

  test("a version that has only the running total: its steps, each once", () => {
    const { read } = builtInKind("codex")!.transcript as LineTranscript;
    const memory: Memory = { id: "t" };
    const told = (input: number, output: number) => JSON.stringify({ timestamp: "2026-01-01T00:00:00Z", type: "event_msg", payload: { type: "token_count", info: { total_token_usage: { input_tokens: input, cached_input_tokens: 0, output_tokens: output }, last_token_usage: { input_tokens: 7, output_tokens: 7 } } } });
    const usage = [told(100, 10), told(100, 10), told(250, 30), told(20, 5)].flatMap((line) => read(line, memory)?.usage ?? []);
    expect(usage.map(counts)).toEqual([[100, 10, 0, 0], [150, 20, 0, 0], [7, 7, 0, 0]]);
    expect(new Set(usage.map(({ id }) => id)).size).toBe(3);
  });

  test("the conversation, over a resume", () => {
    expect(said(read("codex", "codex-resumed.jsonl").turns)).toEqual(["person: make it\nSTUB:text one", "agent: one", "person: STUB:text two", "agent: two", "person: STUB:text four", "agent: four"]);
    expect(said(read("codex", "codex.jsonl").turns)).toContain("tool: exec_command touch made-by-agent.txt #escalate");
  });
});

test("Gemini writes a record again when its tool has ended: the last one counts", () => {
  const { usage, turns } = read("gemini", "gemini.jsonl");
  expect(usage.map(counts)).toEqual([[720, 35, 300, 0], [740, 25, 300, 0]]);
  expect(said(turns)).toEqual([
    expect.stringContaining("person: first line"), "tool: run_shell_command touch made-by-agent.txt && echo made",
    "agent: STUB-OK tools=1 lines=4 chars=97: first line of the task second", expect.stringContaining("person: p1"),
  ]);
});

test("Qwen's thoughts are in its answer's count, and its telemetry is not counted", () => {
  expect(read("qwen", "qwen.jsonl").usage.map(counts)).toEqual([[710, 30, 300, 0], [730, 20, 300, 0], [750, 20, 300, 0]]);
});

test("Copilot's usage records, without its premium requests as money", () => {
  const { usage, memory } = read("copilot", "copilot.jsonl");
  expect(usage.map(counts)).toEqual([[710, 30, 300, 0], [730, 20, 300, 0], [750, 20, 300, 0]]);
  expect(usage.every(({ cost }) => cost === undefined)).toBe(true);
  expect(memory["cwd"]).toBe("/home/dev/code/repo");
});

test("opencode's rows have tokens and cost; a message that is being written has none", () => {
  const transcript = builtInKind("opencode")!.transcript!;
  const { message } = JSON.parse(readFileSync(join(FIXTURES, "opencode.json"), "utf8")) as { message: { id: string; data: string; time_created: number }[] };
  const usage = message.flatMap(({ id, data, time_created }) => (transcript.is === "database" ? transcript.read({ id, data, created: time_created }) : null)?.usage ?? []);
  expect(usage.map(counts)).toEqual([[710, 30, 300, 0], [730, 20, 300, 0]]);
  expect(usage.map(({ cost }) => cost)).toEqual([0.0008, 0.0008]);
});

test("no reader throws for a line that is cut off, or for anything else", () => {
  for (const kind of ["claude", "codex", "gemini", "qwen", "copilot"]) {
    const { read } = builtInKind(kind)!.transcript as LineTranscript;
    const whole = readFileSync(join(FIXTURES, `${kind}.jsonl`), "utf8").split("\n");
    for (const line of whole) for (let at = 0; at < line.length; at += 37) read(line.slice(0, at), {});
    for (const line of ["null", "[]", "{}", '{"type":"assistant"}', '{"type":"user","message":7}', '{"type":"event_msg","payload":{"type":"item_completed","item":[]}}']) read(line, {});
  }
});

test("the days between two moments, with one of slack before", () => {
  const at = (text: string) => new Date(text).getTime();
  expect(daysBetween(at("2026-02-28T23:00:00"), at("2026-03-01T00:10:00"))).toEqual(["2026/02/27", "2026/02/28", "2026/03/01"]);
});
