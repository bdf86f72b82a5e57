// What running programs of a kind note about themselves.
import { readFileSync } from "node:fs";
import type { Kind, Note } from "../kinds/kind";
import { namesIn } from "../ports/directory";

/** All that can be read; a note may go at any moment, with its program. */
export function readNotes({ directory, read }: NonNullable<Kind["notes"]>, env: Record<string, string | undefined>): Note[] {
  const folder = directory(env);
  return namesIn(folder).filter((name) => name.endsWith(".json")).flatMap((name) => {
    try {
      return read(readFileSync(`${folder}/${name}`, "utf8")) ?? [];
    } catch {
      return [];
    }
  });
}
