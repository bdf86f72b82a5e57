// The segment table, once: what the status line can show. A new segment is one file and one line.
import { agent } from "./agent";
import { agents } from "./agents";
import { batch } from "./batch";
import { cost } from "./cost";
import { counts } from "./counts";
import { cpu } from "./cpu";
import { mem } from "./mem";
import { iconParts, type Pen, PLAIN, type Segment, STYLED, when } from "./segment";
import { GATE } from "./usage";
import { waiting } from "./waiting";

/** In the order of the whole line. */
export const SEGMENTS: readonly Segment[] = [waiting, counts, batch, cpu, mem, cost, agent, agents];

/** The word that a person writes in a status line, and what tmux understands. */
export const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "#{fleet}": "#{E:@fleet_line}",
  ...Object.fromEntries(SEGMENTS.map(({ name }) => [`#{fleet_${name}}`, `#{E:@fleet_seg_${name}}`])),
};

/** The global options that make up the status line, by their names. The same texts for everybody: what a person sets is read when drawn. */
export function lineOptions(): Record<string, string> {
  const parts = (pen: Pen) => Object.assign(iconParts(pen), ...SEGMENTS.map((segment) => segment.parts?.(pen) ?? {})) as Record<string, string>;
  const options: [string, string][] = [
    ["@fleet_part_poll", GATE],
    ...Object.entries({ ...parts(STYLED), ...parts(PLAIN) }).map(([name, text]): [string, string] => [`@fleet_part_${name}`, text]),
    ...SEGMENTS.flatMap(({ name, format }): [string, string][] => [
      [`@fleet_part_seg_${name}`, format(STYLED)],
      [`@fleet_part_seg_${name}_text`, format(PLAIN)],
      [`@fleet_seg_${name}`, `#{s/ $//:#{E:@fleet_part_seg_${name}}}`],
      [`@fleet_text_${name}`, `#{s/ $//:#{E:@fleet_part_seg_${name}_text}}`],
    ]),
    ["@fleet_line", line(STYLED)],
    ["@fleet_text_line", line(PLAIN)],
  ];
  return Object.fromEntries(options);
}

/** What there is of each, two blanks between. Where a person names segments in `@fleet-line`, those; else the usual ones. */
function line({ suffix }: Pen): string {
  const each = SEGMENTS.map(({ name, inLine }) => {
    const text = `#{s/ $/  /:#{E:@fleet_part_seg_${name}${suffix}}}`;
    return when("#{@fleet-line}", when(`#{m:* ${name} *, #{@fleet-line} }`, text), inLine ? text : "");
  });
  return `#{s/ +$//:${each.join("")}}`;
}
