// The resident memory of all agents.
import { icon, part, type Segment, when } from "./segment";
import { fresh } from "./usage";

export const mem: Segment = {
  name: "mem",
  doc: "memory of all agents with everything they started",
  example: "mem 2.1G",
  inLine: true,
  format: (pen) => `${part("poll")}${fresh(when("#{!=:#{@fleet_all_mem},}", `${pen.opens(pen.in("mem", `${icon("mem")} #{@fleet_all_mem}`))} `))}`,
};
