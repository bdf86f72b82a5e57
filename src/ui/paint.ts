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

const CODES: Record<Colour, string> = { red: "31", green: "32", yellow: "33", blue: "34", cyan: "36", magenta: "35", dim: "2", bold: "1" };

/** The same colours without the library, which costs a popup that is to be there at once 4 ms. */
export const quickStyle: Style = (colour, text) => (text === "" ? "" : `\u001b[${CODES[colour]}m${text}\u001b[${colour === "dim" || colour === "bold" ? "22" : "39"}m`);
