// The conversation of an agent whose program chose its own id and tells nobody: looked up in what the program keeps.
import { realpathSync } from "node:fs";
import { builtInKind } from "../kinds/index";
import { queryDatabase } from "../ports/sqlite";

/** The newest conversation held in `worktree` since then (epoch milliseconds); null when there is none. */
export function findConversation(env: Record<string, string | undefined>, kind: string, worktree: string, since: number): string | null {
  const kept = builtInKind(kind)?.conversations;
  if (!kept) return null;
  const [row] = queryDatabase(kept.database(env), kept.query, { $worktree: real(worktree), $since: since }) ?? [];
  const id = row?.["id"];
  return typeof id === "string" && /^[\w-]{1,100}$/.test(id) ? id : null;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
