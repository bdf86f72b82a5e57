// `fleet config edit`: a copy in the person's editor, put in place only when it holds no mistake.
import { join } from "node:path";
import { defaultFile } from "../base/options";
import { UserError } from "../base/errors";
import { readOwnFile, replaceOwnFile, writeKept } from "../ports/config-file";
import { problemText } from "./config-problems";
import { type EditPlace, editText } from "./edit-text";
import { configProblems, OWN_FILE, type SettingsPlace, shownPath } from "./settings";

export interface EditMeans {
  place: EditPlace;
  where: SettingsPlace;
  /** Shows what is wrong with the text just edited. */
  tell(problem: string): void;
  /** true: back to the editor. false: drop what was written. */
  again(): Promise<boolean>;
}

export type EditResult = "saved" | "unchanged" | "dropped";

/** Throws UserError when the editor fails, or when the file changed meanwhile (the edited text is kept beside it). */
export async function editConfig(means: EditMeans): Promise<EditResult> {
  const path = join(means.where.home, OWN_FILE);
  const before = readOwnFile(path);
  let text = before ?? defaultFile(shownPath(means.where.home, means.where.userHome));
  for (;;) {
    text = await editText(means.place, text, OWN_FILE);
    if (text === before) return "unchanged";
    const { problems } = await configProblems({ ...means.where, main: null }, text);
    if (problems.length === 0) break;
    for (const problem of problems) means.tell(problemText(problem));
    if (!(await means.again())) return "dropped";
  }
  if (readOwnFile(path) !== before) {
    const kept = writeKept(path, text);
    throw new UserError(`the file changed while it was edited: ${path}`, { hint: `your version is kept: ${kept}` });
  }
  replaceOwnFile(path, text);
  return "saved";
}
