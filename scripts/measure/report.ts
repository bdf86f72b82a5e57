// Series → rows with their floor, their ratio and their bar; printed, or as JSON.
import type { Series } from "./rounds";
import { type Figures, figures } from "./time";

/** One line of the report: a figure against another of the same run, or against a number. */
export interface Bar {
  name: string;
  /** Names of series. Without a floor, `most` is in the measure's own unit. */
  of: string;
  floor?: string;
  /** The most that is right. Absent: for information. */
  most?: number;
  measure?: "wall" | "cpu";
}

export interface Row {
  name: string;
  measure: "wall" | "cpu" | "memory" | "share" | "started";
  /** Milliseconds; memory in MB, a share in percent of one core, started in processes. */
  value: Figures;
  floor: (Figures & { name: string }) | null;
  /** Of medians and of minima; null without a floor. */
  ratio: { median: number; min: number } | null;
  most: number | null;
  ok: boolean | null;
  /** p90 / median of the floor, else of the value: how restless the machine was. */
  noise: number;
}

/** Rows of the bars whose series were measured. */
export function rowsOf(bars: readonly Bar[], series: Series): Row[] {
  return bars.flatMap(({ name, of, floor, most, measure = "wall" }) => {
    const pick = (key: string) => figures(series.get(key)!.map((sample) => sample[measure]));
    if (!series.get(of)?.length || (floor !== undefined && !series.get(floor)?.length)) return [];
    const value = pick(of);
    const below = floor === undefined ? null : { name: floor, ...pick(floor) };
    const ratio = below && { median: value.median / below.median, min: value.min / below.min };
    const reached = ratio ? ratio.median : value.median;
    return [{ name, measure, value, floor: below, ratio, most: most ?? null, ok: most === undefined ? null : reached <= most, noise: (below ?? value).p90 / (below ?? value).median }];
  });
}

/** A figure that is taken once. */
export function valueRow(name: string, measure: Row["measure"], value: number, most: number): Row {
  return { name, measure, value: { median: value, min: value, p90: value, runs: 1 }, floor: null, ratio: null, most, ok: value <= most, noise: 1 };
}

export function memoryRow(name: string, bytes: number, mostMb: number): Row {
  return valueRow(name, "memory", bytes / 1e6, mostMb);
}

const UNITS: Record<Row["measure"], string> = { wall: " ms", cpu: " ms", memory: " MB", share: " %", started: " processes" };

const HEAD = ["", "median", "min", "floor", "median", "min", "ratio", "of mins", "bar", "", "noise", "runs"];

/** The rows as lines, aligned. */
export function table(rows: readonly Row[]): string[] {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  const left = new Set([0, 3, 9]);
  return cells.map((line) => line.map((cell, i) => (left.has(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ").trimEnd());
}

function cellsOf({ name, measure, value, floor, ratio, most, ok, noise }: Row): string[] {
  const unit = UNITS[measure];
  const shown = (n: number) => (measure === "started" ? String(n) : measure === "share" ? n.toFixed(2) : n < 100 ? n.toFixed(1) : n.toFixed(0));
  const verdict = ok === null ? "" : ok ? "ok" : "miss";
  return [
    measure === "cpu" ? `${name}, CPU` : name,
    shown(value.median) + unit,
    shown(value.min),
    floor?.name ?? "",
    floor ? shown(floor.median) : "",
    floor ? shown(floor.min) : "",
    ratio ? `${ratio.median.toFixed(2)} ×` : "",
    ratio ? ratio.min.toFixed(2) : "",
    most === null ? "" : ratio ? `≤ ${most} ×` : `≤ ${most}${unit}`,
    verdict,
    measure === "wall" || measure === "cpu" ? noise.toFixed(2) : "",
    String(value.runs),
  ];
}
