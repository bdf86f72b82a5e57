// Which files hold conversations of an agent: where its kind looks for them, and whose each one says it is.
import { realpathSync } from "node:fs";
import type { LineTranscript, Memory } from "../../kinds/transcripts/transcript";
import { openLook, readNewLines, stampOf } from "../../ports/transcript-lines";
import type { Owner } from "./ledger";
import type { Overview } from "./overview";

export interface Found {
  path: string;
  size: number;
  mtime: number;
  born: number;
}

export interface Search {
  look: ReturnType<typeof openLook>;
  overview: Overview;
  now: number;
  /** Heads asked for in this run: the others are forgotten. */
  seen: Set<string>;
  changed: boolean;
  /** No time is left to open a file. */
  late(): boolean;
  missed: boolean;
}

export function openSearch(overview: Overview, now: number, late: () => boolean): Search {
  return { look: openLook(), overview, now, seen: new Set(), changed: false, late, missed: false };
}

const MOST_DAYS = 60;
const HEAD_LINES = 200;
const HEAD_BYTES = 1 << 16;

/** The agent's own files, the oldest first. */
export function findFiles(search: Search, transcript: LineTranscript, env: Record<string, string | undefined>, owner: Owner): Found[] {
  const { now } = search;
  const since = Math.max(owner.created, now - MOST_DAYS * 86_400_000);
  const found = transcript.files({ env, worktree: owner.worktree, since, now: owner.ended ?? now }, search.look).flatMap((path): Found[] => {
    if (!transcript.own && !isOf(headOf(search, transcript, path), owner.worktree)) return [];
    const stamp = stampOf(path);
    // File systems round. What was last written before the agent, or begun after its end, is another agent's of the same place.
    return stamp && stamp.mtime >= owner.created - 2_000 && (owner.ended === null || stamp.born <= owner.ended + 2_000) ? [{ path, ...stamp }] : [];
  });
  return found.sort((a, b) => a.born - b.born || a.path.localeCompare(b.path));
}

function isOf(head: string, worktree: string): boolean {
  return head === worktree || head.startsWith(`${worktree}/`);
}

/** Where the conversation was begun; "" while the file does not say so. */
function headOf(search: Search, transcript: LineTranscript, path: string): string {
  const { heads } = search.overview;
  search.seen.add(path);
  const known = Object.hasOwn(heads, path) ? heads[path] : undefined;
  if (known !== undefined) return known;
  if (search.late()) {
    search.missed = true;
    return "";
  }
  const memory: Memory = {};
  let lines = 0;
  readNewLines(path, null, {
    line(line) {
      if (memory["cwd"] === undefined && lines++ < HEAD_LINES) transcript.read(line, memory);
    },
    restart() {},
    late: () => memory["cwd"] !== undefined || lines >= HEAD_LINES,
  }, HEAD_BYTES);
  const head = String(memory["cwd"] ?? "");
  if (head === "") return "";
  heads[path] = realPath(head);
  search.changed = true;
  return heads[path]!;
}

/** The path itself where it is gone. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Files that are no more need no head: the rest stays as small as what there is. */
export function forgetHeads({ overview, seen }: Search): void {
  for (const path of Object.keys(overview.heads)) if (!seen.has(path)) delete overview.heads[path];
}
