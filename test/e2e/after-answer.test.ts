// The moments after an answer: the screen has it before anything else tells of it, and may show the turn at work for a while still.
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COSTUMES, screenText } from "../../scripts/measure/costumes";
import { giveOrders, makePrograms } from "../../scripts/measure/statuses";
import { openPlace } from "../helpers/place";
import { until } from "../helpers/until";

setDefaultTimeout(40_000);
const place = await openPlace();
const orders = makePrograms(place.server.root, place.server);
const HALF_DRAWN = { screen: "❯" };
const DENIED = { copilot: COSTUMES["copilot"]!.denied!, claude: [{ screen: screenText("claude", "denied") }, { note: "idle" }] };

test.concurrent.each(["copilot", "claude"] as const)("%s, answered by hand: a prompt right after it waits for the status, and is not refused", async (kind) => {
  await place.ok(["create", kind, "-d", "-a", kind]);
  const [{ id }, costume] = [await place.agent(kind), COSTUMES[kind]!];
  await giveOrders(orders, id, [...costume.ready!, ...costume.prompted!, ...costume.asks!]);
  await place.untilStatus(kind, "waiting");
  await giveOrders(orders, id, [HALF_DRAWN]);
  const prompting = place.ok(["prompt", kind, "the next prompt"]);
  await Bun.sleep(400);
  await giveOrders(orders, id, DENIED[kind]);
  const keys = join(orders, `${id}.keys`);
  await until(() => existsSync(keys) && /the next prompt[^]*\r/.test(readFileSync(keys, "utf8")), { timeout: 20_000 });
  await giveOrders(orders, id, costume.prompted!);
  await prompting;
});

test.concurrent("copilot, denied, is idle once the answer is told as given, though it showed work after its question", async () => {
  await place.ok(["create", "denied", "-d", "-a", "copilot"]);
  const { id, pane } = await place.agent("denied");
  const costume = COSTUMES["copilot"]!;
  await giveOrders(orders, id, [...costume.ready!, ...costume.prompted!, ...costume.asks!]);
  await place.untilStatus("denied", "waiting");
  const answering = place.ok(["answer", "denied", "no"]);
  const keys = join(orders, `${id}.keys`);
  await until(() => existsSync(keys) && readFileSync(keys, "utf8").includes("\u001b"));
  await giveOrders(orders, id, [{ screen: screenText("copilot", "working") }]);
  await Bun.sleep(300);
  await giveOrders(orders, id, costume.denied!);
  await answering;
  expect((await place.server.tmux("display-message", "-p", "-t", pane!, "#{@fleet_status}")).trim()).toBe("idle");
});

test.concurrent("while the question stands there a prompt is refused at once", async () => {
  await place.ok(["create", "qwen", "-d", "-a", "qwen"]);
  const { id } = await place.agent("qwen");
  await giveOrders(orders, id, [...COSTUMES["qwen"]!.ready!, ...COSTUMES["qwen"]!.asks!]);
  await place.untilStatus("qwen", "waiting");
  const ran = await place.fleet(["prompt", "qwen", "the next prompt"]);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("✗ qwen waits for an answer: ")]);
});
