// Key bindings: what is bound, and how fleet's own are written. Each one runs an option that holds a tmux command, so that
// list-keys shows whose it is, and another binary or menu is another value.
import { NoServer, type Tmux, type TmuxCommand } from "./call";
import { unquotedKey } from "./key-names";

export type KeyTable = "prefix" | "root";

export interface Binding {
  table: KeyTable;
  /** As tmux names it. */
  key: string;
  /** As list-keys prints it. */
  command: string;
}

export interface Bound {
  version: string;
  /** Values of the global options that were asked for; "" for one that is not set. */
  options: Readonly<Record<string, string>>;
  bindings: readonly Binding[];
}

/** What is bound, and the named options. null when no server runs. */
export async function readBindings(tmux: Tmux, options: readonly string[]): Promise<Bound | null> {
  try {
    // First by itself: list-keys would start a server, with all that the person's tmux.conf starts.
    const values = await tmux.call([["display-message", "-p", ["version", ...options].map((name) => `#{${name}}`).join("\n")]]);
    // Whole tables: `list-keys -T prefix KEY` is broken on 3.7c.
    const keys = await tmux.call([["list-keys"]]);
    return boundOf(values + keys, options);
  } catch (error) {
    if (error instanceof NoServer) return null;
    throw error;
  }
}

/** The answer as values. */
export function boundOf(answer: string, options: readonly string[]): Bound {
  const lines = answer.split("\n");
  const [version = "", ...values] = lines.splice(0, options.length + 1);
  return {
    version,
    options: Object.fromEntries(options.map((name, i) => [name, values[i] ?? ""])),
    bindings: lines.flatMap((line) => bindingOf(line) ?? []),
  };
}

function bindingOf(line: string): Binding | null {
  const found = /^bind-key\s+(?:-r\s+)?-T (prefix|root)\s+(\S+)\s+(.*)$/s.exec(line);
  return found && { table: found[1] as KeyTable, key: unquotedKey(found[2]!), command: found[3]! };
}

/** The option that holds the tmux command of one of fleet's keys. */
export function keyOption(name: string): string {
  return `@fleet-_${name}`;
}

/** The name of the key, for a binding that fleet made; null for every other. */
export function ownKeyName({ command }: Binding): string | null {
  return /^run-shell -C ["']?#\{E:@fleet-_([a-z]+)\}["']?$/.exec(command)?.[1] ?? null;
}

export function bindKey(table: KeyTable, key: string, note: string, name: string): TmuxCommand {
  return ["bind-key", "-N", note, "-T", table, key, ...runKey(name)];
}

/** What a binding runs. */
export function runKey(name: string): TmuxCommand {
  return ["run-shell", "-C", `#{E:${keyOption(name)}}`];
}

export function unbindKey(table: KeyTable, key: string): TmuxCommand {
  return ["unbind-key", "-q", "-T", table, key];
}

export function setOption(name: string, value: string): TmuxCommand {
  return ["set-option", "-g", name, value];
}

export function unsetOption(name: string): TmuxCommand {
  return ["set-option", "-gqu", name];
}
