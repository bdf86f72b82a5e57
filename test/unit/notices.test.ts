// Which news is told, and in which words.
import { expect, test } from "bun:test";
import { isQuiet, joinNotices, noticesOf } from "../../src/fleet/notices";
import { anAgent } from "../helpers/model";

const on = ["permission", "question", "error"];
const noon = new Date("2026-01-02T12:00:00");
const wish = { on, quiet: "" };
const ask = (what: string, text: string) => JSON.stringify({ what, text, choices: [] });
const waiting = anAgent({ branch: "release", status: "waiting", since: 5, ask: ask("permission", "May I?"), doing: "May I?" });
const texts = (told: Record<string, string>, ...agents: (typeof waiting)[]) => noticesOf(told, agents, wish, noon).notices.map(({ text }) => text);

test("a need is told once; another question, or the same one later, is told again", () => {
  const first = noticesOf({}, [waiting], wish, noon);
  expect(first.notices.map(({ text }) => text)).toEqual(["release asks a permission: May I?"]);
  expect(texts(first.told, waiting)).toEqual([]);
  expect(texts(first.told, { ...waiting, ask: ask("question", "Which?"), doing: "Which?" })).toEqual(["release asks: Which?"]);
  expect(texts(first.told, { ...waiting, since: 6 })).toHaveLength(1);
  // It works on: nothing is known of it any more.
  expect(noticesOf(first.told, [{ ...waiting, status: "working" }], wish, noon)).toEqual({ notices: [], told: {} });
});

test("what one looks at, quiet hours and what the config leaves out are not told, also not later", () => {
  for (const [agent, how] of [[{ ...waiting, attached: true }, wish], [waiting, { ...wish, quiet: "11:00-13:00" }], [waiting, { ...wish, on: ["error"] }]] as const) {
    const { notices, told } = noticesOf({}, [agent], how, noon);
    expect(notices).toEqual([]);
    expect(texts(told, waiting)).toEqual([]);
  }
});

test("what is snoozed is told when the snooze is over", () => {
  const { notices, told } = noticesOf({}, [{ ...waiting, snooze: String(noon.getTime() / 1000 + 60) }], wish, noon);
  expect(notices).toEqual([]);
  expect(texts(told, { ...waiting, snooze: "1" })).toHaveLength(1);
});

test("errors, ends and done turns have their words", () => {
  expect(texts({}, anAgent({ branch: "a", status: "idle", reason: "error", doing: "no disk", seen: false }))).toEqual(["a failed: no disk"]);
  expect(texts({}, anAgent({ branch: "a", status: "exited", exit: 137, reason: "137 (SIGKILL)", seen: false }))).toEqual(["a ended: 137 (SIGKILL)"]);
  expect(texts({}, anAgent({ status: "idle", seen: false }))).toEqual([]);
  expect(noticesOf({}, [anAgent({ branch: "a", status: "idle", seen: false, doing: "all\u001b[31m well" })], { on: ["done"], quiet: "" }, noon).notices[0]!.text).toBe("a is done: all well");
});

test("a burst is one line", () => {
  const many = [1, 2, 3, 4, 5].map((n) => ({ need: "question" as const, agent: waiting, text: `job-${n} asks: x` }));
  expect(joinNotices(many)).toBe("job-1 asks: x · job-2 asks: x · job-3 asks: x · 2 more");
  expect(joinNotices(many.slice(0, 1))).toBe("job-1 asks: x");
});

test("quiet hours may go past midnight", () => {
  const at = (time: string) => new Date(`2026-01-02T${time}:00`);
  expect(["21:59", "22:00", "03:00", "07:59", "08:00"].map((time) => isQuiet("22:00-08:00", at(time)))).toEqual([false, true, true, true, false]);
  expect(["11:59", "12:00", "12:59", "13:00"].map((time) => isQuiet("12:00-13:00", at(time)))).toEqual([false, true, true, false]);
  expect(isQuiet("", noon)).toBe(false);
});
