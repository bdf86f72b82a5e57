// Emptying the trash: what is too old, and the oldest of what is too much. Saved refs live longer than the directories.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import type { Git } from "../ports/git/call";
import { commitRefs, removeRef } from "../ports/git/ref";
import { operations } from "../ports/journal";
import { withLockIfFree } from "../ports/lock";
import { mountsBelow, removeTree } from "../ports/move";
import type { Store } from "../ports/store";
import { purgeStamp } from "./leave-purge";
import { forgetMerge, MERGED_REFS, mergedRef, merges } from "./merge/entry";
import { madeRoots, worktreeRoot } from "./naming";
import { EMPTYING, emptyTrash, forgetTrashEntry, readEntry, SAVED_REFS, savedRef, trashEntries, type TrashEntry, trashFolder } from "./trash";

export interface TrashLimits {
  /** Days that a directory stays; 0: until the next purge. */
  days: number;
  /** Bytes that all directories together may take. */
  bytes: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Days that a saved ref, and with it the work without ignored files, stays. */
export const REF_DAYS = 30;

/** Which directories go, and which entries go whole, with their ref. Pure. `sizes` are bytes by id; what is not in the trash has none. */
export function planPurge(entries: readonly Pick<TrashEntry, "id" | "at">[], sizes: ReadonlyMap<string, number>, limits: TrashLimits, now: number): { empty: string[]; forget: string[] } {
  const age = ({ at }: { at: string }) => (now - Date.parse(at)) / DAY_MS;
  // Without a readable time it is as new as can be: nothing is thrown away on a guess.
  const forget = entries.filter((entry) => age(entry) > Math.max(REF_DAYS, limits.days)).map(({ id }) => id);
  const empty: string[] = [];
  let total = 0;
  for (const entry of [...entries].sort((a, b) => b.at.localeCompare(a.at))) {
    const size = sizes.get(entry.id);
    if (size === undefined) continue;
    // The newest stays, however large it is: somebody may have killed it by mistake a moment ago.
    if (age(entry) > limits.days || (total > 0 && total + size > limits.bytes)) empty.push(entry.id);
    else total += size;
  }
  return { empty: [...new Set([...empty, ...forget.filter((id) => sizes.has(id))])], forget };
}

/** Empty what is due, with the lowest priority. Does nothing while another process is at it. */
export async function purgeTrash({ git, store }: { git: Git; store: Store }, limits: TrashLimits, now: number): Promise<void> {
  try {
    // The agents' own work comes first.
    setPriority(19);
  } catch {
    // Not permitted: it is as quick as the others.
  }
  await withLockIfFree(store.path("locks", "purge"), async () => {
    mkdirSync(dirname(purgeStamp(store.home)), { recursive: true });
    writeFileSync(purgeStamp(store.home), "");
    const entries = trashEntries(store.home).filter(({ id }) => !busy(store).has(id));
    const sizes = new Map<string, number>();
    // What lies beside a worktree that was there before its agent is not fleet's.
    const own = entries.filter(({ record }) => !record.adopted);
    for (const entry of own) if (existsSync(trashFolder(entry))) sizes.set(entry.id, await sizeOf(entry));
    const { empty, forget } = planPurge(entries, sizes, limits, now);
    for (const entry of entries) {
      // An undo may have begun meanwhile.
      if (busy(store).has(entry.id)) continue;
      // It waits for a later purge until what is mounted in it is gone.
      if (isMounted(entry)) continue;
      if (empty.includes(entry.id) || forget.includes(entry.id)) emptyTrash(entry);
      if (forget.includes(entry.id)) await forgetSaved({ git, store }, entry);
    }
    await forgetMerges({ git, store }, now);
    for (const folder of new Set(own.map((entry) => dirname(trashFolder(entry))))) removeHalves(folder);
    for (const common of new Set([...entries, ...store.agents().map((record) => ({ record }))].map(({ record }) => record.repo))) await forgetOldRefs(git, store, common, now);
  });
}

/** Something is mounted in what the trash has of it. */
export function isMounted(entry: TrashEntry): boolean {
  return !entry.record.adopted && mountsBelow(trashFolder(entry)).length > 0;
}

/** What a purge was emptying when it died. */
function removeHalves(folder: string): void {
  for (const name of namesIn(folder).map(String)) if (name.endsWith(EMPTYING) && mountsBelow(join(folder, name)).length === 0) removeTree(join(folder, name));
}

function busy(store: Store): Set<string> {
  return new Set(operations(store.home).map(({ id }) => id));
}

/** The saved ref of a killed agent, and what is known of it. */
export async function forgetSaved({ git, store }: { git: Git; store: Store }, entry: TrashEntry): Promise<void> {
  if (!existsSync(entry.record.repo)) return;
  const removed = await removeRef(git, entry.record.repo, savedRef(entry.id)).then(() => true, () => false);
  if (removed) forgetTrashEntry(store.home, entry.id);
}

/** Merges that are as old as no saved ref may be, or whose agent neither lives nor can be brought back. */
async function forgetMerges({ git, store }: { git: Git; store: Store }, now: number): Promise<void> {
  const known = new Set([...store.agents(), ...trashEntries(store.home)].map(({ id }) => id));
  for (const merge of merges(store.home)) {
    const old = (now - Date.parse(merge.at)) / DAY_MS > REF_DAYS;
    if ((old || !known.has(merge.id)) && !busy(store).has(merge.id) && existsSync(merge.record.repo)) await forgetMerge(git, store.home, merge).catch(() => {});
  }
}

export interface OldRef {
  ref: string;
  common: string;
  oid: string;
  /** Epoch milliseconds. */
  at: number;
  /** Surely of this FLEET_HOME, and of no other that works in the same repository. */
  own: boolean;
}

/** Refs whose entry was lost, or is that of another FLEET_HOME. Their commit's time is that of the kill. */
export async function oldRefs(git: Git, store: Store, common: string): Promise<OldRef[]> {
  if (!existsSync(common)) return [];
  const refs = (await Promise.all([SAVED_REFS, MERGED_REFS].map((prefix) => commitRefs(git, common, prefix).catch(() => [])))).flat();
  const entries = trashEntries(store.home);
  const known = new Set([...entries.map(({ id }) => savedRef(id)), ...merges(store.home).map(mergedRef)]);
  const records = [...store.agents(), ...entries.map(({ record }) => record)];
  const roots = new Set([store.path("worktrees"), ...madeRoots(records)]);
  const ids = new Set(records.map(({ id }) => id));
  const isOwn = (ref: string, body: string) =>
    ref.startsWith(MERGED_REFS) ? ids.has(ref.slice(MERGED_REFS.length).split("-")[0]!) : readEntry(body).some(({ record }) => roots.has(worktreeRoot(record.worktree)));
  return refs.filter(({ ref, email }) => email === "<fleet@localhost>" && !known.has(ref)).map(({ ref, oid, committed, body }) => ({ ref, common, oid, at: committed * 1000, own: isOwn(ref, body) }));
}

async function forgetOldRefs(git: Git, store: Store, common: string, now: number): Promise<void> {
  for (const { ref, at } of await oldRefs(git, store, common)) if ((now - at) / DAY_MS > REF_DAYS) await removeRef(git, common, ref).catch(() => {});
}

/** Bytes on disk; counted once, for what is in the trash does not grow. */
async function sizeOf(entry: TrashEntry): Promise<number> {
  const file = join(trashFolder(entry), "size");
  try {
    const known = Number(readFileSync(file, "utf8"));
    if (known > 0) return known;
  } catch {
    // Not counted yet.
  }
  const size = await bytesUnder(trashFolder(entry));
  try {
    writeFileSync(file, String(size), { mode: 0o600 });
  } catch {
    // A full disk: counted again next time.
  }
  return size;
}

async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0;
  const folders: (string | Buffer)[] = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    // The lock wants to be renewed in between.
    await Bun.sleep(0);
    for (const name of namesIn(at)) {
      const path = Buffer.concat([Buffer.from(at), Buffer.from("/"), name]);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory()) folders.push(path);
      bytes += (stat?.blocks ?? 0) * 512;
    }
  }
  return bytes;
}

function namesIn(folder: string | Buffer): Buffer[] {
  try {
    return readdirSync(folder, { encoding: "buffer" }) as unknown as Buffer[];
  } catch {
    return [];
  }
}
