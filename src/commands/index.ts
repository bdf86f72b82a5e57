// The command table: every command, once. A new command is one file and one line.
import type { Command } from "../context";
import version from "./version";

export const COMMANDS: readonly Command[] = [version] as readonly Command[];
