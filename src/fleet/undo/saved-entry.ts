// What a saved ref says of its agent. A repository from elsewhere can hold any text there, so it names no place outside, and no program.
import { basename, dirname, join } from "node:path";
import { isId, worktreeFolder, worktreeRoot } from "../naming";
import { savedRef, type TrashEntry } from "../trash";

export interface SavedAt {
  /** The ref whose commit has the entry. */
  ref: string;
  /** The repo's git common directory, as a real path. */
  common: string;
  /** The directories under which fleet makes worktrees here. */
  roots: readonly string[];
}

/** The entry as it may be undone; null when it names anything but this repo, this ref and a place where fleet makes worktrees. Pure. */
export function trustedEntry(entry: TrashEntry, { ref, common, roots }: SavedAt): TrashEntry | null {
  const { id, record, admin } = entry;
  // Of such an agent nothing is ever saved under a ref.
  if (record.adopted) return null;
  if (!isId(id) || ref !== savedRef(id) || (entry.ref !== null && entry.ref !== ref) || record.repo !== common) return null;
  if (admin !== null && (typeof admin !== "string" || dirname(admin) !== join(common, "worktrees") || !isName(admin))) return null;
  if (!roots.includes(worktreeRoot(record.worktree)) || !isWorktreeOf(record.worktree, common)) return null;
  if (![entry.head, entry.tip, entry.deletedAt].every((oid) => oid === null || isOid(oid))) return null;
  if (record.batch !== null && !isId(record.batch)) return null;
  // A later start looks for its program anew, and tells it nothing that only the ref says.
  // A merge is undone by what this FLEET_HOME remembers of it alone.
  const { merged: _, ...plain } = entry;
  return { ...plain, record: { ...record, path: "", args: [], socket: "" } };
}

/** `<root>/<repo>-<6 hex>/<name>`, the hex being this repo's. */
function isWorktreeOf(worktree: string, common: string): boolean {
  const hex = worktreeFolder("", "", common).slice("/".length);
  return isName(worktree) && isName(dirname(worktree)) && basename(dirname(worktree)).endsWith(hex);
}

/** Its last part is a name of its own, written in no other way. */
function isName(path: string): boolean {
  return join(dirname(path), basename(path)) === path && !["", ".", ".."].includes(basename(path)) && !path.includes("\0");
}

function isOid(text: unknown): boolean {
  return typeof text === "string" && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
