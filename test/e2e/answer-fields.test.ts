// What a person has begun to write in a question's own text field: no answer goes there, and none throws it away.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COSTUMES, screenText } from "../../scripts/measure/costumes";
import type { Order } from "../../scripts/measure/player";
import { giveOrders, makePrograms } from "../../scripts/measure/statuses";
import { openPlace } from "../helpers/place";
import { until } from "../helpers/until";

setDefaultTimeout(40_000);
const place = await openPlace();
const orders = makePrograms(place.server.root, place.server);
const order = async (name: string, ...list: Order[]) => giveOrders(orders, (await place.agent(name)).id, list);
const show = (kind: string, screen: string): Order => ({ screen: screenText(kind, screen) });
const keys = async (name: string) => {
  const file = join(orders, `${(await place.agent(name)).id}.keys`);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
const reported = (tool_name: string, tool_input: object): Order[] => [{ hook: "PermissionRequest", payload: { tool_name, tool_input } }, { note: "waiting", waitingFor: "permission prompt" }];
const asking = (command: string) => reported("Bash", { command });
const QUESTION = reported("AskUserQuestion", { questions: [{ question: "Which shape?", options: [{ label: "Red" }, { label: "Blue" }] }] });

/** An agent that asks what its recorded screen shows. */
async function asks(name: string, kind: string, screen: string, before: readonly Order[] = COSTUMES[kind]!.asks!): Promise<void> {
  await place.ok(["create", name, "-d", "-a", kind]);
  await order(name, ...COSTUMES[kind]!.ready!, ...before, show(kind, screen));
  await place.untilStatus(name, "waiting");
}

const WRITTEN: [kind: string, screen: string, words: string, before: readonly Order[]][] = [
  ["claude", "draft-field", "half draft", QUESTION],
  ["claude", "left-amendment", "d", asking("touch amend-me")],
  ["claude", "marked-pattern", "npm run *", asking("npm run build")],
  ["codex", "numbered-field", "half draft 2. more", COSTUMES["codex"]!.asks!],
  ["opencode", "numbered-field", "half draft 2. more", COSTUMES["opencode"]!.asks!],
  ["gemini", "left-field", "half draft", COSTUMES["gemini"]!.asks!],
  ["qwen", "draft-field", "half draft", COSTUMES["qwen"]!.asks!],
  ["copilot", "draft-refusal", "draft words", [{ hook: "permissionRequest", payload: { toolName: "bash", toolInput: { command: "touch x" } } }]],
];

test.each(WRITTEN)("%s, %s: no answer of any kind presses a key", async (kind, screen, words, before) => {
  const name = `${kind}-${screen}`;
  await asks(name, kind, screen, before);
  const answers = screen.endsWith("-field") ? ["1", "no", "Round"] : ["1", "yes", "no"];
  for (const answer of answers) {
    const ran = await place.fleet(["answer", name, answer]);
    expect([answer, ran.code, ran.stderr]).toEqual([answer, 1, expect.stringContaining(`text that was not sent stands in the text field of what ${name} asks: ${words}\n↳ fleet attach ${name}`)]);
  }
  expect(await keys(name)).toBe("");
});

test("words that Copilot shows only once its box is open are seen before an answer is added to them", async () => {
  const [kind, name] = ["copilot", "hidden"];
  const marked = screenText(kind, "draft-field");
  const closed = `${marked.slice(0, marked.indexOf(" ↑/↓ select")).replace("   Red", " ❯ Red").replace(" ❯ Other (type your answer below)", "   Other (type your answer)")} ↑/↓ select · enter accept · ctrl+d decline · esc cancel\n${"─".repeat(120)}\n`;
  await place.ok(["create", name, "-d", "-a", kind]);
  await order(name, ...COSTUMES[kind]!.ready!, { hook: "notification", payload: { notification_type: "elicitation_dialog", message: "Which shape?" } }, { screen: closed });
  await place.untilStatus(name, "waiting");
  const answering = place.fleet(["answer", name, "Round"]);
  const down = "\u001b[B";
  await until(async () => (await keys(name)) === down, { what: "the first key", show: () => place.screen(name) });
  await order(name, { screen: closed.replace(" ❯ Red", "   Red").replace("   Blue", " ❯ Blue") });
  await until(async () => (await keys(name)) === down + down);
  await order(name, { screen: marked });
  expect((await answering).stderr).toContain("text that was not sent stands in the text field of what hidden asks: half draft");
  expect(await keys(name)).toBe(down + down);
});

test("an open and empty field of Claude's takes words line by line: a paste would end its lines with CR", async () => {
  await asks("lines", "claude", "open-field", QUESTION);
  const answering = place.ok(["answer", "lines", "line one\nline two"]);
  await until(async () => (await keys("lines")) === "line one\nline two\r", { what: "the answer", show: async () => JSON.stringify(await keys("lines")) });
  await order("lines", ...COSTUMES["claude"]!.done!);
  await answering;
});

test("an answer while another command has the agent's keys says so at once, and presses nothing", async () => {
  await asks("both", "gemini", "question");
  const first = place.fleet(["answer", "both", "1"]);
  await until(async () => (await keys("both")) === "\r");
  const second = await place.fleet(["answer", "both", "1"]);
  expect([second.code, second.stderr]).toEqual([1, expect.stringContaining("another fleet command is typing into both, maybe an answer to that, so nothing was pressed")]);
  await order("both", ...COSTUMES["gemini"]!.done!);
  expect((await first).code).toBe(0);
  expect(await keys("both")).toBe("\r");
});

test("where the field does not open no word is typed: in a menu they would be keys", async () => {
  await asks("shut", "claude", "question", QUESTION);
  const ran = await place.fleet(["answer", "shut", "2 of them"]);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("the text field of what shut asks was not seen to be open, so nothing was answered")]);
  expect(await keys("shut")).toBe("3");
});

test("where it does not close no digit is pressed: it would be a letter there", async () => {
  await asks("stuck", "claude", "open-amendment", asking("touch x"));
  const ran = await place.fleet(["answer", "stuck", "yes"]);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("the text field of what stuck asks was not seen to be closed, so nothing was answered")]);
  expect(await keys("stuck")).toBe("\t");
});
