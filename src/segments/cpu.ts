// What all agents take of the CPU, in percent of one core.
import { icon, part, type Segment, when } from "./segment";
import { fresh } from "./usage";

export const cpu: Segment = {
  name: "cpu",
  doc: "CPU of all agents with everything they started, in percent of one core",
  example: "cpu 143%",
  inLine: true,
  format: (pen) => `${part("poll")}${fresh(when("#{!=:#{@fleet_all_cpu},}", `${pen.opens(pen.in("cpu", `${icon("cpu")} #{@fleet_all_cpu}`))} `))}`,
};
