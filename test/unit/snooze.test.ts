// How long an agent is passed over, and how a list says so.
import { expect, test } from "bun:test";
import { snoozeMark } from "../../src/base/snooze";
import { planSnooze } from "../../src/fleet/snooze";
import { statusText } from "../../src/ui/columns";
import { anAgent } from "../helpers/model";

const agent = anAgent({ status: "waiting", since: 100, session: "$1", pane: "%1" });
const until = (how: string) => planSnooze(agent, how, 1000).options.snooze;

test("a time has its unit, and is some time", () => {
  expect([until("10m"), until("1h30m"), until("off"), until("until-change")]).toEqual(["1600", "6400", "", snoozeMark(agent)]);
  expect(() => until("5")).toThrow(/a time with its unit.*: 5/);
  for (const none of ["0", "0m", "0s"]) expect(() => until(none)).toThrow();
  expect(() => until("soon")).toThrow(/30s, 10m or 2h: soon/);
});

test("the status of a snoozed one says so, as long as it is", () => {
  expect(statusText({ ...agent, snooze: "1600" }, 220)).toBe("◐ waiting 2m, snoozed");
  expect(statusText({ ...agent, snooze: "1600" }, 1600)).toBe("◐ waiting 25m");
  expect(statusText(agent, 220)).toBe("◐ waiting 2m");
});
