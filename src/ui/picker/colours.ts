// The person's colours for fzf, out of the options that they give every fzf; the rest of those would change keys and layout. Pure.

/** The values of all `--color` in the text of $FZF_DEFAULT_OPTS, in their order. */
export function coloursOf(options: string): string[] {
  const words = shellWords(options);
  return words.flatMap((word, i) => {
    if (word.startsWith("--color=")) return [word.slice("--color=".length)];
    const next = words[i + 1];
    return word === "--color" && next !== undefined && !next.startsWith("-") ? [next] : [];
  });
}

/** Words as a shell splits them, with its quotes and backslashes; a comment goes to the end of its line. */
function shellWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /\s*(#[^\n]*|(?:'[^']*'|"(?:\\.|[^"\\])*"|\\[\s\S]|[^\s'"\\])+)/gy;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const raw = found[1]!;
    if (raw.startsWith("#")) continue;
    words.push(raw.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\([\s\S])/g, (_, single?: string, double?: string, one?: string) => single ?? double?.replace(/\\(.)/g, "$1") ?? one ?? ""));
  }
  return words;
}
