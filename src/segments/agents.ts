// Every agent with its CPU and memory.
import { OWN_USAGE } from "./agent";
import { eachAgent, literal, ownIcon, part, type Segment } from "./segment";

const WIDTH = 240;

export const agents: Segment = {
  name: "agents",
  doc: "every agent with its CPU and memory; a click on one goes to it (tmux 3.4)",
  example: "● login-form 12% 340M  ◐ release 0% 44M",
  inLine: false,
  format: (pen) => {
    const each = eachAgent(`${pen.goesTo(`${ownIcon(pen)} ${literal("@fleet_branch")}${OWN_USAGE}`)}  `);
    return `${part("poll")}#{s/  $/ /:#{=/${WIDTH}/…:${each}}}`;
  },
};
