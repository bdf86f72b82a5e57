// As few presses as were promised, a chord being one key after the other: prefix, A, and a letter.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { popupPlace, type Screen } from "../helpers/popup";
import { until } from "../helpers/until";

const place = await popupPlace();
const { repo } = place;
let screen: Screen;

beforeEach(async () => (screen = await place.attach({ columns: 200, rows: 50 })));
afterEach(() => screen.close());

async function open(): Promise<void> {
  await screen.press("C-b", "A");
  await screen.shows("? shows the keys");
}

async function asking(branch: string, prompt = "ask May I tag it?"): Promise<void> {
  await place.ok(["create", branch, "-a", "demo", "-d", "-p", prompt]);
  await place.untilStatus(branch, "waiting");
  await open();
  await screen.shows(new RegExp(`▶ +${branch} +demo +◐ waiting`));
}

test("an answer without leaving: 3", async () => {
  await asking("three-presses");
  await screen.shows("Permission required");
  await screen.press("y");
  expect(screen.presses).toBe(3);
  await screen.shows("✓ answered three-presses: yes");
  expect(await screen.session()).toBe("main");
}, 60_000);

test("a diff of the agent that waits: 3", async () => {
  await asking("has-diff", "write two.txt second line\nask Is it right?");
  await screen.press("d");
  expect(screen.presses).toBe(3);
  await screen.shows("+second line");
}, 60_000);

test("three variants of a prompt: 5, and the prompt", async () => {
  await open();
  await screen.press("f");
  await screen.shows("several agents with one prompt in repo");
  await screen.press("Enter");
  await screen.shows("▶ prompt");
  await screen.type("say Variant {{n}}");
  await screen.press("Enter");
  expect(screen.presses).toBe(5);
  await screen.shows("3 agents are coming up");
  await until(async () => (await repo.git("branch", "--list", "say-variant*")).split("\n").length === 3, { what: "three branches", show: () => repo.git("branch") });
}, 60_000);
