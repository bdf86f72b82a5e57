// `fleet answer` and `fleet snooze` on demo agents: right keys, and no key where the screen asks something else.
import { expect, setDefaultTimeout, test } from "bun:test";
import { binary } from "../helpers/binary";
import { openPlace, said } from "../helpers/place";
import { terminals } from "../helpers/terminal";
import { until } from "../helpers/until";

setDefaultTimeout(40_000);
const place = await openPlace();
const { ok, fleet, server } = place;
const openTerminal = await terminals(server.env);
const create = async (branch: string, prompt: string) => {
  await ok(["create", branch, "-a", "demo", "-d", "-p", prompt]);
  return place.untilStatus(branch, "waiting");
};
const untilDoing = (branch: string, words: string) =>
  until(async () => { const now = await place.agent(branch); return now.status === "idle" && now.doing === words; }, { what: `${branch}: ${words}`, show: () => place.screen(branch) });

test("yes and no give the program's own keys, and the agent goes on or stops", async () => {
  const question = `May I run rm -rf build && echo "it's ${"long ".repeat(40)}done"?`;
  await create("perm", `ask ${question}\nsay cleaned\nask May I push?\nsay pushed`);
  expect(await ok(["answer", "perm", "--dry-run"])).toBe(`  ${question}\n  1  yes\n  2  no\n`);
  expect(await ok(["answer", "perm", "no", "--dry-run"])).toEndWith("  2  no\nwould press: n\n");
  await ok(["answer", "perm", "yes"]);
  await until(async () => (await place.agent("perm")).doing === "May I push?");
  await ok(["answer", "perm", "2"]);
  await untilDoing("perm", "denied: May I push?");
  expect(await place.screen("perm")).not.toContain("● pushed");
});

test("a question takes the number of a choice, or words that arrive whole", async () => {
  await create("which", "choose Which colour? | red | deep green\nchoose And why?");
  const refused = await fleet(["answer", "which", "3"]);
  expect(refused.code).toBe(1);
  expect(said(refused)).toContain("there are 2 choices: 3");
  await ok(["answer", "which", "2"]);
  await until(async () => (await place.agent("which")).doing === "And why?");
  await ok(["answer", "which", "yes, because: 'it' is\n$(calm)"]);
  await untilDoing("which", "answer: yes, because: 'it' is $(calm)");
  expect(await place.screen("which")).toContain("answer: deep green");
});

test("text never goes to a permission menu, and nothing is pressed where it can't be right", async () => {
  await create("menu", "ask May I?");
  for (const [words, told] of [[["yes please"], "never with text: yes please"], [["always"], 'has no keys for "always"'], [["7"], "there are 2 choices: 7"], [["  "], "empty"]] as const) {
    const ran = await fleet(["answer", "menu", ...words]);
    expect(ran.code).toBe(1);
    expect(said(ran)).toContain(told);
  }
  expect((await place.agent("menu")).status).toBe("waiting");
  const prompted = await fleet(["prompt", "menu", "yes"]);
  expect(said(prompted)).toContain("waits for an answer: May I?");
  await ok(["create", "free", "-a", "demo", "-d"]);
  await place.untilStatus("free", "idle");
  expect(said(await fleet(["answer", "free", "yes"]))).toContain("free asks nothing: it is idle");
});

test("an answer to what was asked before presses nothing: the screen asks something else now", async () => {
  const { session } = await create("stale", "ask May I delete everything?\nsay deleted");
  // What was read a moment ago was another question.
  await server.tmux("set-option", "-t", `=${session}:`, "@fleet_ask", JSON.stringify({ what: "permission", text: "May I list the files?", choices: ["yes", "no"] }));
  const ran = await fleet(["answer", "stale", "yes"]);
  expect(ran.code).toBe(1);
  expect(said(ran)).toContain("asks something else now");
  expect(said(ran)).toContain("May I delete everything?");
  expect(await place.screen("stale")).not.toContain("● deleted");
  // Answered by hand at the same moment: the report says waiting, the screen does not.
  await server.tmux("send-keys", "-t", `=${session}:`, "n");
  await until(async () => (await place.agent("stale")).status === "idle");
  await server.tmux("set-option", "-t", `=${session}:`, "@fleet_status", "waiting");
  expect(said(await fleet(["answer", "stale", "yes"]))).toContain("no longer asks that: it is idle");
});

