// A worktree that was moved aside, told to git as it is: its whole state as raw bytes under one ref.
// Never `git add`: it fails on conflicts, its filters change bytes, and a nested repository becomes a bare link.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { ProcessError } from "../../base/errors";
import type { Git } from "./call";

/** Where the parts of a worktree lie while it is frozen. */
export interface Frozen {
  /** The moved directory. */
  tree: string;
  /** Its git directory, `<common>/worktrees/NAME`. */
  admin: string;
  common: string;
}

/** What must be written: paths are latin1 strings, one character a byte, since names need not be UTF-8. */
interface Contents {
  head: string | null;
  /** Paths whose content in the tree differs from HEAD, or that HEAD lacks. */
  paths: Set<string>;
  /** Ignored paths, directories collapsed, NUL-separated: named when an undo has to do without them. */
  ignored: string;
  /** Objects that only the index knows: they keep a staged version from being collected. */
  indexObjects: Set<string>;
}

const QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false"];

/**
 * Save the frozen tree under `ref`: `worktree/` with every byte that HEAD does not have, `index`, `index-objects/`,
 * `modes` (JSON: path → octal mode), `ignored` (names only), on top of HEAD. Throws when anything could not be read or written.
 */
export async function saveFrozen(git: Git, frozen: Frozen, ref: string, message: string): Promise<void> {
  const contents = await readContents(git, frozen);
  const stream = await fastImport(git, frozen, contents, ref, message);
  const env = { GIT_DIR: frozen.common };
  const argv = ["git", ...QUIET, "fast-import", "--quiet", "--done", "--force"];
  const child = Bun.spawn(argv, { env: { ...git.env, ...env }, stdin: "pipe", stdout: "ignore", stderr: "pipe" });
  const [code, stderr] = await Promise.all([child.exited, child.stderr.text(), feed(child.stdin, stream)]);
  if (code !== 0) throw new ProcessError(argv, code, "", stderr);
}

async function feed(sink: Bun.FileSink, parts: Iterable<Uint8Array>): Promise<void> {
  try {
    for (const part of parts) {
      sink.write(part);
      await sink.flush();
    }
    await sink.end();
  } catch {
    // git ended early: its exit code and stderr tell why.
  }
}

function frozenEnvironment({ tree, admin, common }: Frozen): Record<string, string> {
  return { GIT_DIR: admin, GIT_COMMON_DIR: common, GIT_WORK_TREE: tree };
}

async function readContents(git: Git, frozen: Frozen): Promise<Contents> {
  const env = frozenEnvironment(frozen);
  const ask = (args: string[]) => git.call(frozen.tree, [...QUIET, ...args], { env, encoding: "latin1" });
  const head = (await git.try(frozen.tree, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { env })).stdout.trim() || null;
  const [changed, untracked, flagged, staged, unmerged, ignored] = await Promise.all([
    ask(["diff-files", "-z", "--name-only", "--ignore-submodules=none"]),
    ask(["ls-files", "-z", "--others", "--exclude-standard"]),
    ask(["ls-files", "-z", "-v"]),
    head === null ? ask(["ls-files", "-z", "--stage"]) : ask(["diff-index", "-z", "--cached", "--raw", "--no-renames", "--no-abbrev", head]),
    ask(["ls-files", "-z", "--unmerged"]),
    ask(["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"]),
  ]);
  const paths = new Set([...split(changed), ...split(untracked)]);
  // Lower case is assume-unchanged, S skip-worktree: git looks away from what may have changed there.
  for (const line of split(flagged)) if (/^[a-zS] /.test(line)) paths.add(line.slice(2));
  const indexObjects = new Set<string>();
  const note = (mode: string, oid: string) => {
    if (mode.startsWith("10") || mode === "120000") indexObjects.add(oid);
  };
  if (head === null) for (const line of split(staged)) notePath(line, /^(\d+) ([0-9a-f]+) \d\t(.*)$/s, note, paths);
  else noteRaw(split(staged), note, paths);
  for (const line of split(unmerged)) notePath(line, /^(\d+) ([0-9a-f]+) \d\t(.*)$/s, note, paths);
  return { head, paths, ignored, indexObjects };
}

