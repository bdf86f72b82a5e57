// A program that was started with a prompt, and stands ready before it takes it up: its turn is not over, it has not begun.
import { expect, setDefaultTimeout, test } from "bun:test";
import { COSTUMES, type Moment, screenText } from "../../scripts/measure/costumes";
import { giveOrders, makePrograms } from "../../scripts/measure/statuses";
import { openPlace } from "../helpers/place";
import { until } from "../helpers/until";

setDefaultTimeout(40_000);
const place = await openPlace();
const orders = makePrograms(place.server.root, place.server);
const at = async (kind: string, moment: Moment) => giveOrders(orders, (await place.agent(kind)).id, COSTUMES[kind]![moment]!);
const trust = async (kind: string) => giveOrders(orders, (await place.agent(kind)).id, [{ screen: screenText(kind, "trust") }]);

for (const kind of ["gemini", "qwen", "codex"]) {
  test(`${kind} is starting until its first turn begins, also behind the question of trust`, async () => {
    await place.ok(["create", kind, "-d", "-a", kind, "-p", "first"]);
    await at(kind, "ready");
    for (let i = 0; i < 3; i++) expect((await place.agent(kind)).status).toBe("starting");
    await trust(kind);
    expect(await place.agent(kind)).toMatchObject({ status: "waiting", reason: "trust" });
    await at(kind, "ready");
    for (let i = 0; i < 3; i++) expect((await place.agent(kind)).status).toBe("starting");
    // It starts itself anew, and its title stays.
    await giveOrders(orders, (await place.agent(kind)).id, [{ screen: "" }]);
    for (let i = 0; i < 3; i++) expect((await place.agent(kind)).status).toBe("starting");
    await at(kind, "prompted");
    await place.untilStatus(kind, "working");
    await at(kind, "done");
    await place.untilStatus(kind, "idle");
    // From then on a question that goes away leaves it idle.
    await trust(kind);
    await place.untilStatus(kind, "waiting");
    await at(kind, "ready");
    expect((await place.agent(kind)).status).toBe("idle");
  });
}

test("copilot, of whose prompt a hook tells, is starting while its box stands there and it loads its plugins", async () => {
  const loading = { screen: screenText("copilot", "first-screen").trimEnd().replace(/.*$/, " ◉ Loading: 1 plugin, 6 hooks") };
  await place.ok(["create", "copilot", "-d", "-a", "copilot", "-p", "first"]);
  const { id } = await place.agent("copilot");
  await giveOrders(orders, id, [loading]);
  for (let i = 0; i < 3; i++) expect((await place.agent("copilot")).status).toBe("starting");
  await at("copilot", "prompted");
  expect((await place.agent("copilot")).status).toBe("working");
  await at("copilot", "asks");
  expect((await place.agent("copilot")).status).toBe("waiting");
  await at("copilot", "denied");
  await until(async () => (await place.agent("copilot")).status !== "waiting");
  expect((await place.agent("copilot")).status).toBe("idle");
});

test("without a prompt what stands ready is idle", async () => {
  await place.ok(["create", "bare", "-d", "-a", "gemini"]);
  await giveOrders(orders, (await place.agent("bare")).id, COSTUMES["gemini"]!.ready!);
  await place.untilStatus("bare", "idle");
});

test("an error above a prompt that Esc put back is of the turn before", async () => {
  await place.ok(["create", "back", "-d", "-a", "qwen"]);
  const { id } = await place.agent("back");
  const failed = { screen: screenText("qwen", "login-error") };
  await giveOrders(orders, id, [...COSTUMES["qwen"]!.prompted!, failed, ...COSTUMES["qwen"]!.ready!.slice(0, 1)]);
  await until(async () => (await place.agent("back")).reason === "login");
  // Two titles that come in one piece are one change to tmux.
  await giveOrders(orders, id, COSTUMES["qwen"]!.prompted!);
  await place.untilStatus("back", "working");
  await giveOrders(orders, id, [{ screen: failed.screen.replace("Type your message or @path/to/file", "what was sent") }, ...COSTUMES["qwen"]!.ready!.slice(0, 1)]);
  await until(async () => (await place.agent("back")).status === "idle");
  expect(await place.agent("back")).toMatchObject({ status: "idle", reason: null });
});