test("two answers at once: one is given, the other finds the question gone", async () => {
  await create("race", "ask First?\nchoose Second? | a | b");
  const both = await Promise.all([fleet(["answer", "race", "yes"]), fleet(["answer", "race", "yes"])]);
  expect(both.map((ran) => ran.code).sort()).toEqual([0, 1]);
  expect((await until(async () => { const now = await place.agent("race"); return now.doing === "Second?" && now; })).status).toBe("waiting");
});

test("a draft in the input box is not sent along", async () => {
  const { session } = await create("draft", "choose What is its name?");
  await server.tmux("send-keys", "-t", `=${session}:`, "-l", "half a though");
  await until(async () => (await place.screen("draft")).includes("half a though"));
  expect(said(await fleet(["answer", "draft", "Ada"]))).toContain("text that was not sent stands in the input box of draft: half a though");
  expect((await place.agent("draft")).status).toBe("waiting");
});

test("snoozed agents are passed over until the time is over or something changes", async () => {
  for (const { branch } of await place.list("--status", "waiting")) await ok(["kill", branch, "--yes", "--force"]);
  await create("later", "ask One?\nask Two?");
  const first = async () => (JSON.parse(await ok(["next", "--json"])) as { branch: string } | null)?.branch;
  expect(await first()).toBe("later");
  await ok(["snooze", "later"]);
  expect(await ok(["list", "--counts"])).toContain("(1 snoozed)");
  expect(await ok(["list", "later"])).toMatch(/waiting \d+\w, snoozed/);
  expect(await first()).not.toBe("later");
  await ok(["snooze", "later", "off"]);
  expect(await first()).toBe("later");
  await ok(["snooze", "later", "until-change"]);
  expect(await first()).not.toBe("later");
  await ok(["answer", "later", "yes"]);
  await until(async () => (await place.agent("later")).doing === "Two?");
  expect(await first()).toBe("later");
  expect((await fleet(["snooze", "later", "soon"])).code).toBe(2);
});

test("without a name it goes through all that wait, whole question first", async () => {
  for (const { branch } of await place.list("--status", "waiting")) await ok(["kill", branch, "--yes", "--force"]);
  expect((await fleet(["answer"])).code).toBe(1);
  await create("one", "ask May I run make deploy?\nsay deployed");
  await create("two", "choose Which? | left | right");
  await create("three", "ask Really?");
  const { path } = place.repo;
  const terminal = await openTerminal(`cd ${path} && exec ${await binary()} answer`);
  // Keys before the choices are drawn are typed ahead, and answer nothing.
  const choices = (question: string) => until(async () => { const now = await terminal.screen(); return now.includes(question) && now.slice(now.indexOf(question)).includes("○ stop") && now; }, { what: `the choices of ${question}`, show: terminal.screen });
  await terminal.shows("(2 left)");
  expect(await choices("May I run make deploy?")).toContain("one · demo");
  await terminal.keys("Enter");
  await terminal.shows("answered: one");
  await choices("Really?");
  await terminal.keys("Down", "Enter");
  await terminal.shows("answered: three");
  await choices("Which?");
  await terminal.keys("Down", "Enter");
  await terminal.shows("3 answered, none left");
  await untilDoing("one", "deployed");
  await untilDoing("two", "answer: right");
  await untilDoing("three", "denied: Really?");
});

test("the same words asked again are another question: an answer to the first one presses nothing", async () => {
  const { session } = await create("again", "ask May I?\nsay allowed");
  const terminal = await openTerminal(`cd '${place.repo.path}' && '${await binary()}' answer again; echo "code=$?"; exec sleep 1000`);
  await terminal.shows("Allow this? (permission)");
  // As a report of the next question leaves it.
  await server.tmux("set-option", "-t", `=${session}:`, "@fleet_since", String(Math.floor(Date.now() / 1000) + 5));
  await terminal.keys("Enter");
  await terminal.shows("again asks anew since that was read, so nothing was pressed");
  expect((await place.agent("again")).status).toBe("waiting");
  expect(await place.screen("again")).not.toContain("● allowed");
  await terminal.close();
});
