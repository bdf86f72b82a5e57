// Directories that may not be there.
import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/** The names in a directory; none where it is gone or can't be read. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** What each NAME.json of a directory holds, by NAME; what can't be read is passed over. */
export function jsonFilesIn(directory: string): { name: string; value: unknown }[] {
  return namesIn(directory).flatMap((file) => {
    if (!file.endsWith(".json")) return [];
    try {
      return [{ name: file.slice(0, -".json".length), value: JSON.parse(readFileSync(join(directory, file), "utf8")) as unknown }];
    } catch {
      return [];
    }
  });
}

/** Remove a directory, unless something is in it or it is gone. */
export function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Not empty, or gone.
  }
}
