// `fleet doctor --reports` with every real program: its trial home starts each without a question, and its turn is seen.
import { expect, setDefaultTimeout, test } from "bun:test";
import type { Row } from "../../src/fleet/doctor/doctor";
import { agentPlace, filesOf } from "../helpers/agent-place";
import { type RealKind, VERSIONS } from "../helpers/real-agents";

setDefaultTimeout(400_000);
const KINDS = Object.keys(VERSIONS) as RealKind[];
const place = await agentPlace(...KINDS);

test("each program's reports arrive from a home that is thrown away, without a request to the person's model", async () => {
  const ran = await place.fleet(["doctor", "--reports", "--json"], { timeout: 390_000 });
  const rows = (JSON.parse(ran.stdout) as Row[]).filter(({ check }) => check.startsWith("reports "));
  for (const { check, what } of rows) console.log(`${check.replace("reports ", "")} ${VERSIONS[check.replace("reports ", "") as RealKind]?.[1] ?? ""} · doctor · ${what}`);
  expect(rows.filter(({ status }) => status !== "ok")).toEqual([]);
  expect(rows.map(({ check }) => check).sort()).toEqual([...KINDS, "demo"].map((kind) => `reports ${kind}`).sort());
  expect(place.stub.received).toEqual([]);
  expect(filesOf(place.server.home, Object.keys(place.before))).toEqual(place.before);
});
