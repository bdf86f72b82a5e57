// What all agents have cost, by their programs' transcripts.
import { icon, part, type Segment, when } from "./segment";
import { fresh } from "./usage";

export const cost: Segment = {
  name: "cost",
  doc: "what the agents that there are have cost, in US dollars, as fleet list has it",
  example: "cost $4.20",
  inLine: false,
  format: (pen) => `${part("poll")}${fresh(when("#{!=:#{@fleet_all_cost},}", `${pen.opens(pen.in("cost", `${icon("cost")} #{@fleet_all_cost}`))} `))}`,
};
