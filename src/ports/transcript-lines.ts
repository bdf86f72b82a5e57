// Files that another program writes line by line: only what is new is read, and what was rewritten is read again whole.
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";

/** How far a file was read, and enough of it to tell later whether it is still the same one. */
export interface Mark {
  size: number;
  /** Milliseconds since the epoch. */
  mtime: number;
  /** Bytes read, whole lines only. */
  offset: number;
  /** Hashes of the first and the last bytes read. */
  head: string;
  tail: string;
}

export interface LineTaker {
  line(line: string): void;
  /** The file is not the one that was read before: all comes again. */
  restart(): void;
  /** Asked between pieces: stop here, the rest is for the next time. */
  late(): boolean;
}

const PIECE = 1 << 20;
const SAMPLE = 512;
/** A line that is longer is passed over. */
const LONGEST = 64 << 20;
const SMALL_FILE = 4 << 20;

/** Read on after `known`, `piece` bytes at a time. Returns how far it got, and whether that is all; null when the file can't be read. */
export function readNewLines(path: string, known: Mark | null, taker: LineTaker, piece = PIECE): { mark: Mark; done: boolean } | null {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return null;
  }
  try {
    const { size, mtimeMs } = fstatSync(file);
    let offset = known?.offset ?? 0;
    if (known && (size < offset || sampleOf(file, 0, Math.min(SAMPLE, offset)) !== known.head || sampleOf(file, Math.max(0, offset - SAMPLE), offset) !== known.tail)) {
      taker.restart();
      offset = 0;
    }
    const read = takeLines(file, { from: offset, size, start: piece }, taker);
    const mark = { size, mtime: mtimeMs, offset: read.offset, head: sampleOf(file, 0, Math.min(SAMPLE, read.offset)), tail: sampleOf(file, Math.max(0, read.offset - SAMPLE), read.offset) };
    return { mark, done: read.done };
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

function takeLines(file: number, { from, size, start }: { from: number; size: number; start: number }, taker: LineTaker): { offset: number; done: boolean } {
  let offset = from;
  for (let length = start; offset < size; ) {
    if (offset > from && taker.late()) return { offset, done: false };
    const piece = Buffer.alloc(Math.min(length, size - offset));
    const bytes = readSync(file, piece, 0, piece.length, offset);
    const end = piece.lastIndexOf(10, bytes - 1);
    if (bytes === 0) break;
    if (end < 0) {
      // The last line is still being written.
      if (offset + bytes >= size) break;
      if (length < LONGEST) length *= 4;
      else offset += bytes;
      continue;
    }
    for (const line of piece.toString("utf8", 0, end).split("\n")) if (line !== "") taker.line(line);
    offset += end + 1;
    length = start;
  }
  return { offset, done: true };
}

function sampleOf(file: number, from: number, to: number): string {
  const bytes = Buffer.alloc(to - from);
  const read = readSync(file, bytes, 0, bytes.length, from);
  return Bun.hash(bytes.subarray(0, read)).toString(36);
}

/** Size and time of a file; null when it is not there. */
export function stampOf(path: string): { size: number; mtime: number; born: number } | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? { size: stat.size, mtime: stat.mtimeMs, born: Math.min(stat.birthtimeMs || stat.mtimeMs, stat.mtimeMs) } : null;
}

/** Names and small texts, each asked of the file system once. */
export function openLook(): { names(directory: string): readonly string[]; text(path: string): string | null } {
  const names = new Map<string, readonly string[]>();
  const texts = new Map<string, string | null>();
  const once = <T>(known: Map<string, T>, key: string, ask: () => T, none: T): T => {
    if (!known.has(key)) {
      try {
        known.set(key, ask());
      } catch {
        known.set(key, none);
      }
    }
    return known.get(key)!;
  };
  return {
    names: (directory) => once(names, directory, () => readdirSync(directory).sort(), []),
    text: (path) => once(texts, path, () => (statSync(path).size > SMALL_FILE ? null : readFileSync(path, "utf8")), null),
  };
}
