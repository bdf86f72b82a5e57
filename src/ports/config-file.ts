// Files that people write: read, parse with the place of each mistake, replace whole.
import { constants, closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, sep } from "node:path";
import { UserError } from "../base/errors";
import { stripControl, visible } from "../base/text";
import { writeFileAtomic } from "./store";
import { type Positions, tomlPositions } from "./toml-positions";

export interface Parsed {
  data: Record<string, unknown>;
  positions: Positions;
}

/** A mistake of syntax; `line` and `column` count from 1. */
export interface SyntaxMistake {
  line: number;
  column: number;
  message: string;
  /** The lines around it, control characters removed. */
  excerpt: string;
}

/** Parse TOML; a mistake is a value, not an error. */
export async function parseToml(text: string): Promise<Parsed | SyntaxMistake> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return { data: parse(text, { unsafeKeyBehaviour: "throw", maxDepth: 20 }), positions: tomlPositions(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    return { line: error.line, column: error.column, message: visible(message), excerpt: stripControl(error.codeblock).trimEnd() };
  }
}

/** The text of a person's own file; null when it is not there. Other failures are the system's errors. */
export function readOwnFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8").replace(/^\ufeff/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code === "EISDIR") throw new UserError(`a directory stands where a file should be: ${path}`, { hint: "fleet config path" });
    throw error;
  }
}

/**
 * The bytes of a file that a repository brought along; null when it is not there, a text that says why when it is
 * not to be trusted as a file: a link that leads out of `inside`, a pipe, or more than `limit` bytes.
 */
export function readForeignFile(path: string, inside: string, limit: number): Uint8Array | string | null {
  let fd: number;
  try {
    const real = realpathSync(path);
    if (!real.startsWith(realpathSync(inside) + sep)) return "it is a link that leads out of the checkout";
    // A pipe would wait for its writer for ever.
    fd = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    return `it can't be read (${code})`;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return "it is not a plain file";
    if (stat.size > limit) return `it is larger than ${limit / 1024} kB`;
    const bytes = new Uint8Array(limit + 1);
    const length = readSync(fd, bytes, 0, bytes.length, 0);
    return length > limit ? `it is larger than ${limit / 1024} kB` : bytes.slice(0, length);
  } finally {
    closeSync(fd);
  }
}

/** Make a file with mode 0600 unless one is there. A place that can't be written to is no reason to fail. */
export function writeIfMissing(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
  } catch {
    // Taken by another process just now, or a read-only home: the defaults hold without it.
  }
}

/** Replace a person's file whole. Where it is a link (a dotfiles repository), what it leads to is replaced. */
export function replaceOwnFile(path: string, text: string): void {
  let target = path;
  try {
    target = realpathSync(path);
  } catch {
    // Not there yet.
  }
  writeFileAtomic(target, text);
}

/** Put a text that has no other place beside `path`, as a new file of mode 0600. Returns where. */
export function writeKept(path: string, text: string): string {
  const kept = `${path}.edited-${Math.floor(Date.now() / 1000)}`;
  writeFileAtomic(kept, text);
  return kept;
}