function notePath(line: string, shape: RegExp, note: (mode: string, oid: string) => void, paths: Set<string>): void {
  const [, mode = "", oid = "", path = ""] = shape.exec(line) ?? [];
  note(mode, oid);
  paths.add(path);
}

/** `:oldmode newmode oldoid newoid status` and the path are separate records with -z. */
function noteRaw(records: string[], note: (mode: string, oid: string) => void, paths: Set<string>): void {
  for (let i = 0; i + 1 < records.length; i += 2) {
    const [, mode = "", , oid = ""] = records[i]!.split(" ");
    if (!/^0+$/.test(oid)) note(mode, oid);
    paths.add(records[i + 1]!);
  }
}

function split(bytes: string): string[] {
  return bytes.split("\0").filter(Boolean);
}

async function fastImport(git: Git, frozen: Frozen, contents: Contents, ref: string, message: string): Promise<Iterable<Uint8Array>> {
  const headTree = contents.head === null ? null : (await git.call(frozen.common, ["rev-parse", `${contents.head}^{tree}`])).trim();
  const index = readFileSync(join(frozen.admin, "index"));
  return (function* () {
    const note = Buffer.from(message);
    yield text(`commit ${ref}\ncommitter fleet <fleet@localhost> ${Math.floor(Date.now() / 1000)} +0000\ndata ${note.length}\n`);
    yield note;
    yield text(`\n${contents.head === null ? "" : `from ${contents.head}\n`}deleteall\n`);
    if (headTree !== null) yield text(`M 040000 ${headTree} worktree\n`);
    const modes: Record<string, string> = {};
    for (const path of contents.paths) yield* entry(frozen.tree, path.replace(/\/$/, ""), modes);
    for (const oid of contents.indexObjects) yield text(`M 100644 ${oid} index-objects/${oid}\n`);
    yield* file("index", "100644", index);
    yield* file("ignored", "100644", text(contents.ignored));
    yield* file("modes", "100644", Buffer.from(JSON.stringify(modes)));
    yield text("done\n");
  })();
}

/** One path of the tree: a file, a link, a directory with all in it, or a deletion. */
function* entry(tree: string, path: string, modes: Record<string, string>): Generator<Uint8Array> {
  const at = diskPath(tree, path);
  const stat = lstatSync(at, { throwIfNoEntry: false });
  const name = `worktree/${gitSafe(path)}`;
  if (!stat) {
    yield text(`D ${quote(name)}\n`);
    return;
  }
  modes[path] = (stat.mode & 0o7777).toString(8);
  if (stat.isSymbolicLink()) yield* file(name, "120000", readlinkSync(at, { encoding: "buffer" }) as unknown as Buffer);
  else if (stat.isDirectory()) for (const child of readdirSync(at, { encoding: "buffer" })) yield* entry(tree, `${path}/${(child as unknown as Buffer).toString("latin1")}`, modes);
  else if (stat.isFile()) yield* file(name, stat.mode & 0o111 ? "100755" : "100644", readFileSync(at));
  // Sockets, pipes and devices hold no bytes.
}

function* file(name: string, mode: string, content: Uint8Array): Generator<Uint8Array> {
  yield text(`M ${mode} inline ${quote(name)}\ndata ${content.length}\n`);
  yield content;
  yield text("\n");
}

/** git refuses `.git` in a tree, in any case and as its Windows short name: a nested repository's directory gets another name. */
export function gitSafe(path: string): string {
  return path.split("/").map((part) => (/^(\.git|git~1)$|^%/i.test(part) ? part.replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`) : part)).join("/");
}

/** The name that gitSafe changed, as it was. */
export function gitUnsafe(path: string): string {
  return path.split("/").map((part) => part.replace(/^%(2e|67|47|25)/i, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))).join("/");
}

/** A path as fast-import reads it: quoted, every byte that needs it in octal. */
function quote(path: string): string {
  return `"${path.replace(/[\\"\u0000-\u001f\u007f-\u00ff]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`)}"`;
}

/** A latin1 path as the bytes that the file system knows. */
export function diskPath(tree: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${tree}/`), Buffer.from(path, "latin1")]);
}

function text(line: string): Buffer {
  return Buffer.from(line, "latin1");
}
