// A worktree that was moved aside, told to git as it is: its whole state as raw bytes under one ref.
// Never `git add`: it fails on conflicts, its filters change bytes, and a nested repository becomes a bare link.
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Git } from "./call";
import { importStream } from "./fast-import";
import { objectsOfExtensions } from "./index-file";
import { deletion, diskEntry, diskPath, file, type Found, insideOf, line, lookAt, object, parentOf } from "./import-stream";

/** Where the parts of a worktree lie while it is frozen. */
export interface Frozen {
  /** The moved directory. */
  tree: string;
  /** Its git directory, once `<common>/worktrees/NAME`. */
  admin: string;
  common: string;
  /** Submodules have work that is nowhere else: their files and repositories are saved too. */
  submodules: boolean;
}

/** What must be written. Paths are latin1 strings. */
export interface Contents {
  head: string | null;
  headTree: string | null;
  /** Paths whose content in the tree differs from HEAD, or that HEAD lacks. */
  paths: Set<string>;
  /** Every tracked path with its permissions where they are not the usual ones. */
  modes: Record<string, string>;
  emptyDirectories: string[];
  /** Where the index has another repository's commit: submodules. */
  gitlinks: string[];
  /** Ignored paths (directories collapsed) and submodules that git can bring again: an undo from the ref alone lacks them. */
  lacks: string[];
  /** Objects that only the index names, staged or in its caches: without a ref they are collected, and git then finds it broken. */
  indexObjects: Map<string, "blob" | "tree">;
  /** Commits that the worktree's git directory names: reflog, a rebase or merge under way. */
  commits: string[];
}

const QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false"];
const MORE_PARENTS = 200;

/**
 * Save the frozen tree under `ref`: `worktree/` with every byte that HEAD does not have, `admin/` (index, HEAD, a rebase
 * under way …), `index-objects/`, `modes`, `empty`, `lacks`. Its parents are HEAD, `keep` and what the reflog names.
 * Throws when anything could not be read or written, or when git takes in nothing for `stallMs` milliseconds.
 */
export async function saveFrozen(git: Git, frozen: Frozen, ref: string, message: string, keep: readonly string[] = [], stallMs = 60_000): Promise<void> {
  const contents = await readContents(git, frozen, keep);
  await importStream(git, { cwd: frozen.tree, env: frozenEnvironment(frozen), gitDir: frozen.admin }, stream(frozen, contents, ref, message), stallMs);
}

/** The environment in which git takes the frozen tree for what it was. */
export function frozenEnvironment({ tree, admin, common }: Pick<Frozen, "tree" | "admin" | "common">): Record<string, string> {
  return { GIT_DIR: admin, GIT_COMMON_DIR: common, GIT_WORK_TREE: tree };
}

