// `--max-running`: the rest of a batch is made at once, and starts as slots free.
import { expect, test } from "bun:test";
import { openPlace } from "../helpers/place";
import { until } from "../helpers/until";

const place = await openPlace();
const { ok, fleet } = place;
const statuses = async () => (await place.list("--all")).map(({ branch, status }) => `${branch} ${status}`).sort();

test("two of five work; each that is done or ends lets the next one start, one that waits does not", async () => {
  const ran = await fleet(["fanout", "5", "job", "-a", "demo", "--max-running", "2", "-p", "ask May I?\nwork 0.2\nsay done"]);
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain("2 of 5 at work in batch job; 3 queued");
  await until(async () => (await statuses()).filter((line) => line.endsWith("waiting")).length === 2);
  expect(await statuses()).toEqual(["job-1 waiting", "job-2 waiting", "job-3 queued", "job-4 queued", "job-5 queued"]);
  expect((await fleet(["list"])).stdout).toMatch(/job-3 +demo +… queued/);
  await ok(["answer", "job-1", "yes"]);
  // Nothing is run meanwhile that could help: the report of the finished turn starts the next one.
  await until(async () => (await statuses()).join() === "job-1 idle,job-2 waiting,job-3 waiting,job-4 queued,job-5 queued", { show: async () => (await statuses()).join() });
  await ok(["kill", "job-2", "--yes", "--force"]);
  await until(async () => (await statuses()).includes("job-4 waiting"), { show: async () => (await statuses()).join() });
  expect(await statuses()).toContain("job-5 queued");
  // By hand, past the limit.
  await ok(["start", "job-5"]);
  await place.untilStatus("job-5", "waiting");
  await until(async () => (await ok(["queue", "--json"])).trim() === "[]");
  expect(await place.screen("job-5")).toContain("May I?");
  expect((await fleet(["fanout", "2", "x", "-a", "demo", "--max-running", "0", "-p", "x"])).code).toBe(1);
}, 40_000);
