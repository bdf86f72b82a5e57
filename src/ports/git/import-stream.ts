// One commit as git fast-import reads it: names and bytes as they are, past every filter, hook and index.
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from "node:fs";

const CHUNK = 1 << 20;

/** What the walk of a tree finds besides bytes. Paths are latin1 strings, one character a byte: names need not be UTF-8. */
export interface Found {
  /** Octal permissions of what was written. */
  modes: Record<string, string>;
  emptyDirectories: string[];
  /** Sockets, pipes and devices: they hold no bytes. */
  special: string[];
}

export function line(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

export function deletion(name: string): Buffer {
  return line(`D ${quote(name)}\n`);
}

export function object(name: string, type: "blob" | "tree", oid: string): Buffer {
  return line(`M ${type === "blob" ? "100644" : "040000"} ${oid} ${quote(name)}\n`);
}

export function* file(name: string, mode: "100644" | "100755" | "120000", content: Uint8Array): Generator<Uint8Array> {
  yield line(`M ${mode} inline ${quote(name)}\ndata ${content.length}\n`);
  yield content;
  yield line("\n");
}

/** What lies at `path` of `root`: a file, a link, or a directory with all in it. `prefix` goes before its name. */
export function* diskEntry(root: string, path: string, prefix: string, found: Found): Generator<Uint8Array> {
  const at = diskPath(root, path);
  const stat = lstatSync(at);
  const name = `${prefix}/${gitSafe(path)}`;
  if (stat.isSymbolicLink()) return yield* file(name, "120000", readlinkSync(at, { encoding: "buffer" }) as unknown as Buffer);
  if (stat.isDirectory()) {
    const children = readdirSync(at, { encoding: "buffer" }) as unknown as Buffer[];
    if (children.length === 0) found.emptyDirectories.push(path);
    for (const child of children) yield* diskEntry(root, `${path}/${child.toString("latin1")}`, prefix, found);
    return;
  }
  if (!stat.isFile()) return void found.special.push(path);
  found.modes[path] = (stat.mode & 0o7777).toString(8);
  yield line(`M ${stat.mode & 0o111 ? "100755" : "100644"} inline ${quote(name)}\ndata ${stat.size}\n`);
  yield* bytesOf(at, stat.size);
  yield line("\n");
}

/** Exactly `size` bytes: the size was announced, and somebody may be writing. Throws when there are fewer. */
function* bytesOf(at: Buffer, size: number): Generator<Uint8Array> {
  const fd = openSync(at, "r");
  try {
    for (let left = size; left > 0; ) {
      const chunk = new Uint8Array(Math.min(left, CHUNK));
      const read = readSync(fd, chunk);
      if (read === 0) throw new Error(`changed while it was saved: ${at.toString()}`);
      yield chunk.subarray(0, read);
      left -= read;
    }
  } finally {
    closeSync(fd);
  }
}

/** git refuses `.git` in a tree, in any case and as its Windows short name: a nested repository's directory gets another name. */
function gitSafe(path: string): string {
  return path.split("/").map((part) => (/^(\.git|git~1)$|^%/i.test(part) ? part.replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`) : part)).join("/");
}

/** The name that gitSafe changed, as it was. */
export function gitUnsafe(path: string): string {
  return path.split("/").map((part) => part.replace(/^%(2e|67|47|25)/i, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))).join("/");
}

/** Whether it names something below a root, and cannot name anything else: no "..", no absolute path, no part without a name. */
export function isBelow(path: string): boolean {
  return !path.includes("\0") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** A path as fast-import reads it: quoted, every byte that needs it in octal. */
function quote(path: string): string {
  return `"${path.replace(/[\\"\u0000-\u001f\u007f-\u00ff]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`)}"`;
}

/** A latin1 path as the bytes that the file system knows. */
export function diskPath(tree: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${tree}/`), Buffer.from(path, "latin1")]);
}

/** What is at `path`; undefined when nothing is, or when a part of the path is no directory. */
export function lookAt(root: string, path: string): Stats | undefined {
  try {
    return lstatSync(diskPath(root, path), { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Whether `path` lies in `root` itself: not behind a link that took a directory's place. */
export function insideOf(root: string): (path: string) => boolean {
  const plain = new Map<string, boolean>([["", true]]);
  const isPlain = (directory: string): boolean => {
    const known = plain.get(directory);
    if (known !== undefined) return known;
    const stat = isPlain(parentOf(directory)) ? lookAt(root, directory) : undefined;
    const answer = stat?.isDirectory() === true;
    plain.set(directory, answer);
    return answer;
  };
  return (path) => isPlain(parentOf(path));
}

/** "a/b" of "a/b/c"; "" of "a". */
export function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}
