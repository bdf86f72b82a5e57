// Rows and columns as aligned text, fitted to the terminal. Pure.
import { truncate } from "../base/text";
import type { Colour, Style } from "./paint";

export interface Column<Row> {
  title: string;
  cell(row: Row): string;
  colour?(row: Row): Colour;
  right?: boolean;
  /** May be cut down to this many columns. */
  shrinkTo?: number;
  /** Order in which columns go when there is no room: 1 first. Without it a column stays. */
  drop?: number;
  hideEmpty?: boolean;
  /** Takes the rest of the line. */
  last?: boolean;
}

const GAP = 2;

/** Lines with a heading. `width` null means no limit (not a terminal). */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number | null, style: Style): string[] {
  let shown = columns
    .map((column) => ({ column, cells: rows.map((row) => column.cell(row)) }))
    .filter(({ column, cells }) => !column.hideEmpty || cells.some(Boolean));
  let widths = shown.map(({ column, cells }) => Math.max(Bun.stringWidth(column.title), ...cells.map((cell) => Bun.stringWidth(cell))));
  if (width !== null) {
    for (;;) {
      widths = shrink(shown.map(({ column }) => column), widths, width);
      if (total(widths) <= width) break;
      const victim = leastNeeded(shown.map(({ column }) => column));
      if (victim < 0) break;
      shown = shown.filter((_, i) => i !== victim);
      widths = widths.filter((_, i) => i !== victim);
    }
  }
  const line = (cells: string[], paintCell: (text: string, i: number) => string) =>
    cells.map((cell, i) => paintCell(pad(truncate(cell, widths[i]!), widths[i]!, shown[i]!.column.right ?? false, i === cells.length - 1), i)).join(" ".repeat(GAP)).trimEnd();
  const heading = line(shown.map(({ column }) => column.title), (text) => style("dim", text));
  const body = rows.map((row, r) =>
    line(shown.map(({ cells }) => cells[r]!), (text, i) => {
      const colour = shown[i]!.column.colour?.(row);
      return colour ? style(colour, text) : text;
    }),
  );
  return [heading, ...body];
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}

/** Cut shrinkable columns, the last one first, by what is too much. */
function shrink<Row>(columns: readonly Column<Row>[], widths: readonly number[], limit: number): number[] {
  const out = [...widths];
  for (let i = columns.length - 1; i >= 0; i--) {
    const over = total(out) - limit;
    const least = columns[i]!.shrinkTo;
    if (over > 0 && least !== undefined && out[i]! > least) out[i] = Math.max(least, out[i]! - over);
  }
  return out;
}

function leastNeeded<Row>(columns: readonly Column<Row>[]): number {
  let victim = -1;
  columns.forEach((column, i) => {
    if (column.drop !== undefined && (victim < 0 || column.drop < columns[victim]!.drop!)) victim = i;
  });
  return victim;
}

function pad(text: string, width: number, right: boolean, last: boolean): string {
  const space = " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
  return right ? space + text : last ? text : text + space;
}
