// The README's generated blocks, from the tables, and how they are put between their markers.
import { GLOBAL_FLAGS, GROUPS } from "../base/command";
import { ACTION_KEYS, ATTEMPT_KEYS, TMUX_KEYS } from "../base/keys";
import { OPTION_KEYS, optionRow, tomlLiteral } from "../base/options";
import { SEGMENTS } from "../segments/index";
import { ICONS } from "../segments/segment";
import { byGroup, EXIT_CODES, flagLabel, type Row } from "./wording";

/** What the README shows of the kinds: their table belongs to a room that the reference does not see. */
export interface KindRow {
  readonly name: string;
  readonly title: string;
  readonly install: string;
}

/** Every block by the name that its marker has. */
export function readmeBlocks(commands: readonly Row[], kinds: readonly KindRow[]): Record<string, string> {
  return {
    commands: commandTable(commands),
    flags: table(["Flag", "Does"], Object.entries(GLOBAL_FLAGS).map(([name, flag]) => [code(flagLabel(name, flag).trim()), flag.doc])),
    kinds: table(["Kind", "Program", "Install"], kinds.map((kind) => [code(kind.name), kind.title, kind.install ? code(kind.install) : ""])),
    options: table(["Option", "Default", "Decides"], OPTION_KEYS.map((key) => [code(key), code(literal(key)), optionRow(key).doc])),
    keys: table(["Key", "Opens", "Option"], TMUX_KEYS.map((row) => [code(`prefix ${row.default}`), row.doc, code(`@fleet-key-${row.name}`)])),
    "popup-keys": table(["Key", "Does"], ACTION_KEYS.map((row) => [code(row.key), row.doc])),
    "compare-keys": table(["Key", "Does"], ATTEMPT_KEYS.map((row) => [code(row.key), row.doc])),
    segments: table(["Write", "Shows", "Such as"], [["`#{fleet}`", `the whole line: ${listed(SEGMENTS.filter(({ inLine }) => inLine).map(({ name }) => name))}`, ""], ...SEGMENTS.map(({ name, doc, example }) => [code(`#{fleet_${name}}`), doc, code(example)])]),
    icons: table(["Name", "Icon", "Colour", "For"], Object.entries(ICONS).map(([name, row]) => [code(name), row.icon, code(row.color), row.doc])),
    "exit-codes": table(["Code", "Means"], EXIT_CODES.map(([number, meaning]) => [String(number), meaning])),
  };
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

function commandTable(commands: readonly Row[]): string {
  return byGroup(commands, GROUPS)
    .map(({ group, rows }) => `**${group}**\n\n${table(["Command", "Does"], rows.map((row) => [code(`fleet ${row.name}`), row.summary]))}`)
    .join("\n\n");
}

/**
 * `text` with each block between its markers replaced. Throws for a marker without a block, a marker that is not closed,
 * and a block that the text has no place for.
 */
export function fillBlocks(text: string, blocks: Readonly<Record<string, string>>): string {
  const unused = new Set(Object.keys(blocks));
  const filled = text.replace(/(<!-- generated: ([\w-]+); bun run generate -->\n)([\s\S]*?)(<!-- end -->|<!-- generated:|$)/g, (_, open: string, name: string, _old, close: string) => {
    if (close !== "<!-- end -->") throw new Error(`README: the block is not closed: ${name}`);
    const block = blocks[name];
    if (block === undefined) throw new Error(`README: no block of that name: ${name}`);
    unused.delete(name);
    return `${open}${block}\n${close}`;
  });
  if (unused.size) throw new Error(`README: no place for: ${[...unused].join(", ")}`);
  return filled;
}

/** A default as one writes it in config.toml; fleet's own directory is ~/.ai_fleet unless FLEET_HOME says else. */
function literal(key: (typeof OPTION_KEYS)[number]): string {
  const value = optionRow(key).default;
  return tomlLiteral(typeof value === "string" ? value.replace(/^@home/, "~/.ai_fleet") : value);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
