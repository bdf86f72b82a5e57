// All that a worktree holds beyond its commit, made anew in another one: index, changed and untracked files, deletions, links, modes.
// The first one is only read. Paths are latin1 strings: names need not be UTF-8.
import { type BigIntStats, chmodSync, constants, copyFileSync, existsSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, closeSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Git } from "./call";
import { type Contents, frozenEnvironment, readContents } from "./frozen";
import { diskPath, insideOf, lookAt, parentOf } from "./import-stream";
import { isFreeOfLinks, remove, setModes } from "./restore";

export interface Stand {
  /** The worktree. */
  tree: string;
  /** Its git directory, `<common>/worktrees/NAME`. */
  admin: string;
  common: string;
}

export interface Copied {
  /** How many paths differ from the commit. */
  paths: number;
  /** What can't be had twice: pipes and sockets, worktrees of other repositories within. */
  skipped: string[];
  /** Two looks, before and after, saw the same: it is the state of one moment. */
  settled: boolean;
}

/** Somebody committed meanwhile: what is copied belongs to another commit than the copy was made at. */
export class HeadMoved extends Error {}

// A tree in which somebody works is looked at again.
const TRIES = 5;

/** Make `to`, a checkout of `head` in which nobody works yet, hold what `from` holds. Throws HeadMoved. */
export async function copyState(git: Git, from: Stand, to: Stand, head: string): Promise<Copied> {
  const paths = new Set<string>();
  let before = await look(git, from);
  for (let tries = 1; ; tries++) {
    if (before.contents.head !== head) throw new HeadMoved();
    for (const path of before.contents.paths) paths.add(path.replace(/\/$/, ""));
    const skipped = copyOnce(from, to, paths, before.contents);
    const after = await look(git, from);
    const settled = after.stamp === before.stamp;
    if (!settled && tries < TRIES) {
      before = after;
      continue;
    }
    if (after.contents.head !== head) throw new HeadMoved();
    // Not needed for the answers of git, only for how soon they come.
    await git.try(to.tree, ["-c", "core.fsmonitor=false", "update-index", "-q", "--refresh"]);
    return { paths: before.contents.paths.size, skipped, settled };
  }
}

/** How many paths of a worktree differ from its commit. */
export async function countChanges(git: Git, stand: Stand): Promise<number> {
  return (await readContents(git, { ...stand, submodules: false })).paths.size;
}

async function look(git: Git, from: Stand): Promise<{ contents: Contents; stamp: string }> {
  const contents = await readContents(git, { ...from, submodules: false });
  const marks: string[] = [contents.head ?? "", ...contents.emptyDirectories];
  for (const name of indexFiles(from.admin)) marks.push(name, mark(lstatSync(join(from.admin, name), { bigint: true, throwIfNoEntry: false })));
  for (const path of contents.paths) markTree(from.tree, path.replace(/\/$/, ""), marks);
  return { contents, stamp: Bun.hash(marks.join("\0")).toString(36) };
}

function mark(stat: BigIntStats | undefined): string {
  return stat ? `${stat.mtimeNs} ${stat.ctimeNs} ${stat.size} ${stat.ino} ${stat.mode}` : "-";
}

function markTree(root: string, path: string, marks: string[]): void {
  const at = diskPath(root, path);
  const stat = lookExactly(at);
  marks.push(path, mark(stat));
  if (stat?.isDirectory()) for (const child of childrenOf(at)) markTree(root, `${path}/${child}`, marks);
}

