// Where each key of a TOML text stands: the parser says it only for mistakes of syntax.

/** Line numbers (from 1) by key path; a path is the keys' JSON array, indexes of arrays included. */
export type Positions = ReadonlyMap<string, number>;

/** The line of the innermost known part of `path`; null when none of it is in the text. */
export function lineOf(positions: Positions, path: readonly (string | number)[]): number | null {
  for (let length = path.length; length > 0; length--) {
    const line = positions.get(JSON.stringify(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return null;
}

const BARE_KEY = /[^\s=.\]#,{}]*/y;

/** Scan a text that the parser has accepted; on anything else the result is merely incomplete. */
export function tomlPositions(text: string): Positions {
  const positions = new Map<string, number>();
  const counts = new Map<string, number>();
  let at = 0;
  let line = 1;
  let table: (string | number)[] = [];

  const note = (path: readonly (string | number)[]) => {
    for (let length = 1; length <= path.length; length++) {
      const key = JSON.stringify(path.slice(0, length));
      if (!positions.has(key)) positions.set(key, line);
    }
  };
  const advance = (count = 1) => {
    for (const end = Math.min(at + count, text.length); at < end; at++) if (text[at] === "\n") line++;
  };
  const skip = (blanks: RegExp) => {
    for (;;) {
      if (text[at] === "#") while (at < text.length && text[at] !== "\n") at++;
      else if (at < text.length && blanks.test(text[at]!)) advance();
      else return;
    }
  };
  const string = (): string => {
    const quote = text[at]!;
    const fence = text.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
    const begin = at;
    advance(fence.length);
    while (at < text.length && !text.startsWith(fence, at)) advance(text[at] === "\\" && quote === '"' ? 2 : 1);
    // A long string may end in up to two quotes of its own.
    while (fence.length === 3 && text[at + 3] === quote) advance();
    advance(fence.length);
    const raw = text.slice(begin + fence.length, at - fence.length);
    if (quote === "'" || !raw.includes("\\")) return raw;
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      return raw;
    }
  };
  const key = (): string[] => {
    const words: string[] = [];
    for (;;) {
      skip(/[ \t]/);
      if (text[at] === '"' || text[at] === "'") words.push(string());
      else {
        BARE_KEY.lastIndex = at;
        const bare = BARE_KEY.exec(text)![0];
        words.push(bare);
        at += bare.length;
      }
      skip(/[ \t]/);
      if (text[at] !== ".") return words;
      at++;
    }
  };
  const value = (path: readonly (string | number)[]): void => {
    const char = text[at];
    if (char === '"' || char === "'") string();
    else if (char === "[") {
      advance();
      for (let i = 0; ; i++) {
        skip(/[\s,]/);
        if (at >= text.length || text[at] === "]") break;
        note([...path, i]);
        value([...path, i]);
      }
      advance();
    } else if (char === "{") {
      advance();
      for (;;) {
        skip(/[\s,]/);
        if (at >= text.length || text[at] === "}") break;
        pair(path);
      }
      advance();
    } else {
      const begin = at;
      while (at < text.length && !/[,\]}\n#]/.test(text[at]!)) at++;
      if (at === begin) advance();
    }
  };
  const pair = (into: readonly (string | number)[]) => {
    const path = [...into, ...key()];
    note(path);
    if (text[at] === "=") at++;
    skip(/[ \t]/);
    value(path);
  };

  while (at < text.length) {
    skip(/\s/);
    if (at >= text.length) break;
    if (text[at] !== "[") {
      pair(table);
      continue;
    }
    const many = text[at + 1] === "[";
    at += many ? 2 : 1;
    table = key();
    if (many) {
      const name = JSON.stringify(table);
      const index = counts.get(name) ?? 0;
      counts.set(name, index + 1);
      table = [...table, index];
    }
    note(table);
    while (at < text.length && text[at] === "]") at++;
  }
  return positions;
}
