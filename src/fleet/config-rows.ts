// The configuration in force as rows: what `fleet config` shows and prints as JSON.
import { OPTION_KEYS, optionRow, tomlLiteral } from "../base/options";
import { visible } from "../base/text";
import { OWN_FILE, originText, REPO_FILE, type Settings } from "./settings";

export interface ConfigRow {
  key: string;
  value: unknown;
  /** "default", "config.toml:12", ".ai_fleet.toml:3 (not approved)". */
  origin: string;
  /** false for what a repo's file says but does not do, for want of approval. */
  acts: boolean;
  /** null for kinds, which have none. */
  default: unknown;
}

export function configRows(settings: Settings, defaults: Settings["values"]): ConfigRow[] {
  const rows: ConfigRow[] = [];
  const file = settings.repoFile;
  for (const key of OPTION_KEYS) {
    rows.push({ key, value: settings.values[key], origin: originText(settings.origins[key]), acts: true, default: defaults[key] });
    const pending = file?.values[key];
    if (!file || pending === undefined || file.approved || !optionRow(key).approval) continue;
    const origin = originText({ layer: "repo", file: REPO_FILE, line: file.lines[key] ?? null });
    rows.push({ key, value: pending, origin: `${origin} (not approved)`, acts: false, default: defaults[key] });
  }
  for (const [name, kind] of Object.entries(settings.kinds)) {
    for (const [field, value] of Object.entries(kind)) {
      const key = `kinds.${name}.${field}`;
      rows.push({ key, value, origin: originText({ layer: "config", file: OWN_FILE, line: settings.kindLines[key] ?? null }), acts: true, default: null });
    }
  }
  return rows;
}

/** A row's value on one line, nothing in it hidden. */
export function valueText(value: unknown): string {
  return visible(tomlLiteral(value));
}