/** undefined also where a part of its way is no directory any more. */
function lookExactly(at: Buffer): BigIntStats | undefined {
  try {
    return lstatSync(at, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The index, and the one that a split index shares. */
function indexFiles(admin: string): string[] {
  return readdirSync(admin).filter((name) => /^(index$|sharedindex\.[0-9a-f]+$)/.test(name)).sort();
}

/** First all that is to be another one goes, so that nothing is written through a link that took a directory's place. */
function copyOnce(from: Stand, to: Stand, paths: ReadonlySet<string>, contents: Contents): string[] {
  const skipped: string[] = [];
  for (const path of paths) if (insideOf(to.tree)(path)) remove(to.tree, path);
  const isInside = insideOf(from.tree);
  for (const path of paths) {
    if (!isInside(path) || !lookAt(from.tree, path)) continue;
    const folder = parentOf(path);
    // A directory here, where there is a link: the link comes, as a path of its own.
    if (!isFreeOfLinks(to.tree, folder)) continue;
    mkdirSync(diskPath(to.tree, folder), { recursive: true });
    copyEntry(from.tree, to.tree, path, skipped);
  }
  // Without its directory git takes a submodule for deleted; with an empty one it waits to be brought.
  const modules = contents.gitlinks.filter((path) => lookAt(from.tree, path)?.isDirectory());
  for (const path of [...contents.emptyDirectories, ...modules]) if (isFreeOfLinks(to.tree, path)) mkdirSync(diskPath(to.tree, path), { recursive: true });
  setModes(to.tree, contents.modes);
  for (const name of [...indexFiles(from.admin), "config.worktree", "info/sparse-checkout"]) replace(join(from.admin, name), join(to.admin, name));
  return skipped;
}

function copyEntry(from: string, to: string, path: string, skipped: string[]): void {
  const [source, target] = [diskPath(from, path), diskPath(to, path)];
  try {
    const stat = lstatSync(source);
    if (stat.isSymbolicLink()) return symlinkSync(readlinkSync(source, { encoding: "buffer" }) as unknown as Buffer, target);
    if (stat.isDirectory()) {
      // Two directories can't be the same worktree.
      if (lookAt(from, `${path}/.git`)?.isFile()) return void skipped.push(`${path}/`);
      mkdirSync(target, { recursive: true });
      for (const child of childrenOf(source)) copyEntry(from, to, `${path}/${child}`, skipped);
      chmodSync(target, stat.mode & 0o7777);
      return;
    }
    if (!stat.isFile()) return void skipped.push(path);
    copyFileSync(source, target, constants.COPYFILE_FICLONE);
    chmodSync(target, stat.mode & 0o7777);
  } catch (error) {
    // It went while it was copied: the look after this one sees that.
    if (!["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function childrenOf(at: Buffer): string[] {
  try {
    return (readdirSync(at, { encoding: "buffer" }) as unknown as Buffer[]).map((name) => name.toString("latin1"));
  } catch {
    return [];
  }
}

/** Whole or not at all: git may look at any moment. */
function replace(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  const temporary = `${to}.fleet`;
  copyFileSync(from, temporary);
  renameSync(temporary, to);
}

/**
 * Whether `copy`, at `head`, holds nothing but what `from` holds, or the beginning of it: what a copy that was cut off leaves. Anything
 * else may be somebody's work.
 */
export async function isCopyOf(git: Git, from: Stand, copy: Stand, head: string): Promise<boolean> {
  for (const name of readdirSync(copy.admin)) if (name.endsWith(".fleet")) rmSync(join(copy.admin, name));
  const contents = await readContents(git, { ...copy, submodules: false });
  if (contents.head !== head) return false;
  for (const path of contents.paths) if (!isBeginningOf(from.tree, copy.tree, path.replace(/\/$/, ""))) return false;
  const staged = async (stand: Stand) => new Set((await git.call(stand.tree, ["diff-index", "-z", "--cached", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none", head], { env: frozenEnvironment(stand), encoding: "latin1" })).replace(/^:|\0$/g, "").split("\0:"));
  const theirs = await staged(from);
  return [...(await staged(copy))].every((entry) => entry === "" || theirs.has(entry));
}

function isBeginningOf(from: string, copy: string, path: string): boolean {
  const [there, here] = [lookAt(from, path), lookAt(copy, path)];
  if (!here) return true;
  if (!there) return false;
  const [source, target] = [diskPath(from, path), diskPath(copy, path)];
  if (here.isSymbolicLink()) return there.isSymbolicLink() && readlinkSync(source, { encoding: "latin1" }) === readlinkSync(target, { encoding: "latin1" });
  if (here.isDirectory()) return there.isDirectory() && childrenOf(target).every((child) => isBeginningOf(from, copy, `${path}/${child}`));
  if (!here.isFile() || !there.isFile() || here.size > there.size) return false;
  return readFileSync(target).equals(beginning(source, here.size));
}

function beginning(file: Buffer, size: number): Buffer {
  const fd = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(size);
    let read = 0;
    while (read < size) {
      const more = readSync(fd, bytes, read, size - read, read);
      if (more === 0) break;
      read += more;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(fd);
  }
}
