// How far batches are: of each, how many agents' turns are over. One that is over is not shown.
import { icon, is, literal, type Pen, PLAIN, type Segment, STYLED, when } from "./segment";

export const batch: Segment = {
  name: "batch",
  doc: "of each batch at work, how many of its agents are through",
  example: "▸ faster 2/3",
  inLine: true,
  format: ({ suffix }) => `#{E:@fleet_batches${suffix}}`,
  parts: (pen) => ({
    [`batch${pen.suffix}`]: when("#{m:*n*,#{l:LIST}}", `${pen.opens(pen.in("batch", `${icon("batch")} ${literal(`${LABEL}BATCH`)} #{n:#{s/n//:#{l:LIST}}}/#{n:#{l:LIST}}`))} `),
  }),
};

export interface ShownBatch {
  id: string;
  label: string;
  /** Agents that have no session yet. */
  queued: number;
}

const LABEL = "@fleet_label_";
const THROUGH = `#{||:${is("idle")},${is("exited")}}`;

/**
 * Hidden environment, which repaints nothing: the format of these batches, by pen, and their labels. Formats can't group, so
 * whoever changes what batches there are writes one format for each.
 */
export function batchVariables(batches: readonly ShownBatch[]): Record<string, string> {
  const shown = batches.filter(({ id }) => /^[A-Za-z0-9]+$/.test(id));
  const format = ({ suffix }: Pen) =>
    shown
      .map(({ id, queued }) => {
        const letters = `#{S:${when(`#{==:#{@fleet_batch},${id}}`, when(THROUGH, "o", "n"))}}${"n".repeat(Math.min(queued, 500))}`;
        return `#{E:#{s/LIST/${letters}/:#{s/BATCH/${id}/:@fleet_part_batch${suffix}}}}`;
      })
      .join("");
  return { ...BATCH_VARIABLES, "@fleet_batches": format(STYLED), "@fleet_batches_text": format(PLAIN), ...Object.fromEntries(shown.map(({ id, label }) => [`${LABEL}${id}`, label])) };
}

const BATCH_VARIABLES = { "@fleet_batches": "", "@fleet_batches_text": "" };

/** Those of `names` that hold batches. */
export function isBatchVariable(name: string): boolean {
  return name in BATCH_VARIABLES || name.startsWith(LABEL);
}