/** What of it git does not have in HEAD. Nothing is written, not even the index. */
export async function readContents(git: Git, frozen: Frozen, keep: readonly string[] = []): Promise<Contents> {
  const env = frozenEnvironment(frozen);
  const ask = async (args: string[]) => split(await git.call(frozen.tree, [...QUIET, ...args], { env, encoding: "latin1" }));
  const head = (await git.try(frozen.tree, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { env })).stdout.trim() || null;
  const others = ["ls-files", "-z", "--others", "--exclude-standard"];
  const [changed, untracked, collapsed, tracked, staged, ignored, conversion] = await Promise.all([
    ask(["diff-files", "-z", "--name-only", "--ignore-submodules=all"]),
    ask(others),
    ask([...others, "--directory"]),
    ask(["ls-files", "-z", "-v", "--stage"]),
    head === null ? [] : ask(["diff-index", "-z", "--cached", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none", head]),
    ask([...others, "--ignored", "--directory"]),
    git.try(frozen.tree, ["config", "--get-regexp", "^core\\.(autocrlf|eol|attributesfile)$"], { env }),
  ]);
  const contents: Contents = { head, headTree: null, paths: new Set([...changed, ...untracked]), modes: {}, emptyDirectories: [], gitlinks: [], lacks: ignored, indexObjects: new Map(), commits: [] };
  const named = new Set([...keep, ...namedIn(frozen.admin)]);
  for (const entry of tracked) noteTracked(frozen, contents, entry, named);
  noteStaged(contents, staged, named);
  await noteObjects(git, frozen, contents, named);
  for (const path of collapsed) if (path.endsWith("/")) findEmpty(frozen.tree, path.slice(0, -1), contents.emptyDirectories);
  if (conversion.stdout !== "" || mayConvert(git, frozen, [...tracked, ...untracked])) for (const entry of await ask(["ls-files", "-z", "--eol"])) noteLineEnds(contents, entry);
  return contents;
}

/** One record of `ls-files -v --stage`: flag, mode, object and stage before the path. */
function noteTracked({ tree, submodules }: Frozen, contents: Contents, entry: string, named: Set<string>): void {
  const [, flag = "", mode = "", oid = "", stage = "", path = ""] = /^(.) (\d+) ([0-9a-f]+) (\d)\t(.*)$/s.exec(entry) ?? [];
  // Lower case is assume-unchanged, S skip-worktree: git looks away from what may have changed there.
  if (/[a-zS]/.test(flag) || stage !== "0" || contents.head === null) contents.paths.add(path);
  if ((stage !== "0" || contents.head === null) && isBlob(mode)) named.add(oid);
  if (mode === "160000") return noteSubmodule(tree, submodules, contents, path);
  const stat = lookAt(tree, path);
  const permissions = stat?.isFile() ? stat.mode & 0o7777 : 0o644;
  if (permissions !== 0o644 && permissions !== 0o755) contents.modes[path] = permissions.toString(8);
}

/** A repository within the tree lies nowhere else; one under the worktree's git directory is saved where it has work of its own. */
function noteSubmodule(tree: string, save: boolean, contents: Contents, path: string): void {
  contents.gitlinks.push(path);
  const link = lookAt(tree, `${path}/.git`);
  if (!link) return;
  if (link.isDirectory() || save) contents.paths.add(path);
  else contents.lacks.push(`${path}/`);
}

/** `:oldmode newmode oldoid newoid status` and the path are separate records with -z. */
function noteStaged(contents: Contents, records: string[], named: Set<string>): void {
  for (let i = 0; i + 1 < records.length; i += 2) {
    const [, mode = "", , oid = ""] = records[i]!.split(" ");
    if (isBlob(mode) && !/^0+$/.test(oid)) named.add(oid);
    if (mode !== "160000") contents.paths.add(records[i + 1]!);
  }
}

function isBlob(mode: string): boolean {
  return mode.startsWith("10") || mode === "120000";
}

/** git knows no empty directories. Those of nested repositories are found when they are written. */
function findEmpty(tree: string, path: string, found: string[]): void {
  if (!lookAt(tree, path)?.isDirectory()) return;
  const children = readdirSync(diskPath(tree, path), { encoding: "buffer" }) as unknown as Buffer[];
  if (children.length === 0) found.push(path);
  if (children.some((child) => child.equals(Buffer.from(".git")))) return;
  for (const child of children) findEmpty(tree, `${path}/${child.toString("latin1")}`, found);
}

/** Line ends may differ between what git has and what lies there, and git calls that clean. Asking costs a read of every file. */
function mayConvert(git: Git, { common }: Frozen, paths: readonly string[]): boolean {
  const config = git.env["XDG_CONFIG_HOME"] || join(git.env["HOME"] || homedir(), ".config");
  return existsSync(join(common, "info", "attributes")) || existsSync(join(config, "git", "attributes")) || paths.some((path) => /(^|[/\t])\.gitattributes$/.test(path));
}

/** `i/lf    w/crlf  attr/text=auto \tpath` */
function noteLineEnds({ paths }: Contents, entry: string): void {
  const [, inIndex = "", inTree = "", path = ""] = /^i\/(\S*)\s+w\/(\S*)\s+attr\/[^\t]*\t(.*)$/s.exec(entry) ?? [];
  if (inTree !== "" && (inIndex !== inTree || inTree === "mixed")) paths.add(path);
}

/** What git's own files of the worktree name. */
function namedIn(admin: string): string[] {
  const texts = ["logs/HEAD", "rebase-merge", "rebase-apply", "sequencer", "refs"].map((name) => textsOf(join(admin, name)));
  const names = readdirSync(admin);
  for (const name of names) if (/^[A-Z_]+$/.test(name)) texts.push(textsOf(join(admin, name)));
  const oids: string[] = texts.join("\n").match(/\b([0-9a-f]{64}|[0-9a-f]{40})\b/g) ?? [];
  const oidBytes = (oids[0]?.length ?? 40) / 2;
  return [...oids, ...names.filter((name) => /^(index$|sharedindex\.)/.test(name)).flatMap((name) => objectsOfExtensions(readFileSync(join(admin, name)), oidBytes))];
}

/** Of what is named, that which is there: git refuses to save what is not, and nothing is lost with it. */
async function noteObjects(git: Git, frozen: Frozen, contents: Contents, named: ReadonlySet<string>): Promise<void> {
  if (contents.head === null && named.size === 0) return;
  const asked = [...(contents.head === null ? [] : [`${contents.head}^{tree}`]), ...named];
  const answers = (await git.call(frozen.tree, ["cat-file", "--batch-check=%(objectname) %(objecttype)"], { env: frozenEnvironment(frozen), stdin: `${asked.join("\n")}\n` })).split("\n");
  if (contents.head !== null) {
    const [oid = "", type] = answers.shift()!.split(" ");
    if (type !== "tree") throw new Error(`git has lost the tree of ${contents.head}`);
    contents.headTree = oid;
  }
  for (const answer of answers) {
    const [oid = "", type] = answer.split(" ");
    if (type === "commit") contents.commits.push(oid);
    if (type === "blob" || type === "tree") contents.indexObjects.set(oid, type);
  }
  // The newest entries of a reflog are its last.
  contents.commits = contents.commits.slice(-MORE_PARENTS);
}

function textsOf(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return readdirSync(path).map((name) => textsOf(join(path, name))).join("\n");
  return stat?.isFile() && stat.size < 1 << 22 ? readFileSync(path, "latin1") : "";
}

function split(bytes: string): string[] {
  return bytes.split("\0").filter(Boolean);
}

function* stream(frozen: Frozen, contents: Contents, ref: string, message: string): Generator<Uint8Array> {
  const { head, headTree, commits, paths, indexObjects } = contents;
  const note = Buffer.from(message);
  yield line(`commit ${ref}\ncommitter fleet <fleet@localhost> ${Math.floor(Date.now() / 1000)} +0000\ndata ${note.length}\n`);
  yield note;
  yield line(`\n${head === null ? "" : `from ${head}\n`}`);
  for (const commit of new Set(commits)) if (commit !== head) yield line(`merge ${commit}\n`);
  yield line("deleteall\n");
  if (headTree !== null) yield line(`M 040000 ${headTree} worktree\n`);
  const found: Found = { modes: contents.modes, emptyDirectories: contents.emptyDirectories, special: [] };
  const isInside = insideOf(frozen.tree);
  const there: string[] = [];
  for (const path of [...paths].map((one) => one.replace(/\/$/, ""))) {
    // A directory may have become a file, and a file a directory: what was there goes first.
    yield deletion(`worktree/${path}`);
    if (isInside(path) && lookAt(frozen.tree, path)) there.push(path);
    else if (isInside(path) && isEmpty(frozen.tree, parentOf(path))) found.emptyDirectories.push(parentOf(path));
  }
  for (const path of there) yield* diskEntry(frozen.tree, path, "worktree", found);
  for (const name of adminFiles(frozen)) yield* diskEntry(frozen.admin, name, "admin", { modes: {}, emptyDirectories: [], special: [] });
  for (const [oid, type] of indexObjects) yield object(`index-objects/${oid}`, type, oid);
  yield* file("modes", "100644", Buffer.from(JSON.stringify(found.modes)));
  yield* file("empty", "100644", line([...new Set(found.emptyDirectories)].join("\0")));
  yield* file("lacks", "100644", line([...new Set([...contents.lacks, ...found.special])].join("\0")));
  yield line("done\n");
}

function isEmpty(tree: string, path: string): boolean {
  return path !== "" && readdirSync(diskPath(tree, path), { encoding: "buffer" }).length === 0;
}

function adminFiles({ admin, submodules }: Frozen): string[] {
  return readdirSync(admin).filter((name) => !/\.lock$|^fast_import_crash_/.test(name) && (submodules || name !== "modules"));
}
