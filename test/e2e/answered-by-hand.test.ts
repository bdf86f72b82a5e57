// A person has answered in the program itself: its screen shows that some moments before anything else tells of it.
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

test.concurrent.each(["copilot", "claude"] as const)("%s: a prompt right after it waits for the status, and is not refused", async (kind) => {
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

test.concurrent("while the question stands there a prompt is refused at once", async () => {
  await place.ok(["create", "qwen", "-d", "-a", "qwen"]);
  const { id } = await place.agent("qwen");
  await giveOrders(orders, id, [...COSTUMES["qwen"]!.ready!, ...COSTUMES["qwen"]!.asks!]);
  await place.untilStatus("qwen", "waiting");
  const ran = await place.fleet(["prompt", "qwen", "the next prompt"]);
  expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining("✗ qwen waits for an answer: ")]);
});
