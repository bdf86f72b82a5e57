// Files as they lie on disk before git writes over them, kept under a ref: git gives back what it would write, not what was there.
import { readFileSync, readlinkSync } from "node:fs";
import type { Git } from "./call";
import { importStream } from "./fast-import";
import { diskEntry, diskPath, file, type Found, insideOf, line, lookAt } from "./import-stream";
import { listTree, setModes, writeEntries } from "./restore";

export interface Keeping {
  common: string;
  ref: string;
  message: string;
  /** Commits that the ref keeps too. */
  commits: readonly string[];
  /** Paths (latin1) of checkouts, each under a name of its own. */
  parts: readonly { name: string; root: string; paths: readonly string[] }[];
}

/** Throws what reading the files throws, or ProcessError. */
export async function keepFiles(git: Git, { common, ref, message, commits, parts }: Keeping): Promise<void> {
  await importStream(git, { cwd: common, env: { GIT_DIR: common }, gitDir: common }, stream());
  function* stream(): Generator<Uint8Array> {
    const note = Buffer.from(message);
    yield line(`commit ${ref}\ncommitter fleet <fleet@localhost> ${Math.floor(Date.now() / 1000)} +0000\ndata ${note.length}\n`);
    yield note;
    const [first, ...more] = new Set(commits);
    yield line(`\nfrom ${first}\n`);
    for (const commit of more) yield line(`merge ${commit}\n`);
    yield line("deleteall\n");
    for (const { name, root, paths } of parts) {
      const found: Found = { modes: {}, emptyDirectories: [], special: [] };
      const isInside = insideOf(root);
      for (const path of paths) if (isInside(path) && isFile(root, path)) yield* diskEntry(root, path, name, found);
      yield* file(`${name}.modes`, "100644", Buffer.from(JSON.stringify(found.modes)));
    }
    yield line("done\n");
  }
}

export interface GivingBack {
  name: string;
  root: string;
  /** `clean`: only where git sees no change, so that nobody's edit is written over; the default. */
  over?: "clean" | "all";
}

/** Where a file or link of the checkout has other bytes or permissions than were kept, it gets those. Throws ProcessError. */
export async function giveBackFiles(git: Git, common: string, ref: string, { name, root, over = "clean" }: GivingBack): Promise<void> {
  const prefix = `${name}/`;
  const all = await listTree(git, common, ref);
  // Nothing had it checked out when it was kept.
  if (!all.some(({ path }) => path === `${name}.modes`)) return;
  const kept = all.flatMap((entry) => (entry.path.startsWith(prefix) ? [{ ...entry, path: entry.path.slice(prefix.length) }] : []));
  const modes = JSON.parse(await git.call(common, ["--git-dir=.", "cat-file", "blob", `${ref}:${name}.modes`])) as Record<string, string>;
  const isInside = insideOf(root);
  const edited = over === "all" ? new Set<string>() : await editedIn(git, root);
  const wanted = kept.filter(({ path }) => isInside(path) && isFile(root, path) && !edited.has(path));
  await writeEntries(git, { common }, root, wanted.filter(({ path, oid }) => blobAt(root, path, oid!.length) !== oid));
  const known = new Set(wanted.map(({ path }) => path));
  setModes(root, Object.fromEntries(Object.entries(modes).filter(([path]) => known.has(path))));
}

/** Paths whose content differs from the index. */
async function editedIn(git: Git, root: string): Promise<Set<string>> {
  const quiet = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
  // diff-files goes by stat data alone.
  await git.try(root, [...quiet, "update-index", "-q", "--refresh"]);
  const output = await git.call(root, [...quiet, "diff-files", "-z", "--name-only", "--ignore-submodules=all"], { encoding: "latin1" });
  return new Set(output.split("\0").filter(Boolean));
}

function isFile(root: string, path: string): boolean {
  const stat = lookAt(root, path);
  return stat !== undefined && (stat.isFile() || stat.isSymbolicLink());
}

/** The name that git would give to what lies there, unfiltered; null where nothing does. */
export function blobAt(root: string, path: string, length: number): string | null {
  const stat = lookAt(root, path);
  if (!stat || stat.isDirectory()) return null;
  const at = diskPath(root, path);
  const bytes = stat.isSymbolicLink() ? (readlinkSync(at, { encoding: "buffer" }) as unknown as Buffer) : readFileSync(at);
  return new Bun.CryptoHasher(length === 64 ? "sha256" : "sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
