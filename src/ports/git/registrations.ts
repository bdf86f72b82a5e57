// Where git keeps what it knows of a repository's linked worktrees, read without a process.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { namesIn } from "../directory";

/** The git directories of all linked worktrees; a name that is no directory has no files to read. */
export function registrations(common: string): string[] {
  return namesIn(join(common, "worktrees")).map((name) => join(common, "worktrees", name));
}

/** The text of one of git's small files; null where it is not there. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trimEnd();
  } catch {
    return null;
  }
}
