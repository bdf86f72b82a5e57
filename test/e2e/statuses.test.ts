// What makes statuses go wrong, for every kind: the demo agent as it is, the other programs played from recordings.
import { expect, test } from "bun:test";
import { COSTUMES } from "../../scripts/measure/costumes";
import { isWrong, type Row } from "../../scripts/measure/row";
import { measureStatuses } from "../../scripts/measure/statuses";
import { binary } from "../helpers/binary";

test("every event ends in the right status: Esc, denial, /clear, compaction, splits, renames, restarts, kill -9", async () => {
  const rows: Row[] = [];
  await measureStatuses(await binary(), (row) => rows.push(row));
  expect(rows.filter(isWrong)).toEqual([]);
  for (const kind of [...Object.keys(COSTUMES), "demo"]) {
    const events = rows.filter((row) => row.kind === kind).map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(["prompt", "asks a permission", "denial", "Esc in a turn", "turn's end", "program by hand in a split", "session renamed", "branch renamed", "tmux server gone", "started again", "kill -9"]));
  }
}, 120_000);

test("a wrong look is one: another status, or another reason where one is expected", () => {
  const row = (expected: string, got: string): Row => ({ kind: "x", event: "y", expected, got, ms: 1 });
  expect([row("idle", "idle"), row("idle", "idle error"), row("waiting permission", "waiting permission")].filter(isWrong)).toEqual([]);
  for (const wrong of [row("idle", "working"), row("waiting permission", "waiting question"), row("idle", "idler"), row("idle rate limit, resets", "idle error")]) expect(isWrong(wrong)).toBe(true);
});
