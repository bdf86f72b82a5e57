// Text edited by a person: a private copy in their editor.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../base/errors";
import { findProgram, runProgram } from "../ports/process";

export interface EditPlace {
  cwd: string;
  env: Record<string, string | undefined>;
}

/** `text` after $VISUAL or $EDITOR had it as a file called `name`. Throws UserError when the editor fails. */
export async function editText(where: EditPlace, text: string, name: string): Promise<string> {
  const editor = editorOf(where.env);
  const folder = mkdtempSync(join(tmpdir(), "fleet-"));
  const file = join(folder, name);
  // Ctrl-C inside the editor is the editor's.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  try {
    writeFileSync(file, text, { mode: 0o600 });
    // By convention $EDITOR is a line for sh ("code --wait").
    const ran = await runProgram(["/bin/sh", "-c", `${editor} "$1"`, "sh", file], { cwd: where.cwd, env: where.env, io: "inherit" });
    if (ran.code !== 0) throw new UserError(`the editor failed: ${editor}`, { hint: "export EDITOR=nano, or another editor that works" });
    return readFileSync(file, "utf8");
  } finally {
    process.off("SIGINT", ignore);
    rmSync(folder, { recursive: true, force: true });
  }
}

function editorOf(env: Record<string, string | undefined>): string {
  const named = env["VISUAL"] || env["EDITOR"];
  if (named) return named;
  const found = ["editor", "nano", "vi"].find((name) => findProgram(name, env["PATH"]));
  if (found) return found;
  throw new UserError("no editor: $VISUAL and $EDITOR are empty, and neither nano nor vi is on PATH", { hint: "export EDITOR=…" });
}
