// All that the plugin sets in tmux, as commands, and what takes it away again. Pure.
import { TMUX_KEYS } from "../../base/keys";
import { bindKey, type Bound, keyOption, ownKeyName, runKey, setOption, unbindKey, unsetOption } from "../../ports/tmux/bindings";
import type { TmuxCommand } from "../../ports/tmux/call";
import { backgroundFormat, groundOptions, popupFormat, PRESSER } from "../../ports/tmux/pressed";
import { clickCommands, isClicked, keptOption, LINE_TEXTS, type StatusLine } from "../../ports/tmux/status-line";
import { isOlder } from "../../ports/tmux/version";
import { placed, statusLineCommands, withoutStatusLine } from "../status-line";
import { KEY_OPTIONS, type KeyName, planKeys } from "./keys";
import { menuOptions } from "./menu";

/** The least tmux: before it there is no #{q/e:}, and a branch name would be read as a format. */
export const PLUGIN_LEAST = "3.2";

/** The options that decide what the plugin sets; fleet.tmux reads each of them too, to know whether anything is new. */
export const PLUGIN_OPTIONS: readonly string[] = [...KEY_OPTIONS, ...LINE_TEXTS.flatMap((name) => [name, keptOption(name)])];

export interface PluginFacts {
  bound: Bound;
  line: StatusLine;
}

/** The binary that the keys run; empty while there is none. */
export const BINARY_OPTION = "@fleet-_bin";

export function pluginCommands({ bound, line }: PluginFacts, binary: string): TmuxCommand[] {
  const plan = planKeys(bound);
  return [
    ...SCRIPT_OPTIONS.map(unsetOption),
    ...keyOptions(binary, bound.version).map(([name, value]) => setOption(name, value)),
    ...plan.unbind.map(({ table, key }) => unbindKey(table, key)),
    ...plan.bind.map(({ name, table, key }) => bindKey(table, key, TMUX_KEYS.find((row) => row.name === name)!.note, name)),
    ...statusLineCommands(line, runKey("agents")),
  ];
}

/** Every key is bound and every text replaced: the commands would only set options to what they may be already. */
export function isSettled({ bound, line }: PluginFacts): boolean {
  const plan = planKeys(bound);
  const ours = bound.bindings.filter((binding) => ownKeyName(binding) !== null);
  return plan.unbind.length === 0 && plan.bind.length === ours.length && Object.keys(placed(line)).length === 0 && (isClicked(line) || clickCommands(line, runKey("agents")).length === 0);
}

/** What takes all of it away again: by what is there, not by what was meant. */
export function removalCommands({ bound, line }: PluginFacts): TmuxCommand[] {
  return [
    ...withoutStatusLine(line),
    ...bound.bindings.filter((binding) => ownKeyName(binding) !== null).map(({ table, key }) => unbindKey(table, key)),
    ...[...SCRIPT_OPTIONS, ...keyOptions("", "").map(([name]) => name)].map(unsetOption),
  ];
}

/** What fleet.tmux sets: what scripts/get goes by while there is no binary, and which of its kept files was sourced last. */
const SCRIPT_OPTIONS = ["@fleet-_get", "@fleet-_old", "@fleet-_mark"];

function keyOptions(binary: string, version: string): [name: string, value: string][] {
  const deeds: Record<KeyName, [string, string][]> = {
    agents: [[keyOption("agents"), popupFormat(`popup ${PRESSER}`)]],
    next: [[keyOption("next"), backgroundFormat("next --client #{client_name}")]],
    menu: menuOptions(),
  };
  return [[BINARY_OPTION, binary], ...groundOptions(binary, { titles: !isOlder(version, "3.3") }), ...TMUX_KEYS.flatMap(({ name }) => deeds[name])];
}
