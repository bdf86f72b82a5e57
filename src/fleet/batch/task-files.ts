// Task lists in files: TOML tables, Markdown lists, JSON lines.
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { parseToml } from "../../ports/config-file";
import type { Draft } from "./tasks";

/** Read a list by the file's ending; "-" and unknown endings by what the text looks like. Throws UserError. */
export async function readTasks(text: string, file: string): Promise<Draft[]> {
  const kind = /\.(toml|md|markdown|jsonl|ndjson)$/i.exec(file)?.[1]?.toLowerCase() ?? looksLike(text);
  if (kind === "toml") return tomlTasks(text, file);
  return kind === "md" || kind === "markdown" ? markdownTasks(text) : jsonTasks(text, file);
}

function looksLike(text: string): "toml" | "md" | "jsonl" {
  if (/^\s*\{/.test(text)) return "jsonl";
  return /^\s*\[\[/m.test(text) ? "toml" : "md";
}

/** `[[task]]` tables with branch, prompt, kind, base. */
async function tomlTasks(text: string, file: string): Promise<Draft[]> {
  const parsed = await parseToml(text);
  if ("message" in parsed) throw new UserError(`${file}:${parsed.line}: ${parsed.message}`, { detail: parsed.excerpt });
  const list = parsed.data["task"];
  if (!Array.isArray(list)) throw new UserError(`${file}: no [[task]] in it`, { hint: `[[task]] then branch = "…" and prompt = "…"` });
  return list.map((entry: unknown, i) => draftOf(entry, `task ${i + 1}`));
}

function jsonTasks(text: string, file: string): Draft[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [draftOf(JSON.parse(line), `line ${i + 1}`)];
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(`${file}:${i + 1}: not JSON: ${oneLine(line).slice(0, 60)}`, { hint: `one object a line: {"branch": "…", "prompt": "…"}` });
    }
  });
}

const FIELDS = ["branch", "prompt", "kind", "base"] as const;

function draftOf(entry: unknown, where: string): Draft {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) throw new UserError(`${where}: not a table of branch, prompt, kind, base`);
  const draft: Draft = { where };
  for (const [key, value] of Object.entries(entry)) {
    const field = FIELDS.find((name) => name === key);
    if (!field) throw new UserError(`${where}: unknown key: ${oneLine(key)}`, { hint: `there are ${FIELDS.join(", ")}` });
    if (typeof value !== "string") throw new UserError(`${where}: ${key} must be a text`);
    draft[field] = value;
  }
  return draft;
}

/**
 * Items of a Markdown list: one task each, with its indented lines. `branch`: or **branch**: in front names the branch,
 * and so does a plain word with a dash or slash (fix-login: …). A ticked box is done, and left out; other lines are prose.
 */
export function markdownTasks(text: string): Draft[] {
  const drafts: Draft[] = [];
  let current: { lines: string[]; line: number; indent: number; done: boolean } | null = null;
  const close = () => {
    if (current && !current.done) drafts.push(itemDraft(current.lines, current.line));
    current = null;
  };
  text.split("\n").forEach((line, i) => {
    const item = /^( {0,3})(?:[-*+]|\d{1,9}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(line);
    const indented = /^(\s+)\S/.exec(line);
    if (item && (!current || item[1]!.length <= current.indent)) {
      close();
      current = { lines: [item[3]!], line: i + 1, indent: item[1]!.length, done: item[2] !== undefined && item[2] !== " " };
    } else if (current && (indented || line.trim() === "")) current.lines.push(line);
    else close();
  });
  close();
  return drafts;
}

function itemDraft(lines: string[], line: number): Draft {
  const indents = lines.slice(1).filter((text) => text.trim()).map((text) => /^\s*/.exec(text)![0].length);
  const cut = indents.length ? Math.min(...indents) : 0;
  const text = [lines[0]!, ...lines.slice(1).map((rest) => rest.slice(cut))].join("\n").trim();
  const named = /^(?:`([^`\s]+)`|\*\*([^*\s]+)\*\*|([a-z0-9._]+(?:[-/][a-z0-9._]+)+))\s*:\s+(.*)$/s.exec(text);
  if (!named) return { prompt: text, where: `line ${line}` };
  return { branch: named[1] ?? named[2] ?? named[3], prompt: named[4], where: `line ${line}` };
}
