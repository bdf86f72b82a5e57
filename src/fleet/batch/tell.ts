// What a batch says: its plan, its steps (lines, a display or JSON), its failures and its closing line.
import { EXIT } from "../../base/errors";
import { oneLine, shellWord } from "../../base/text";
import type { Terminal } from "../../ports/terminal";
import { openBatchProgress } from "../../ui/batch-progress";
import type { Out } from "../../ui/out";
import { listed } from "./names";
import type { Planned } from "./plan";
import type { BatchRecord } from "./record";
import type { BatchEvent, BatchResult } from "./run";

export function tellPlan(out: Out, planned: readonly Planned[], json: boolean): void {
  for (const { plan: { record }, wish } of planned) {
    const { branch, worktree, base } = record;
    if (json) line(out, { branch, kind: wish.kind.name, base: base.branch ?? base.commit, worktree, prompt: wish.prompt, step: "planned" });
    else out.answer(`${oneLine(branch)}  ${wish.kind.name}  from ${oneLine(base.branch ?? base.commit.slice(0, 12))}  ${oneLine(record.title)}`);
  }
}

export interface Telling {
  event(event: BatchEvent): void;
  /** Print lines without disturbing the display. */
  aside(print: () => void): void;
  end(): void;
}

/** With `json` one object a step on stdout; else a display or lines on stderr. */
export function tellEvents(terminal: Terminal, out: Out, batch: string, branches: readonly string[], json: boolean): Telling {
  if (json) return { event: (event) => line(out, jsonOf(batch, event)), aside: (print) => print(), end() {} };
  const progress = openBatchProgress(terminal, out, branches);
  const event = (event: BatchEvent) => {
    if (event.is === "step") progress.tell(event.branch, event.step);
    else if (event.is === "up") progress.tell(event.branch, "at work", "up");
    else if (event.is === "failed") progress.tell(event.branch, oneLine((event.error as Error).message), "failed");
    else progress.tell(event.branch, "not started", "left out");
  };
  return { event, aside: progress.aside, end: progress.end };
}

function line(out: Out, value: Record<string, unknown>): void {
  out.raw(`${JSON.stringify(value)}\n`);
}

function jsonOf(batch: string, event: BatchEvent): Record<string, unknown> {
  const { id, branch } = event;
  const step = event.is === "step" ? event.step : event.is;
  return { batch, id, branch, step, ...(event.is === "failed" ? { error: (event.error as Error).message } : {}) };
}

export interface Ending {
  interrupted: boolean;
  /** Nothing came of it, and nothing is remembered of it. */
  gone: boolean;
  detach: boolean;
  json: boolean;
}

/** Each failure under its names, then one count. Returns the exit code. */
export function tellEnd(out: Out, batch: BatchRecord, total: number, result: BatchResult, { interrupted, gone, detach, json }: Ending): number {
  const { there, failed, leftOut } = result;
  if (json) line(out, { batch: batch.id, label: batch.label, step: "end", there: there.map(({ branch }) => branch), failed: failed.map(({ branch }) => branch), notStarted: leftOut });
  for (const [names, { message, hint, detail }] of grouped(failed)) out.error(`${names}: ${message}`, hint, detail);
  const closing = closingLine(batch.label, total, result, detach || interrupted);
  const label = shellWord(batch.label);
  if (failed.length === 0 && leftOut.length === 0) {
    out.done(closing);
    out.hint(`fleet list --batch ${label}   ·   fleet kill --batch ${label}`);
    return interrupted ? EXIT.interrupted : EXIT.done;
  }
  out.error(closing, gone ? undefined : `fleet fanout --resume ${label}${there.length > 0 ? `   ·   fleet kill --batch ${label}` : ""}`);
  return interrupted ? EXIT.interrupted : EXIT.refused;
}

interface Facts {
  message: string;
  hint?: string | undefined;
  detail?: string | undefined;
}

/** What failed alike is said once, under all names. */
function grouped(failed: BatchResult["failed"]): [string, Facts][] {
  const groups = new Map<string, { names: string[]; facts: Facts }>();
  for (const { branch, error } of failed) {
    const { message, hint, detail, stderr } = error as Facts & { stderr?: string };
    const group = groups.get(message);
    if (group) group.names.push(oneLine(branch));
    else groups.set(message, { names: [oneLine(branch)], facts: { message, hint, detail: detail ?? stderr?.trim() } });
  }
  return [...groups.values()].map(({ names, facts }) => [listed(names), facts]);
}

/** "8 of 10 at work in batch login; failed: a, b" */
export function closingLine(label: string, total: number, { there, queued, failed, leftOut }: BatchResult, detach = false): string {
  return [
    `${there.length - queued} of ${total} ${detach ? "started" : "at work"} in batch ${oneLine(label)}`,
    ...(queued > 0 ? [`${queued} queued`] : []),
    ...(failed.length ? [`failed: ${listed(failed.map(({ branch }) => oneLine(branch)))}`] : []),
    ...(leftOut.length ? [`not started: ${listed(leftOut.map(oneLine))}`] : []),
  ].join("; ");
}
