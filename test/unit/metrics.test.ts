import { expect, test } from "bun:test";
import { parseProcStat, parsePs, type ProcessRow, scanProcesses, treeOf } from "../../src/ports/metrics";
import { startTime } from "../../src/ports/process-identity";
import { until } from "../helpers/until";

const row = (pid: number, ppid: number, session = 0): ProcessRow => ({
  pid, ppid, session, start: String(pid), cpuMs: 0, waitedMs: 0, rss: 1, zombie: false,
});
const tableOf = (...rows: ProcessRow[]) => new Map(rows.map((r) => [r.pid, r]));
const pidsOf = (rows: ProcessRow[]) => rows.map((r) => r.pid).sort((a, b) => a - b);

test("a tree is its root and all descendants, and no one else", () => {
  const table = tableOf(row(1, 0), row(10, 1), row(11, 10), row(12, 11), row(20, 1), row(21, 20));
  expect(pidsOf(treeOf([10], table))).toEqual([10, 11, 12]);
  expect(pidsOf(treeOf([10, 20], table))).toEqual([10, 11, 12, 20, 21]);
});

test("a root that is gone has no tree, and a circle of parents ends", () => {
  expect(treeOf([99], tableOf(row(1, 0)))).toEqual([]);
  expect(pidsOf(treeOf([5], tableOf(row(5, 6), row(6, 5))))).toEqual([5, 6]);
});

test("what a session leader left behind belongs to its tree, with its children", () => {
  const table = tableOf(row(1, 0), row(10, 1, 10), row(30, 1, 10), row(31, 30, 31), row(40, 1, 40));
  expect(pidsOf(treeOf([10], table))).toEqual([10, 30, 31]);
});

test("sessions that are not told (0) tie nothing together", () => {
  expect(pidsOf(treeOf([10], tableOf(row(10, 1, 0), row(11, 1, 0))))).toEqual([10]);
});

const STAT = "42 (a) b (c)) S 7 42 41 34816 42 4194304 100 200 0 0 150 50 30 20 20 0 1 0 5000 1000000 25 1844";

test("a process whose name holds blanks and parentheses is read right", () => {
  expect(parseProcStat(STAT, 10, 4096, 1_000_000)).toEqual({
    pid: 42, ppid: 7, session: 41, start: "5000", cpuMs: 2000, waitedMs: 500, rss: 25 * 4096, zombie: false, startedAtMs: 1_050_000,
  });
});

test("a zombie has no memory but keeps its time", () => {
  const zombie = parseProcStat(STAT.replace(") S ", ") Z "), 10, 4096, 0);
  expect([zombie?.zombie, zombie?.rss, zombie?.cpuMs]).toEqual([true, 0, 2000]);
});

test("half a line, or none, is no process", () => {
  expect(parseProcStat("", 10, 4096, 0)).toBeNull();
  expect(parseProcStat("42 (sh) S 1", 10, 4096, 0)).toBeNull();
});

test("lines of ps are read as Linux and as macOS print them", () => {
  const table = parsePs("    1     0     1 S Sun Nov 22 21:41:36 2026\n  501   1 0x0 Z+ Tue Oct  1 10:00:00 2024\n\n");
  expect(table.get(1)).toMatchObject({ ppid: 0, session: 1, zombie: false, start: "Sun_Nov_22_21:41:36_2026" });
  expect(table.get(501)).toMatchObject({ ppid: 1, session: 0, zombie: true, startedAtMs: Date.UTC(2024, 9, 1, 10) });
});

test.each(["proc", "ps"] as const)("this process and its child are found through %s", async (source) => {
  const child = Bun.spawn(["sleep", "30"]);
  try {
    const table = await scanProcesses({ source, roots: [process.pid] });
    expect(pidsOf(treeOf([process.pid], table))).toContain(child.pid);
    const self = table.get(process.pid)!;
    expect(self.rss).toBeGreaterThan(10e6);
    expect(self.rss).toBeLessThan(2e9);
    expect(self.cpuMs).toBeGreaterThan(0);
    expect(Math.abs(self.startedAtMs! - (Date.now() - process.uptime() * 1000))).toBeLessThan(5_000);
  } finally {
    child.kill();
  }
});

test("start times are those that process-identity tells", async () => {
  expect((await scanProcesses()).get(process.pid)?.start).toBe(startTime(process.pid)!);
});

test("an ended child that nobody waits for is a zombie", async () => {
  // sh starts a child that ends at once, then becomes a program that never waits.
  const parent = Bun.spawn(["sh", "-c", "true & exec sleep 30"]);
  try {
    await until(async () => treeOf([parent.pid], await scanProcesses()).some((r) => r.zombie && r.ppid === parent.pid && r.rss === 0), {
      what: "a zombie child",
    });
  } finally {
    parent.kill();
  }
});
