// Keys by their names, as tmux reads them (key-string.c) and as list-keys writes them: several names are one key.

const ALIASES: Readonly<Record<string, string>> = {
  pageup: "ppage", pgup: "ppage", pagedown: "npage", pgdn: "npage", insert: "ic", delete: "dc", " ": "space",
};

/** One spelling for every name of a key: `^F`, `C-f` and `C-F` are one; `M-C-a` and `C-M-a` are one; letters alone differ by case. */
export function canonicalKey(name: string): string {
  let rest = /^\^.$/u.test(name) ? `C-${name[1]}` : name;
  const modifiers = new Set<string>();
  for (let found; (found = /^([CMS])-(.+)$/isu.exec(rest)); rest = found[2]!) modifiers.add(found[1]!.toLowerCase());
  const one = [...rest].length === 1;
  const base = one && !modifiers.has("c") ? rest : rest.toLowerCase();
  return `${[...modifiers].sort().map((modifier) => `${modifier}-`).join("")}${ALIASES[base] ?? base}`;
}

/** true for the letter that, with Ctrl or Meta, is the prefix: people bind it to send-prefix. */
export function isLetterOf(prefix: string, key: string): boolean {
  return /^[A-Za-z]$/.test(key) && canonicalKey(prefix).replace(/^([cms]-)+/, "") === key;
}

/** A key as list-keys quotes it: `\;`, `'M-"'`, `"M-{"`. */
export function unquotedKey(listed: string): string {
  const quoted = /^(["'])(.+)\1$/s.exec(listed);
  return (quoted ? quoted[2]! : listed).replace(/\\(.)/gs, "$1");
}
