// Help as text, from the command table.
import type { CommandRow } from "../base/command";

type Row = Pick<CommandRow<never>, "name" | "group" | "summary" | "doc" | "args" | "flags" | "rest" | "examples" | "internal">;

export function overview(commands: readonly Row[]): string {
  return commands.map((c) => `${c.name}  ${c.summary}`).join("\n");
}

export function commandHelp(row: Row): string {
  return `${row.name}: ${row.summary}`;
}
