// Colours by their use. chalk is loaded only where something is painted in colour.
import type { ChalkInstance } from "chalk";

export type Colour = "red" | "green" | "yellow" | "blue" | "cyan" | "magenta" | "dim" | "bold";

/** Paint text in one colour of the terminal's own palette. */
export type Style = (colour: Colour, text: string) => string;

export function paint(enabled: boolean): Style {
  if (!enabled) return (_, text) => text;
  let chalk: ChalkInstance | undefined;
  return (colour, text) => {
    if (!chalk) {
      // Lazy and synchronous: an import at the top costs every command 4 ms.
      const { Chalk } = require("chalk") as typeof import("chalk");
      chalk = new Chalk({ level: 1 });
    }
    return chalk[colour](text);
  };
}
