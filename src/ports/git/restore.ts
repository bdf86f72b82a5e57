// From a saved ref back to a frozen tree: the reverse of frozen.ts where the directory itself is gone.
import { chmodSync, closeSync, mkdirSync, openSync, rmdirSync, rmSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Git } from "./call";
import { readBlobs } from "./blobs";
import { frozenEnvironment } from "./frozen";
import { UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { diskPath, gitUnsafe, insideOf, isBelow, lookAt, parentOf } from "./import-stream";

const POINTERS: readonly string[] = ["commondir", "gitdir"];

export interface Rebuilt {
  /** The commit that was checked out; null for a branch without commits. */
  head: string | null;
  /** Where the worktree's git directory was, and is to be again. */
  adminPlace: string;
  /** The worktree's `.git` file, there. */
  linkPlace: string;
  common: string;
  /** Directories that are there and empty. */
  tree: string;
  admin: string;
  /** Milliseconds that git may say nothing while it reads; readBlobs has a default. */
  stallMs?: number | undefined;
}

/**
 * Fill `tree` and `admin` from what `ref` holds: HEAD's files by git, then every byte that differed, then git's own files.
 * Returns what the ref does not hold: ignored files, submodules that git can bring again.
 */
export async function rebuildFrozen(git: Git, ref: string, where: Rebuilt): Promise<string[]> {
  const { common, tree, admin, head } = where;
  const own = await listTree(git, common, `${ref}:admin`);
  // git takes its configuration, and so its programs, from where this file points: always the repository itself.
  await writeEntries(git, where, admin, own.filter(({ path }) => !POINTERS.includes(path)));
  for (const [name, place] of [["commondir", "../.."], ["gitdir", where.linkPlace]] as const) writeFileSync(join(admin, name), `${place}\n`, { flag: "wx" });
  if (head !== null) await checkOutBase(git, where, head);
  const changes = head === null ? await listTree(git, common, `${ref}:worktree`) : await listChanges(git, common, `${head}^{tree}`, `${ref}:worktree`);
  // Its own link to git is written below, and through nothing that lies there.
  if (changes.some(({ path, oid }) => oid !== null && path.split("/")[0]!.toLowerCase() === ".git")) throw new UserError(`a saved path is not a worktree's: .git`);
  await writeEntries(git, where, tree, changes);
  const text = async (name: string) => await git.call(common, ["--git-dir=.", "cat-file", "blob", `${ref}:${name}`], { encoding: "latin1" });
  const [modes, empty, lacks] = await Promise.all([text("modes"), text("empty"), text("lacks")]);
  for (const path of split(empty)) if (isBelow(path) && isFreeOfLinks(tree, path)) mkdirSync(diskPath(tree, path), { recursive: true });
  setModes(tree, JSON.parse(Buffer.from(modes, "latin1").toString("utf8")) as Record<string, string>);
  writeFileSync(join(tree, ".git"), `gitdir: ${where.adminPlace}\n`, { flag: "wx" });
  return split(lacks).map((path) => Buffer.from(path, "latin1").toString("utf8"));
}

/** With an index of its own: the saved one comes back byte for byte. Sparse or not, what was absent is taken away afterwards. */
async function checkOutBase(git: Git, { tree, admin, common }: Rebuilt, head: string): Promise<void> {
  const index = join(admin, "fleet-index");
  const settings = ["core.hooksPath=/dev/null", "core.fsmonitor=false", "core.sparseCheckout=false", "submodule.recurse=false", "checkout.workers=4"];
  const env = { ...frozenEnvironment({ tree, admin, common }), GIT_INDEX_FILE: index };
  await git.call(tree, [...settings.flatMap((setting) => ["-c", setting]), "read-tree", "-u", "--reset", head], { env });
  rmSync(index, { force: true });
}

interface Entry {
  path: string;
  /** null: the path is to be gone. */
  oid: string | null;
  mode: string;
}

/** Every file below a tree; paths as they were on disk. */
export async function listTree(git: Git, common: string, tree: string): Promise<Entry[]> {
  const output = await git.call(common, ["--git-dir=.", "ls-tree", "-r", "-z", tree], { encoding: "latin1" });
  return split(output).map((text) => {
    const [, mode = "", oid = "", path = ""] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(text) ?? [];
    return { path: gitUnsafe(path), oid, mode };
  });
}

async function listChanges(git: Git, common: string, from: string, to: string): Promise<Entry[]> {
  const output = await git.call(common, ["--git-dir=.", "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to], { encoding: "latin1" });
  const records = split(output);
  const entries: Entry[] = [];
  for (let i = 0; i + 1 < records.length; i += 2) {
    const [, mode = "", , oid = ""] = records[i]!.split(" ");
    const name = records[i + 1]!;
    // What is to be gone is HEAD's, under its own name; what is written is fleet's, under the name that git takes.
    entries.push(/^0+$/.test(oid) ? { path: name, oid: null, mode } : { path: gitUnsafe(name), oid, mode });
  }
  return entries;
}

/** First all that is to be gone, so that no write and no removal goes through a link that took a directory's place. */
export async function writeEntries(git: Git, { common, stallMs }: Pick<Rebuilt, "common" | "stallMs">, root: string, entries: readonly Entry[]): Promise<void> {
  const outside = entries.find(({ path }) => !isBelow(path));
  if (outside) throw new UserError(`a saved path leads out of the worktree: ${oneLine(outside.path)}`);
  for (const { path } of entries) if (insideOf(root)(path)) remove(root, path);
  const written = entries.filter(({ oid, mode }) => oid !== null && mode !== "160000");
  for (const folder of new Set(written.map(({ path }) => parentOf(path)))) {
    if (!isFreeOfLinks(root, folder)) throw new UserError(`a saved path leads through a link: ${oneLine(folder)}`);
    mkdirSync(diskPath(root, folder), { recursive: true });
  }
  let open: { fd: number } | undefined;
  let link: Uint8Array[] = [];
  try {
    await readBlobs(git, common, written.map(({ oid }) => oid!), (index, piece) => {
      const { path, mode } = written[index]!;
      const at = diskPath(root, path);
      if (mode === "120000") {
        if (piece.length > 0) return void link.push(piece.slice());
        symlinkSync(Buffer.concat(link), at);
        link = [];
        return;
      }
      open ??= { fd: openSync(at, "wx", mode === "100755" ? 0o755 : 0o644) };
      for (let rest = piece; rest.length > 0; ) rest = rest.subarray(writeSync(open.fd, rest));
      if (piece.length > 0) return;
      closeSync(open.fd);
      open = undefined;
    }, stallMs);
  } finally {
    if (open) closeSync(open.fd);
  }
}

/** With the directories that are empty without it, as git does it. */
export function remove(root: string, path: string): void {
  rmSync(diskPath(root, path), { recursive: true, force: true });
  for (let part = parentOf(path); part !== ""; part = parentOf(part)) {
    try {
      rmdirSync(diskPath(root, part));
    } catch {
      return;
    }
  }
}

/** Every part of `path` that is there is a directory. */
export function isFreeOfLinks(root: string, path: string): boolean {
  for (let part = path; part !== ""; part = parentOf(part)) if (lookAt(root, part)?.isDirectory() === false) return false;
  return true;
}

/** Never through a link: chmod would reach what it points at. */
export function setModes(tree: string, modes: Record<string, string>): void {
  const isInside = insideOf(tree);
  for (const [path, mode] of Object.entries(modes)) {
    const at = diskPath(tree, path);
    if (isBelow(path) && isInside(path) && lookAt(tree, path)?.isFile()) chmodSync(at, parseInt(mode, 8));
  }
}

function split(bytes: string): string[] {
  return bytes.split("\0").filter(Boolean);
}
