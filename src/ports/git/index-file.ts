// What git's index names besides its entries: trees of its cache, versions of resolved conflicts. gc believes that they are there.
// The format is git's Documentation/gitformat-index; an index that is not understood has none.

/** Object names in the extensions TREE and REUC. `oidBytes`: 20, or 32 in a repository with SHA-256. */
export function objectsOfExtensions(index: Buffer, oidBytes: number): string[] {
  const found: string[] = [];
  try {
    let at = endOfEntries(index, oidBytes);
    for (; at + 8 <= index.length - oidBytes; ) {
      const name = index.toString("latin1", at, at + 4);
      const size = index.readUInt32BE(at + 4);
      const body = index.subarray(at + 8, at + 8 + size);
      if (name === "TREE") found.push(...cachedTrees(body, oidBytes));
      if (name === "REUC") found.push(...resolved(body, oidBytes));
      at += 8 + size;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}

function endOfEntries(index: Buffer, oidBytes: number): number {
  if (index.toString("latin1", 0, 4) !== "DIRC") return index.length;
  const [version, count] = [index.readUInt32BE(4), index.readUInt32BE(8)];
  let at = 12;
  for (let i = 0; i < count; i++) {
    const flags = at + 40 + oidBytes;
    const extended = version >= 3 && (index.readUInt16BE(flags) & 0x4000) !== 0;
    let name = flags + (extended ? 4 : 2);
    if (version === 4) {
      // How much of the name before is cut off: a number of seven bits a byte.
      while (index.readUInt8(name) & 0x80) name++;
      at = endOfText(index, name + 1) + 1;
    } else at += (endOfText(index, name) - at + 8) & ~7;
  }
  return at;
}

function endOfText(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(0, from);
  if (end < 0) throw new RangeError("no end of text");
  return end;
}

/** A record: the name and NUL, "ENTRIES SUBTREES\n", and the object unless ENTRIES is -1. */
function cachedTrees(body: Buffer, oidBytes: number): string[] {
  const found: string[] = [];
  for (let at = 0; at < body.length; ) {
    const numbers = endOfText(body, at) + 1;
    const end = body.indexOf(10, numbers);
    if (end < 0) break;
    at = end + 1;
    if (body.toString("latin1", numbers, end).startsWith("-")) continue;
    found.push(body.toString("hex", at, at + oidBytes));
    at += oidBytes;
  }
  return found;
}

/** A record: the name, three modes in octal, each with NUL, and an object for each mode but 0. */
function resolved(body: Buffer, oidBytes: number): string[] {
  const found: string[] = [];
  for (let at = 0; at < body.length; ) {
    at = endOfText(body, at) + 1;
    let objects = 0;
    for (let i = 0; i < 3; i++) {
      const end = endOfText(body, at);
      if (parseInt(body.toString("latin1", at, end), 8) !== 0) objects++;
      at = end + 1;
    }
    for (; objects > 0; objects--, at += oidBytes) found.push(body.toString("hex", at, at + oidBytes));
  }
  return found;
}
