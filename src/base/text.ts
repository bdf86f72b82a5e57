// Text from outside is data: the functions that make it safe for a terminal, a tmux format or a shell.

// C0 (but \t and \n), DEL, C1, and the bidirectional controls that can disguise what a line says.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
// CSI and OSC sequences go whole, so that no "[31m" is left behind.
const SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[@-Z\\-_])/g;

/** Remove escape sequences and control characters; tabs and line ends stay. */
export function stripControl(text: string): string {
  return text.replace(SEQUENCE, "").replace(CONTROL, "");
}

/** One line without control characters, blanks squeezed. */
export function oneLine(text: string): string {
  return stripControl(text).replace(/\s+/g, " ").trim();
}

// What can't be seen, or disguises what a line says: controls, bidirectional and zero-width characters, line separators.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** On one line with everything unseen spelled out (\n, \x1b): for text that a person is asked to approve. */
export function visible(text: string): string {
  const spelled: Record<string, string> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };
  return text.replace(UNSEEN, (char) => {
    const code = char.charCodeAt(0);
    return spelled[char] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`);
  });
}

/** Cut to `width` terminal columns, with … as the last when something was cut. */
export function truncate(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  let out = "";
  let used = 0;
  for (const char of text) {
    const w = Bun.stringWidth(char);
    if (used + w > width - 1) break;
    out += char;
    used += w;
  }
  return `${out}…`;
}

/** One word of POSIX sh. The only place where fleet makes shell text of a string. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** As shellQuote, but plain words stay plain: for lines that people read and paste. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : shellQuote(text);
}

/** The first `count` lines, and how many more there are: a tool that fails at each of a thousand files says so a thousand times. */
export function firstLines(text: string, count: number): string {
  const lines = text.split("\n");
  return lines.length <= count + 1 ? text : [...lines.slice(0, count), `… and ${lines.length - count} more lines`].join("\n");
}

/** A glob (`*`, `?`) as a regular expression over the whole text; slashes are ordinary. */
export function globToRegExp(glob: string): RegExp {
  const body = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${body}$`, "su");
}

/** The candidate most like `word`, when it is near enough to be a slip of the hand. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate, bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + cost));
    }
    row = next;
  }
  return row[b.length]!;
}
