// A program that passes over a key is not given the Enter that would take another choice than the one meant.
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
const keys = async (name: string) => {
  const file = join(orders, `${(await place.agent(name)).id}.keys`);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
const DOWN = "\u001b[B";

for (const kind of ["gemini", "qwen", "copilot"]) {
  test(`${kind}, whose cursor does not move: nothing is chosen`, async () => {
    await place.ok(["create", kind, "-d", "-a", kind]);
    await giveOrders(orders, (await place.agent(kind)).id, [...COSTUMES[kind]!.ready!, ...COSTUMES[kind]!.asks!]);
    await place.untilStatus(kind, "waiting");
    const ran = await place.fleet(["answer", kind, "2"]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`the cursor of ${kind} did not follow the keys, so nothing was chosen`);
    expect(await keys(kind)).toBe(DOWN);
  });
}

test("one whose cursor follows late is waited for, and gets its Enter then", async () => {
  const id = (await place.agent("gemini")).id;
  const moved = screenText("gemini", "permission").replace("● 1.", "  1.").replace("  2. Allow for this session", "● 2. Allow for this session");
  const before = await keys("gemini");
  const answering = place.ok(["answer", "gemini", "2"]);
  await until(async () => (await keys("gemini")) === `${before}${DOWN}`);
  await giveOrders(orders, id, [{ screen: moved }]);
  await until(async () => (await keys("gemini")) === `${before}${DOWN}\r`);
  await giveOrders(orders, id, COSTUMES["gemini"]!.done!);
  await answering;
});
