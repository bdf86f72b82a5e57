// The keys that open fleet in tmux: which are bound, and which are not because they are bound to something else.
import { TMUX_KEYS } from "../../base/keys";
import { oneLine, truncate } from "../../base/text";
import { BINARY_OPTION } from "../plugin/commands";
import { KEY_OPTIONS, type KeyName, type PlannedKey, planKeys, type RefusedKey, wantedOption } from "../plugin/keys";
import { keyWords } from "../plugin/plugin";
import { type Bound, ownKeyName, readBindings } from "../../ports/tmux/bindings";
import { canonicalKey } from "../../ports/tmux/key-names";
import { type Check, type Finding, ok } from "./check";

export const keysCheck: Check = {
  title: "keys",
  async run({ tmux }) {
    // Where tmux does not answer, its own row says so.
    const bound = await readBindings(tmux, [...KEY_OPTIONS, BINARY_OPTION]).catch(() => null);
    return bound ? keyFindings(bound) : [];
  },
};

export function keyFindings(bound: Bound): Finding[] {
  const ours = bound.bindings.filter((binding) => ownKeyName(binding) !== null);
  const { bind, refused } = planKeys(bound);
  if (ours.length === 0 && bound.options[BINARY_OPTION] === "") {
    return [{ status: "info", what: "the plugin is not loaded in the running tmux server: fleet has no keys there", hint: "scripts/install   (it prints the line for tmux.conf)" }];
  }
  const is = (one: PlannedKey) => ours.some(({ table, key }) => table === one.table && canonicalKey(key) === canonicalKey(one.key));
  const [there, missing] = [bind.filter(is), bind.filter((one) => !is(one))];
  return [
    ...(bound.options[BINARY_OPTION] === "" ? [{ status: "warn" as const, what: "the plugin found no fleet that is new enough: its keys open the installer", hint: "scripts/install   (in the plugin's directory)" }] : []),
    ...(there.length > 0 ? [ok(there.map((one) => `${keyWords(one)} ${one.name}`).join(", "))] : []),
    ...missing.map((one): Finding => ({ status: "warn", what: `${keyWords(one)} is not bound: ${one.name}`, hint: "load the plugin again: tmux source-file ~/.tmux.conf; or tmux does not know that key" })),
    ...refused.map((one) => refusal(one, there)),
  ];
}

/** Worth a warning where the person named the key, or the action has no other. */
function refusal({ name, table, key, because, wanted }: RefusedKey, there: readonly PlannedKey[]): Finding {
  const other = there.find((one) => one.name === name);
  const whose = because.is === "bound" ? `is bound to: ${truncate(oneLine(because.command), 60)}` : because.is === "prefix" ? "is left to send-prefix" : `opens fleet's ${because.name}`;
  const what = `${keyWords({ table, key })} ${whose}; ${docOf(name)} ${other ? `has ${keyWords(other)}` : "has no key"}`;
  const status = because.is === "prefix" || (other && !wanted) ? "info" : "warn";
  return { status, what, hint: `in tmux.conf, before the plugin: set -g ${wantedOption(table, name)} KEY   (or none)` };
}

function docOf(name: KeyName): string {
  return TMUX_KEYS.find((row) => row.name === name)!.doc;
}
