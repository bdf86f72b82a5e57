// Where the candidates of a value come from: said once for every shell.
import { type Arg, type Completes, type Flag, GLOBAL_FLAGS } from "../../base/command";
import { STATUSES } from "../../base/model";
import type { Row } from "../wording";

/** Values that only the machine knows; `fleet completion --values NAME` prints them, one a line. */
const ASKED = ["agent", "kind", "branch", "batch", "key"] as const;
export type Asked = (typeof ASKED)[number];

export const SHELLS = ["bash", "zsh", "fish"] as const;

export type Source = { readonly words: readonly string[] } | { readonly ask: Asked } | { readonly paths: "file" | "directory" };

/** The candidates of a flag's or an argument's value; null where fleet knows none. */
export function sourceOf(place: Pick<Flag | Arg, "choices" | "completes">, commands: readonly Row[]): Source | null {
  if (place.choices) return { words: place.choices };
  return place.completes ? ofCompletes(place.completes, commands) : null;
}

function ofCompletes(completes: Completes, commands: readonly Row[]): Source {
  switch (completes) {
    case "file":
    case "directory":
      return { paths: completes };
    case "status":
      return { words: STATUSES };
    case "shell":
      return { words: SHELLS };
    case "command":
      return { words: commands.map((row) => row.name) };
    default:
      return { ask: completes };
  }
}

/** The flags of a command and those that every command has. */
export function flagsOf(row: Row): { name: string; flag: Flag }[] {
  return Object.entries<Flag>({ ...row.flags, ...GLOBAL_FLAGS }).map(([name, flag]) => ({ name, flag }));
}

export function takesValue(flag: Flag): boolean {
  return flag.type !== "boolean" && !flag.optionalValue;
}
