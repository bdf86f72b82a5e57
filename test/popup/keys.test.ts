// The popup's keys, pressed at a real terminal: each row of the key table, and as few presses as were promised.
import { afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { popupPlace, type Screen } from "../helpers/popup";
import { until } from "../helpers/until";

const place = await popupPlace();
let screen: Screen;

/** Agents that a test leaves as they are. */
beforeAll(async () => {
  await Promise.all([
    place.ok(["create", "done-one", "-a", "demo", "-d", "-p", "write one.txt first line\nsay I am done."]),
    place.ok(["create", "quiet-one", "-a", "demo", "-d", "-p", "say Nothing to do."]),
  ]);
  await place.untilStatus("done-one", "idle");
  await place.untilStatus("quiet-one", "idle");
});

beforeEach(async () => (screen = await place.attach({ columns: 200, rows: 50 })));
afterEach(() => screen.close());

/** The popup, with an agent that asks under the cursor. */
async function asking(branch: string): Promise<void> {
  await place.ok(["create", branch, "-a", "demo", "-d", "-p", "ask May I tag it?"]);
  await place.untilStatus(branch, "waiting");
}

async function open(): Promise<void> {
  await screen.press("C-b", "A");
  await screen.shows("? shows the keys");
}

test("it opens on the agent that asks, with its screen beside it, and one key answers: 3 presses", async () => {
  await asking("asks");
  await open();
  expect(await screen.shows("Permission required")).toMatch(/▶ +asks +demo +◐ waiting/);
  await screen.press("y");
  expect(screen.presses).toBe(3);
  await screen.shows("✓ answered asks: yes");
  expect(await screen.session()).toBe("main");
  await place.untilStatus("asks", "idle");
});

test("n says no to an agent that asks, and begins a new one elsewhere", async () => {
  await asking("asks-too");
  await open();
  await screen.shows("Permission required");
  await screen.press("n");
  await screen.shows("✓ answered asks-too: no");
  await place.untilStatus("asks-too", "idle");
  await screen.press("n");
  await screen.shows("a new agent in repo");
  await screen.press("C-c");
  await screen.shows("? shows the keys");
});

test("a number takes that choice", async () => {
  await place.ok(["create", "chooses", "-a", "demo", "-d", "-p", "choose Which one? | red | blue"]);
  await place.untilStatus("chooses", "waiting");
  await open();
  await screen.shows("Which one?");
  await screen.press("2");
  await screen.shows("✓ answered chooses: blue");
});

test("Enter goes to the agent", async () => {
  await asking("goes");
  await open();
  await screen.press("Enter");
  await until(async () => (await screen.session()) === "repo-goes", { what: "the terminal shows the agent", show: screen.text });
  await screen.hides("agents ");
});

test("a diff is 3 presses", async () => {
  await open();
  await screen.press("/");
  await screen.type("done-one");
  await screen.hides("quiet-one");
  await screen.press("Escape");
  await screen.shows("quiet-one");
  expect(await screen.text()).toMatch(/▶ +done-one/);
  await screen.press("d");
  await screen.shows("+first line");
  await screen.press("q");
  await screen.shows("? shows the keys");
});

test("three variants of a prompt are 5 presses and the prompt", async () => {
  await open();
  await screen.press("f");
  await screen.shows("several agents with one prompt in repo");
  await screen.press("Enter");
  await screen.shows("▶ prompt");
  await screen.type("say Attempt");
  await screen.press("Enter");
  expect(screen.presses).toBe(5);
  await screen.shows("3 agents are coming up");
}, 30_000);
