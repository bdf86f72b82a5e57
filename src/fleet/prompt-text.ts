// A prompt from where the person put it: the command line, a file, stdin, an editor.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError, UserError } from "../base/errors";

export interface PromptSource {
  prompt?: string | undefined;
  file?: string | undefined;
  edit?: boolean;
}

/** The prompt's text, ready to be sent; null when no source was named. Throws on an empty one, with `hint`. */
export async function readPrompt(where: { cwd: string; env: Record<string, string | undefined> }, source: PromptSource, hint = "leave out --prompt to start without one"): Promise<string | null> {
  const named = [source.prompt !== undefined, source.file !== undefined].filter(Boolean).length;
  if (named > 1) throw new UsageError("the prompt was given twice: --prompt and --file");
  const given = source.prompt ?? (source.file === undefined ? null : await readSource(where.cwd, source.file));
  const text = source.edit ? await (await import("./edit-text")).editText(where, given ?? "", "prompt.md") : given;
  if (text === null) return null;
  const clean = cleanPrompt(text);
  if (clean) return clean;
  if (source.edit) throw new UserError("nothing was written in the editor, so nothing is sent", { hint: "-p TEXT or -f FILE gives the prompt without an editor" });
  throw new UserError("the prompt is empty", { hint });
}

/** Without control characters, which could break out of a paste, and without blank ends, which would not be sent. */
export function cleanPrompt(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").trim();
}

/** The text of a file, or of stdin with "-". Throws UserError. */
export async function readSource(cwd: string, file: string, what = "the prompt"): Promise<string> {
  if (file === "-") return Bun.stdin.text();
  try {
    return readFileSync(resolve(cwd, file), "utf8");
  } catch (error) {
    throw new UserError(`can't read ${what}: ${file}`, { detail: (error as Error).message });
  }
}
