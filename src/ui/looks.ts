// How a status looks, once: lists, pickers and the status line show the same symbols.
import type { Status } from "../base/model";
import type { Colour } from "./paint";

export interface Look {
  symbol: string;
  colour: Colour;
}

/** Statuses, and the two faces of a turn that is over and that nobody has looked at: well or badly. */
export const LOOKS: Readonly<Record<Status | "done" | "failed", Look>> = {
  waiting: { symbol: "◐", colour: "yellow" },
  failed: { symbol: "✗", colour: "red" },
  done: { symbol: "✓", colour: "cyan" },
  working: { symbol: "●", colour: "green" },
  starting: { symbol: "◌", colour: "cyan" },
  queued: { symbol: "…", colour: "dim" },
  idle: { symbol: "○", colour: "blue" },
  unknown: { symbol: "?", colour: "magenta" },
  exited: { symbol: "■", colour: "red" },
  stopped: { symbol: "□", colour: "dim" },
};
