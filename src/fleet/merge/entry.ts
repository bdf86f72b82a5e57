// What a merge or a sync moved: known before it moves anything, and kept afterwards for an undo.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AgentRecord, Base } from "../../base/model";
import { jsonFilesIn, removeIfEmpty } from "../../ports/directory";
import type { Git } from "../../ports/git/call";
import { removeRef } from "../../ports/git/ref";
import { writeFileAtomic } from "../../ports/store";
import { isId } from "../naming";

/** How the commits of an agent get into the target: a commit with both as parents, one commit, one by one, or as they are. */
export type MergeWay = "merge" | "squash" | "rebase" | "ff";

export interface MergeEntry {
  id: string;
  /** Its own among the merges of this agent: what it keeps goes by this name. */
  key: string;
  record: AgentRecord;
  way: MergeWay | "sync";
  /** The branch that the agent has checked out, and its commits on the way: as it was, with what was uncommitted, at the end. */
  agent: { branch: string; from: string; committed: string | null; to: string | null };
  /** The target, and the checkout that has it (null: none). For a sync: what is brought in, which does not move. */
  into: { branch: string; from: string; to: string | null; checkout: string | null };
  /** Under this ref lies what git wrote over. */
  ref: string | null;
  /** Agents that started from this one's branch, with the base that they had. */
  restacked: { id: string; base: Base }[];
  /** ISO 8601. */
  at: string;
}

/** Where the commits of merges, and the files that they wrote over, are kept. */
export const MERGED_REFS = "refs/fleet/merged/";

export function mergedRef({ key }: Pick<MergeEntry, "key">): string {
  return `${MERGED_REFS}${key}`;
}

export function mergeKey(id: string, now: number): string {
  return `${id}-${now.toString(36)}`;
}

function mergeFile(home: string, id: string): string {
  return join(home, "merges", `${id}.json`);
}

/** The index of the agent's worktree as it was before. */
export function keptIndex(home: string, { key }: Pick<MergeEntry, "key">): string {
  return join(home, "merges", `${key}.index`);
}

/** From now on this is the agent's merge that an undo takes back; an earlier one lies beneath it. */
export async function writeMerge(git: Git, home: string, entry: MergeEntry): Promise<void> {
  const earlier = mergeOf(home, entry.id);
  mkdirSync(join(home, "merges"), { recursive: true, mode: 0o700 });
  writeFileAtomic(mergeFile(home, entry.id), JSON.stringify(entry, null, 1));
  if (earlier && earlier.key !== entry.key) await forgetKept(git, home, earlier);
}

/** The last merge of an agent; null when there is none, or when it can't be read. */
export function mergeOf(home: string, id: string): MergeEntry | null {
  try {
    return readMerge(JSON.parse(readFileSync(mergeFile(home, id), "utf8")), id);
  } catch {
    return null;
  }
}

/** A merge as a journal or a file has it; null when it is not whole. */
export function readMerge(value: unknown, id: string): MergeEntry | null {
  const entry = value as MergeEntry | null;
  const whole = typeof entry === "object" && entry !== null && entry.id === id && entry.record?.id === id && typeof entry.key === "string" && typeof entry.agent?.from === "string" && typeof entry.into?.from === "string";
  return whole ? entry : null;
}

/** All merges that can be undone, the newest first. */
export function merges(home: string): MergeEntry[] {
  const entries = jsonFilesIn(join(home, "merges")).filter(({ name }) => isId(name));
  return entries.flatMap(({ name, value }) => readMerge(value, name) ?? []).sort((a, b) => b.at.localeCompare(a.at));
}

/** A branch has another name: what undoes merges of it, into it and from it knows it by that. `id`: whose own branch it is. */
export function renameInMerges(home: string, { id, repo, from, to, session }: { id: string; repo: string; from: string; to: string; session: string }): void {
  const named = <T extends { branch: string | null }>(place: T): T => (place.branch === from ? { ...place, branch: to } : place);
  for (const entry of merges(home).filter(({ record }) => record.repo === repo)) {
    const record = { ...named(entry.record), base: named(entry.record.base), ...(entry.id === id ? { session } : {}) };
    const renamed: MergeEntry = { ...entry, record, agent: named(entry.agent), into: named(entry.into), restacked: entry.restacked.map((one) => ({ ...one, base: named(one.base) })) };
    if (JSON.stringify(renamed) !== JSON.stringify(entry)) writeFileAtomic(mergeFile(home, entry.id), JSON.stringify(renamed, null, 1));
  }
}

/** From now on it can't be undone; an earlier one of the same agent still can. */
export async function forgetMerge(git: Git, home: string, entry: MergeEntry): Promise<void> {
  await forgetKept(git, home, entry);
  if (mergeOf(home, entry.id)?.key === entry.key) rmSync(mergeFile(home, entry.id), { force: true });
  removeIfEmpty(join(home, "merges"));
}

async function forgetKept(git: Git, home: string, entry: MergeEntry): Promise<void> {
  await removeRef(git, entry.record.repo, mergedRef(entry));
  rmSync(keptIndex(home, entry), { force: true });
}
