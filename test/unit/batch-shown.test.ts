// What a batch shows while it comes up and when it is over, and what it says of the machine's room.
import { describe, expect, test } from "bun:test";
import { judgeCapacity, sizeOfTree } from "../../src/fleet/batch/capacity";
import { closingLine } from "../../src/fleet/batch/tell";
import { type Line, openBatchProgress, totalLine, visibleLines, WAITS } from "../../src/ui/batch-progress";
import { groupByBatch, groupHeading } from "../../src/ui/groups";
import { aRecord, anAgent } from "../helpers/model";

const up: Line = { step: "at work", over: "up" };
const failed: Line = { step: "no space left", over: "failed" };
const under: Line = { step: "checkout", over: null };
const waits: Line = { step: WAITS, over: null };
const lines = (...all: Line[]) => new Map(all.map((line, i) => [`a-${i + 1}`, line]));

describe("the lines", () => {
  test("stand in the order of the tasks, aligned, where there is room", () => {
    const all = new Map([["long-name", up], ["b", under], ["c", failed], ["d", waits]]);
    expect(visibleLines(all, 4)).toEqual(["✓ long-name  at work", "⠋ b          checkout", "✗ c          no space left", "· d          waits"]);
  });
  test("show first what failed and what is under way where there is none, and count the rest", () => {
    const all = lines(up, up, waits, waits, under, failed, up, { step: "not started", over: "left out" });
    expect(visibleLines(all, 4)).toEqual(["· a-3  waits", "⠋ a-5  checkout", "✗ a-6  no space left", "  and 3 at work, 1 waiting, 1 not started"]);
  });
  test("never are more than the room, nor hold what a terminal would act on", () => {
    for (const room of [1, 2, 5]) expect(visibleLines(lines(up, up, waits, waits, under, failed), room).length).toBeLessThanOrEqual(Math.max(2, room));
    expect(visibleLines(new Map([["a\u001b[31m", { step: "x\u001b]0;t\u0007y", over: null }]]), 3)).toEqual(["⠋ a  xy"]);
  });
});

test("the bar fills with what is over, and counts apart what came to nothing", () => {
  expect(totalLine(lines(waits, waits), 0)).toBe(`[${"░".repeat(24)}] 0 of 2 at work · 0s`);
  expect(totalLine(lines(up, failed, { step: "", over: "left out" }, up), 61.9)).toBe(`[${"█".repeat(24)}] 2 of 4 at work · 1 failed · 1 not started · 61s`);
});

test("without a terminal each step is a line, and nothing is ever cleared", () => {
  let said = "";
  const out = { progress: (text: string) => void (said += text) };
  const progress = openBatchProgress({ stderrIsTerminal: false } as never, out as never, ["a", "b"]);
  progress.tell("a", "worktree");
  progress.aside(() => out.progress("note\n"));
  progress.tell("a", "at work", "up");
  progress.end();
  expect(said).toBe("a: worktree\nnote\na: at work\n");
});

test("the closing line counts, and names what is not there", () => {
  const result = { there: [aRecord({ branch: "a" })], queued: 0, failed: [{ branch: "b", error: null }], leftOut: ["c", "d"] };
  expect(closingLine("cache", 4, result)).toBe("1 of 4 at work in batch cache; failed: b; not started: c, d");
  expect(closingLine("cache", 1, { there: [aRecord()], queued: 0, failed: [], leftOut: [] }, true)).toBe("1 of 1 started in batch cache");
});

describe("room", () => {
  const plenty = { diskNeeded: 1e6, diskFree: 1e12, memoryNeeded: 1e6, memoryFree: 1e12 };
  test("enough, or unknown, is no matter", () => {
    expect(judgeCapacity(plenty)).toBeNull();
    expect(judgeCapacity({ ...plenty, diskNeeded: null })).toBeNull();
    expect(judgeCapacity({ ...plenty, diskFree: null })).toBeNull();
  });
  test("that is missing on the disk refuses; a disk nearly full and missing memory ask", () => {
    expect(judgeCapacity({ ...plenty, diskNeeded: 5e9, diskFree: 4.9e9 })).toEqual({ refuse: true, message: "the worktrees need about 5.0 GB of disk, and 4.9 GB are free" });
    expect(judgeCapacity({ ...plenty, diskNeeded: 5e9, diskFree: 5.1e9 })).toEqual({ refuse: false, message: "the worktrees need about 5.0 GB of disk, and 5.1 GB are free" });
    expect(judgeCapacity({ ...plenty, memoryNeeded: 8e9, memoryFree: 4e9 })).toEqual({ refuse: false, message: "the programs typically take 8.0 GB of memory, and 4.0 GB are free" });
  });
  test("is reckoned in blocks, without submodules", () => {
    const listing = "100644 blob 1111111111111111111111111111111111111111       1\ta\n100755 blob 1111111111111111111111111111111111111111    4097\td/b\n160000 commit 1111111111111111111111111111111111111111       -\tsub\n120000 blob 1111111111111111111111111111111111111111       0\tlink\n";
    expect(sizeOfTree(listing)).toBe(4 * 4096);
  });
});

test("groups stand under the heading of their batch, with its counts and sums; agents without one come last", () => {
  const agents = [
    anAgent({ branch: "x", status: "idle" }),
    anAgent({ branch: "a", status: "working", cpu: 12.4, memory: 40 * 1_048_576, changes: { added: 3, removed: 1, dirty: 0, stale: false } }, { batch: "b1" }),
    anAgent({ branch: "b", status: "waiting", cpu: null, memory: 24 * 1_048_576 }, { batch: "b1" }),
  ];
  const groups = groupByBatch(agents);
  expect(groups.map(([batch, rows]) => [batch, rows.map(({ branch }) => branch)])).toEqual([["b1", ["a", "b"]], [null, ["x"]]]);
  const plain = (_: unknown, text: string) => text;
  expect(groupHeading("cache", groups[0]![1], plain as never)).toBe("cache · 1 waiting · 1 working · 12% · 64M · +3 −1");
});
