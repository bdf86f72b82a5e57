// Directories that may not be there.
import { readdirSync, rmdirSync } from "node:fs";

/** The names in a directory; none where it is gone or can't be read. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Remove a directory, unless something is in it or it is gone. */
export function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Not empty, or gone.
  }
}
