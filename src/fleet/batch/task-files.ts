// Task lists in files: TOML tables, Markdown lists, JSON lines.
import { UserError } from "../../base/errors";
import { oneLine, truncate } from "../../base/text";
import { parseToml } from "../../ports/config-file";
import { lineOf } from "../../ports/toml-positions";
import { markdownTasks } from "./markdown";
import type { Draft } from "./tasks";

/** Read a list by the file's ending; "-" and unknown endings by what the text looks like. Throws UserError with file:line. */
export async function readTasks(text: string, file: string): Promise<Draft[]> {
  const name = file === "-" ? "stdin" : file;
  const plain = text.replace(/^\ufeff/, "");
  if (plain.trim() === "") throw new UserError(`the task list is empty: ${name}`, { hint: "fleet multi --help" });
  const kind = /\.(toml|md|markdown|jsonl|ndjson|json)$/i.exec(file)?.[1]?.toLowerCase() ?? looksLike(plain);
  if (kind === "toml") return tomlTasks(plain, name);
  if (kind !== "md" && kind !== "markdown") return jsonTasks(plain, name);
  const drafts = markdownTasks(plain, name);
  if (drafts.length > 0) return drafts;
  throw new UserError(`no open task in it: ${name}`, { hint: "a task is an item of a Markdown list: - `fix-login`: The form loses its text" });
}

function looksLike(text: string): "toml" | "md" | "jsonl" {
  if (/^\s*[{[]\s*["{}\n]/.test(text) && !/^\s*\[\[/.test(text)) return "jsonl";
  return /^\s*\[\[\s*task\s*\]\]/m.test(text) ? "toml" : "md";
}

/** `[[task]]` tables with branch, prompt, kind, base. */
async function tomlTasks(text: string, file: string): Promise<Draft[]> {
  const parsed = await parseToml(text);
  if ("message" in parsed) throw new UserError(`${file}:${parsed.line}: ${parsed.message}`, { detail: parsed.excerpt, hint: TOML_HINT });
  const { task: list, ...others } = parsed.data;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new UserError(`${file}:${lineOf(parsed.positions, [other]) ?? 1}: unknown key: ${oneLine(other)}`, { hint: TOML_HINT });
  if (!Array.isArray(list) || list.length === 0) throw new UserError(`no [[task]] in it: ${file}`, { hint: TOML_HINT });
  return list.map((entry: unknown, i) => draftOf(entry, (key) => `${file}:${lineOf(parsed.positions, ["task", i, ...(key === undefined ? [] : [key])]) ?? 1}`));
}

const TOML_HINT = `[[task]], then branch = "…" and prompt = "…"`;
const JSON_HINT = `one object a line: {"branch": "…", "prompt": "…"}`;

/** One object a line; a whole array of them is taken too. */
function jsonTasks(text: string, file: string): Draft[] {
  if (text.trimStart().startsWith("[")) {
    const list = parseJson(text);
    if (Array.isArray(list)) return list.map((entry: unknown, i) => draftOf(entry, () => `${file}, task ${i + 1}`));
  }
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const entry = parseJson(line);
    if (entry === undefined) throw new UserError(`${file}:${i + 1}: not JSON: ${truncate(oneLine(line), 60)}`, { hint: JSON_HINT });
    return [draftOf(entry, () => `${file}:${i + 1}`)];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const FIELDS = ["branch", "prompt", "kind", "base"] as const;

function draftOf(entry: unknown, place: (key?: string) => string): Draft {
  const fields = FIELDS.join(", ");
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) throw new UserError(`${place()}: not a table of ${fields}`, { hint: JSON_HINT });
  const draft: Draft = { where: place() };
  for (const [key, value] of Object.entries(entry)) {
    const field = FIELDS.find((name) => name === key);
    if (!field) throw new UserError(`${place(key)}: unknown key: ${oneLine(key)}`, { hint: `there are ${fields}` });
    if (typeof value !== "string") throw new UserError(`${place(key)}: ${key} must be a text`, { hint: `${key} = "…", or "${key}": "…" in JSON lines` });
    draft[field] = value;
  }
  return draft;
}
