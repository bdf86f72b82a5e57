// Which keys open fleet: what the person wants, what is free, and what is fleet's from before. Pure.
import { TMUX_KEYS } from "../../base/keys";
import { type Binding, type Bound, type KeyTable, ownKeyName } from "../../ports/tmux/bindings";
import { canonicalKey, isLetterOf } from "../../ports/tmux/key-names";

export type KeyName = (typeof TMUX_KEYS)[number]["name"];

/** The options that decide. */
export const KEY_OPTIONS: readonly string[] = [...TMUX_KEYS.flatMap(({ name }) => [wantedOption("prefix", name), wantedOption("root", name)]), "prefix", "prefix2"];

export function wantedOption(table: KeyTable, name: string): string {
  return table === "root" ? `@fleet-root-key-${name}` : `@fleet-key-${name}`;
}

export interface PlannedKey {
  name: KeyName;
  table: KeyTable;
  /** As the person, or the default, wrote it. */
  key: string;
}

export interface RefusedKey extends PlannedKey {
  /** Whose it is: the command that the person bound, the prefix, or another of fleet's keys. */
  because: { is: "bound"; command: string } | { is: "prefix" } | { is: "fleet"; name: KeyName };
  /** The person named this key; else it is a default. */
  wanted: boolean;
}

export interface KeyPlan {
  bind: PlannedKey[];
  /** Fleet's from before, and not wanted any more. */
  unbind: { table: KeyTable; key: string }[];
  refused: RefusedKey[];
}

/** A key that the person bound is never taken: not by a default, and not by an option either. */
export function planKeys({ options, bindings }: Pick<Bound, "options" | "bindings">): KeyPlan {
  const ours = bindings.filter((binding) => ownKeyName(binding) !== null);
  const theirs = bindings.filter((binding) => ownKeyName(binding) === null);
  const plan: KeyPlan = { bind: [], unbind: [], refused: [] };
  for (const { wanted, ...key } of wantedKeys(options)) {
    const because = whose(key, wanted, theirs, plan.bind, options);
    if (because) plan.refused.push({ ...key, because, wanted });
    else plan.bind.push(key);
  }
  plan.unbind = ours.filter((one) => !plan.bind.some((key) => isSame(key, one))).map(({ table, key }) => ({ table, key }));
  return plan;
}

/** What the person named comes first: a default gives way to it. */
function wantedKeys(options: Bound["options"]): (PlannedKey & { wanted: boolean })[] {
  const all = TMUX_KEYS.flatMap((row) =>
    (["prefix", "root"] as const).flatMap((table) => {
      const value = (options[wantedOption(table, row.name)] ?? "").trim();
      const words = value === "" ? (table === "prefix" ? [row.default] : []) : value.split(/\s+/).filter((word) => !/^(none|off)$/i.test(word));
      return words.map((key) => ({ name: row.name, table, key, wanted: value !== "" }));
    }),
  );
  return [...all.filter(({ wanted }) => wanted), ...all.filter(({ wanted }) => !wanted)];
}

function whose(key: PlannedKey, wanted: boolean, theirs: readonly Binding[], taken: readonly PlannedKey[], options: Bound["options"]): RefusedKey["because"] | null {
  const binding = theirs.find((one) => isSame(key, one));
  if (binding) return { is: "bound", command: binding.command };
  const other = taken.find((one) => isSame(key, one));
  if (other) return { is: "fleet", name: other.name };
  const prefixes = [options["prefix"] ?? "", options["prefix2"] ?? ""];
  // Where C-a is the prefix, `a` after it is for send-prefix.
  return !wanted && key.table === "prefix" && prefixes.some((prefix) => isLetterOf(prefix, key.key)) ? { is: "prefix" } : null;
}

function isSame(a: { table: KeyTable; key: string }, b: { table: KeyTable; key: string }): boolean {
  return a.table === b.table && canonicalKey(a.key) === canonicalKey(b.key);
}
