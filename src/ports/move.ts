// Moving a directory whole: one rename, so that nobody sees half of it.
import { cpSync, renameSync, rmSync } from "node:fs";

/** false when the file system can't: a mount point, or another device. */
export function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EXDEV" || code === "EBUSY") return false;
    throw error;
  }
}

/** Rename; across file systems copy, then remove. For small directories of fleet's and git's own. */
export function moveDirectory(from: string, to: string): void {
  if (tryRename(from, to)) return;
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  rmSync(from, { recursive: true });
}
