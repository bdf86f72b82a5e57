import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSamples, type Sample } from "../../src/fleet/samples";
import { compare, cpuIn, measureUsage, type Usage } from "../../src/fleet/usage";
import type { ProcessRow, ProcessSource } from "../../src/ports/metrics";
import { until } from "../helpers/until";

const scratch = mkdtempSync(join(tmpdir(), "fleet-usage-"));
const children: Bun.Subprocess[] = [];
let homes = 0;
const newHome = () => join(scratch, `home${homes++}`);
const start = (...argv: string[]) => {
  const child = Bun.spawn(argv, { stdio: ["ignore", "ignore", "ignore"] });
  children.push(child);
  return child;
};
let burner: Bun.Subprocess;
let sleeper: Bun.Subprocess;

beforeAll(() => {
  burner = start("sh", "-c", "while :; do :; done");
  sleeper = start("sleep", "300");
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});

const SOURCES: ProcessSource[] = ["proc", "ps"];

/** A look at which agent `id` is busy: a loaded machine may give a loop next to nothing for a moment. */
const busyLook = (id: string, look: () => Promise<Map<string, Usage>>) =>
  until(async () => { const usage = await look(); return usage.get(id)!.cpu! > 15 && usage; }, { what: `${id} takes more than 15 %` });

test.each(SOURCES)("the first look through %s waits for a window, and tells the burning agent from the sleeping one", async (source) => {
  const roots = new Map([["hot", [burner.pid]], ["cold", [sleeper.pid]]]);
  const usage = await busyLook("hot", () => measureUsage(newHome(), roots, Date.now, { source }));
  expect(usage.get("hot")!.cpu!).toBeLessThan(115);
  expect(usage.get("cold")!.cpu!).toBeLessThan(6);
  expect(usage.get("cold")!.memory!).toBeGreaterThan(100_000);
});

test.each(SOURCES)("a later look through %s answers without a wait", async (source) => {
  const home = newHome();
  const roots = new Map([["hot", [burner.pid]]]);
  await measureUsage(home, roots, Date.now, { source });
  const before = readFileSync(join(home, "samples.json"), "utf8");
  const [first] = readSamples(home);
  await measureUsage(home, roots, Date.now, { source });
  // Less than a second after: the remembered samples stay as they are, and the older of the two gave the window.
  if (Date.now() - first!.at < 1_000) expect(readFileSync(join(home, "samples.json"), "utf8")).toBe(before);
  await busyLook("hot", () => measureUsage(home, roots, Date.now, { source }));
});

test("an agent that only starts short programs is not idle", async () => {
  const builder = start("sh", "-c", "while :; do awk 'BEGIN { for (i = 0; i < 300000; i++) n += i }'; done");
  await busyLook("x", () => measureUsage(newHome(), new Map([["x", [builder.pid]]]), Date.now));
});

test("without agents nothing is scanned, waited for or written", async () => {
  const home = newHome();
  expect(await measureUsage(home, new Map(), Date.now)).toEqual(new Map());
  expect(readSamples(home)).toEqual([]);
});

test("an agent whose processes are gone costs nothing known", async () => {
  const gone = start("true");
  await gone.exited;
  const usage = await measureUsage(newHome(), new Map([["x", [gone.pid]]]), Date.now);
  expect(usage.get("x")).toEqual({ cpu: null, memory: null, processes: 0 });
});

test("a broken file of samples is as good as none", async () => {
  const home = newHome();
  await measureUsage(home, new Map([["x", [sleeper.pid]]]), Date.now);
  for (const text of ["", "{", "null", '{"version":1,"samples":[{"at":1}]}', '{"version":2,"samples":[]}']) {
    writeFileSync(join(home, "samples.json"), text);
    const usage = await measureUsage(home, new Map([["x", [sleeper.pid]]]), Date.now);
    expect(usage.get("x")!.cpu).toBeNumber();
  }
});

test.each([
  ["older than five minutes", (at: number) => at - 6 * 60_000],
  ["from the future", (at: number) => at + 60_000],
])("a sample %s is not used", async (_words, move) => {
  const home = newHome();
  const roots = new Map([["hot", [burner.pid]]]);
  await measureUsage(home, roots, Date.now);
  const file = join(home, "samples.json");
  const stored = JSON.parse(readFileSync(file, "utf8"));
  for (const sample of stored.samples) {
    sample.at = move(sample.at);
    // If it were used, the answer would be 0.
    for (const row of sample.rows) row[3] = 1e12;
  }
  writeFileSync(file, JSON.stringify(stored));
  const usage = await measureUsage(home, roots, Date.now);
  expect(usage.get("hot")!.cpu!).toBeGreaterThan(0);
  expect(Math.abs(readSamples(home)[0]!.at - Date.now())).toBeLessThan(30_000);
});

const row = (pid: number, ppid: number, cpuMs: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid, ppid, session: 0, start: `s${pid}`, cpuMs, waitedMs: 0, rss: 1, zombie: false, startedAtMs: 0, ...more,
});
const tableOf = (rows: ProcessRow[]) => new Map(rows.map((r) => [r.pid, r]));
const sampleOfRows = (rows: ProcessRow[]): Sample => ({ at: 10_000, source: "proc", rows: tableOf(rows) });
const percent = (before: ProcessRow[], after: ProcessRow[]) => cpuIn(compare(sampleOfRows(before), tableOf(after), 12_000), after);

test("CPU is what was used since the sample, over the time since", () => {
  expect(percent([row(1, 0, 500)], [row(1, 0, 1500)])).toBe(50);
});

test("a process born after the sample counts all its time, also under a number used before", () => {
  expect(percent([row(1, 0, 0)], [row(1, 0, 0), row(2, 1, 400, { startedAtMs: 11_000 })])).toBe(20);
  expect(percent([row(1, 0, 9000)], [row(1, 0, 400, { start: "other", startedAtMs: 11_000 })])).toBe(20);
});

test("a process older than the sample and not in it makes the sample useless", () => {
  expect(percent([row(1, 0, 0)], [row(1, 0, 0), row(2, 1, 400, { startedAtMs: 1_000 })])).toBeNull();
});

test("children that came and went in between count through who waited for them", () => {
  expect(percent([row(1, 0, 0)], [row(1, 0, 0, { waitedMs: 1000 })])).toBe(50);
});

test("the time that a vanished child had used before the sample is not counted again", () => {
  const before = [row(1, 0, 0), row(2, 1, 5000), row(3, 2, 3000)];
  expect(percent(before, [row(1, 0, 0, { waitedMs: 8200 })])).toBe(10);
});

test("a child that ended elsewhere does not make its old parent's count negative", () => {
  expect(percent([row(1, 0, 0), row(2, 1, 5000)], [row(1, 0, 100)])).toBe(5);
});

test("a clock that jumped never shows more than the machine has", () => {
  expect(percent([row(1, 0, 0)], [row(1, 0, 1e9)])).toBe(100 * navigator.hardwareConcurrency);
});
