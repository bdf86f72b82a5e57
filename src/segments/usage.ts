// CPU and memory are the only figures that a process must fetch: the format itself starts it, at most every five seconds and from one client.
import { NOW, when } from "./segment";

/** Seconds between two looks. */
export const EVERY = 5;
/** Another client takes over when the one that asked last has not for so long. */
const OVERDUE = 10;
/** Older figures are not shown. */
const FRESH = 300;

const due = (seconds: number) => `#{e|>=:${NOW},#{e|+:#{@fleet_due},${seconds}}}`;
const MINE = `#{==:#{client_name},#{@fleet_poller}}`;
// #{q:} makes words of sh of them. Without an answer, or a binary, nothing is shown and nothing is said.
const POLL = "#(#{q:@fleet-_bin} poll #{q:client_name} 2>/dev/null)";

/** Nothing to see: it starts `fleet poll` when a look is due. `@fleet_due`, `@fleet_poller` are hidden environment, which repaints nothing. */
export const GATE = when(`#{&&:#{!=:#{@fleet-_bin},},#{||:#{&&:${MINE},${due(0)}},${due(OVERDUE)}}}`, `#{?#{m:_,${POLL}},,}`);

/** `text` while the figures are young. */
export function fresh(text: string): string {
  return when(`#{e|<:${NOW},#{e|+:#{@fleet_due},${FRESH}}}`, text);
}
