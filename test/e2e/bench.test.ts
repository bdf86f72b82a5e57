// The bench measures, whatever the figures are: one round, small.
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { memoryRow, rowsOf, table } from "../../scripts/measure/report";
import { figures } from "../../scripts/measure/time";
import { binary } from "../helpers/binary";

const BENCH = join(import.meta.dir, "../../scripts/measure/bench.ts");

const samples = (...walls: number[]) => walls.map((wall) => ({ wall, cpu: wall / 2 }));

test("a row is held to its bar by the ratio of medians, and says so", () => {
  const series = new Map([["list", samples(30, 32, 90)], ["hello", samples(10, 9, 11)]]);
  const [within, beyond, plain, absent] = [
    ...rowsOf([{ name: "list", of: "list", floor: "hello", most: 4 }, { name: "list", of: "list", floor: "hello", most: 3 }, { name: "list", of: "list", measure: "cpu", most: 16 }], series),
    ...rowsOf([{ name: "kill", of: "kill", floor: "hello", most: 3 }], series),
  ];
  expect(within).toMatchObject({ ratio: { median: 3.2, min: 30 / 9 }, ok: true });
  expect(beyond!.ok).toBe(false);
  expect(plain).toMatchObject({ ratio: null, value: { median: 16 }, ok: true });
  expect(absent).toBeUndefined();
  const lines = table([within!, beyond!, memoryRow("list", 61_000_000, 60)]);
  expect(lines[1]).toMatch(/^list .* 32\.0 ms +30\.0 +hello +10\.0 +9\.0 +3\.20 × +3\.33 +≤ 4 × +ok/);
  expect(lines[2]).toContain("miss");
  expect(lines[3]).toMatch(/61\.0 MB .*≤ 60 MB +miss/);
});

test("the median of an even number of runs lies between the two in the middle", () => {
  expect(figures([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, p90: 4, runs: 4 });
});

test("the bench makes its agents, measures fleet and floors in one run, and leaves nothing", async () => {
  const place = mkdtempSync("/tmp/fl-b-");
  try {
    const json = join(place, "figures.json");
    const { TMUX, TMUX_PANE, FLEET_HOME, ...env } = process.env;
    const child = Bun.spawn([process.execPath, BENCH, "--fleet", await binary(), "--rounds", "1", "--only", "cold,compare,small", "--json", json], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const [code, said] = await Promise.all([child.exited, child.stderr.text()]);
    expect({ code, said: code === 0 ? "" : said }).toEqual({ code: 0, said: "" });
    const { rows } = JSON.parse(readFileSync(json, "utf8")) as { rows: ReturnType<typeof rowsOf> };
    expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(["--version", "--help", "one hook event", "create -d, 40 files", "compare, 8 agents", "kill, 40 files", "undo, 40 files", "ten create at once"]));
    for (const row of rows) expect(row.value.median).toBeGreaterThan(0);
    expect(rows.find((row) => row.name === "kill, 40 files")!.floor!.median).toBeGreaterThan(1);
    const root = /in (\S+)$/m.exec(said)![1]!;
    expect(root).toStartWith("/");
    expect(await Bun.file(join(root, "hello")).exists()).toBe(false);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}, 120_000);
