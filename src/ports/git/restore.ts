// From a saved ref back to files: the reverse of frozen.ts where the directory itself is gone.
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { Git } from "./call";
import { diskPath, gitUnsafe } from "./frozen";

/** Write what `ref` holds over the fresh checkout in `worktree`. Returns the ignored paths that it does not hold. */
export async function restoreSaved(git: Git, common: string, worktree: string, ref: string): Promise<string[]> {
  const parent = (await git.try(common, ["rev-parse", "--verify", "--quiet", `${ref}^^{tree}`])).stdout.trim();
  const saved = `${ref}:worktree`;
  const changes = parent
    ? await git.call(common, ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", parent, saved], { encoding: "latin1" })
    : await git.call(common, ["ls-tree", "-r", "-z", saved], { encoding: "latin1" });
  const entries = parent ? rawEntries(changes) : treeEntries(changes);
  for (const { path, oid, mode } of entries) await writeEntry(git, common, worktree, gitUnsafe(path), oid, mode);
  const modes = JSON.parse(await blob(git, common, `${ref}:modes`)) as Record<string, string>;
  for (const [path, mode] of Object.entries(modes)) chmodQuietly(diskPath(worktree, path), parseInt(mode, 8));
  const index = (await git.call(worktree, ["rev-parse", "--path-format=absolute", "--git-path", "index"])).trim();
  writeFileSync(index, Buffer.from(await blob(git, common, `${ref}:index`), "latin1"));
  return (await blob(git, common, `${ref}:ignored`)).split("\0").filter(Boolean).map((path) => Buffer.from(path, "latin1").toString("utf8"));
}

interface Entry {
  path: string;
  /** null: the path is to be gone. */
  oid: string | null;
  mode: string;
}

function rawEntries(output: string): Entry[] {
  const records = output.split("\0");
  const entries: Entry[] = [];
  for (let i = 0; i + 1 < records.length; i += 2) {
    const [, mode = "", , oid = ""] = records[i]!.split(" ");
    entries.push({ path: records[i + 1]!, oid: /^0+$/.test(oid) ? null : oid, mode });
  }
  return entries;
}

function treeEntries(output: string): Entry[] {
  return output.split("\0").filter(Boolean).map((line) => {
    const [, mode = "", oid = "", path = ""] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    return { path, oid, mode };
  });
}

async function writeEntry(git: Git, common: string, worktree: string, path: string, oid: string | null, mode: string): Promise<void> {
  const at = diskPath(worktree, path);
  rmSync(at, { recursive: true, force: true });
  if (oid === null || mode === "160000") return;
  mkdirSync(diskPath(worktree, path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "."), { recursive: true });
  const content = Buffer.from(await blob(git, common, oid), "latin1");
  if (mode === "120000") symlinkSync(content, at);
  else writeFileSync(at, content, { mode: mode === "100755" ? 0o755 : 0o644 });
}

function blob(git: Git, common: string, name: string): Promise<string> {
  return git.call(common, ["cat-file", "blob", name], { encoding: "latin1" });
}

function chmodQuietly(path: Buffer, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch {
    // A dangling link has no mode of its own.
  }
}
