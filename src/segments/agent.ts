// The agent whose session the terminal shows.
import { IS_AGENT, literal, ownIcon, part, type Segment, when } from "./segment";
import { fresh } from "./usage";

/** CPU and memory of one session's agent: hidden environment of the session. */
export const OWN_USAGE = fresh(when("#{!=:#{@fleet_cpu},}", " #{@fleet_cpu} #{@fleet_mem}"));

export const agent: Segment = {
  name: "agent",
  doc: "the agent that you are at, with its CPU and memory; nothing elsewhere",
  example: "● login-form 12% 340M",
  inLine: false,
  format: (pen) => `${part("poll")}${when(IS_AGENT, `${ownIcon(pen)} ${literal("@fleet_branch", 40)}${OWN_USAGE} `)}`,
};
