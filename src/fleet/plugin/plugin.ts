// The plugin as one server needs it: what is read from tmux, and the commands that follow from it.
import { UserError } from "../../base/errors";
import { ownBinary } from "../../ports/detached";
import { ownKeyName, readBindings } from "../../ports/tmux/bindings";
import type { Tmux, TmuxCommand } from "../../ports/tmux/call";
import { readStatusLine } from "../../ports/tmux/status-line";
import { clientVersion, isOlder } from "../../ports/tmux/version";
import { isSettled, PLUGIN_LEAST, type PluginFacts, pluginCommands, removalCommands } from "./commands";
import { KEY_OPTIONS, type PlannedKey } from "./keys";

export interface PluginPlan {
  commands: TmuxCommand[];
  /** The server has these keys and texts already. */
  settled: boolean;
}

/** For the running server; with none, for one without any options and keys. */
export async function planPlugin(tmux: Tmux): Promise<PluginPlan> {
  const binary = ownBinary();
  if (binary === null) throw new UserError("only the built binary can be bound to keys", { hint: "scripts/build && bin/fleet plugin" });
  const facts = (await readFacts(tmux)) ?? nothingSet(await clientVersion(tmux));
  if (isOlder(facts.bound.version, PLUGIN_LEAST)) throw new UserError(`tmux is too old for the plugin: ${facts.bound.version}`, { hint: `install tmux ${PLUGIN_LEAST} or newer, then: fleet doctor` });
  return { commands: pluginCommands(facts, binary), settled: isSettled(facts) };
}

/** null when no server runs. */
export async function planRemoval(tmux: Tmux): Promise<{ commands: TmuxCommand[]; keys: string[] } | null> {
  const facts = await readFacts(tmux);
  if (facts === null) return null;
  const keys = facts.bound.bindings.filter((binding) => ownKeyName(binding) !== null).map(keyWords);
  return { commands: removalCommands(facts), keys };
}

/** null when no server runs. */
async function readFacts(tmux: Tmux): Promise<PluginFacts | null> {
  const bound = await readBindings(tmux, KEY_OPTIONS);
  return bound && { bound, line: await readStatusLine(tmux) };
}

/** A server without any options and keys. */
export function nothingSet(version: string): PluginFacts {
  return { bound: { version, options: {}, bindings: [] }, line: { version, texts: {}, kept: {}, click: "", agents: [], hidden: [] } };
}

/** "prefix A", or "A" for a key of the root table. */
export function keyWords({ table, key }: Pick<PlannedKey, "table" | "key">): string {
  return table === "root" ? key : `prefix ${key}`;
}
