// Attempts as the lines that a picker is given: two hidden fields and the columns of `fleet compare`. Pure.
import type { Attempt } from "../../base/model";
import { oneLine, truncate } from "../../base/text";
import { attemptColumns } from "../../ui/attempts";
import type { Style } from "../../ui/paint";
import { renderTable } from "../../ui/table";
import { attemptText } from "./rank";

export interface AttemptLook {
  /** Columns that a line may take. */
  width: number;
  /** Epoch seconds. */
  now: number;
  /** Whose attempts these are. */
  label: string;
  /** What was run last; null: nothing yet. */
  run: string | null;
  /** Stands on top; "" gives the summary. */
  message: string;
  style: Style;
}

// Half a terminal is narrow: which files others have touched too, and what a run took, give way first.
const NARROW: Record<string, { drop?: number }> = { kind: { drop: 1 }, ran: { drop: 2 }, time: { drop: 3 }, shared: { drop: 4 }, commits: { drop: 5 }, status: { drop: 6 } };

/** Rows that change are read anew, and the diff beside them begins at its top again: ages go by steps of so many seconds. */
const STEP = 10;

/** The whole input of a picker, attempts in the order given. */
export function attemptInput(attempts: readonly Attempt[], look: AttemptLook): string {
  const now = Math.floor(look.now / STEP) * STEP;
  const columns = attemptColumns(now, (attempt) => attemptText(attempt, now)).map((column) => ({ ...column, ...NARROW[column.title] }));
  const [heading = "", ...lines] = renderTable(attempts, columns, Math.max(20, look.width), look.style);
  const top = look.message === "" ? look.style("dim", truncate(attemptSummary(attempts, look), Math.max(20, look.width))) : look.message;
  const body = attempts.map(({ agent }, i) => `${agent.record.id}\t${agent.pane ?? "-"}\t${lines[i]!}`);
  return `${[`\t\t${top}`, `\t\t${heading}`, ...body].join("\n")}\n`;
}

/** `faster: 3 attempts · ? shows the keys · npm test: 2 ok, 1 failed` */
export function attemptSummary(attempts: readonly Attempt[], { label, run }: Pick<AttemptLook, "label" | "run">): string {
  const keys = "? shows the keys";
  const count = `${oneLine(label)}: ${attempts.length} ${attempts.length === 1 ? "attempt" : "attempts"}`;
  if (run === null) return [count, keys, "t runs a command in each"].join(" · ");
  const ran = attempts.flatMap(({ result }) => result ?? []);
  const ok = ran.filter(({ code }) => code === 0).length;
  const told = attempts.some(({ checking }) => checking !== null) ? `${ran.length} of ${attempts.length} done` : [...(ok > 0 ? [`${ok} ok`] : []), ...(ran.length > ok ? [`${ran.length - ok} failed`] : [])].join(", ");
  return [count, keys, `${truncate(oneLine(run), 30)}${told ? `: ${told}` : ""}`].join(" · ");
}
