// Branch names that fleet thinks up for many agents. Pure.

/** A branch name of a text's first words: lower case, dashes, at most 32 characters; "" when it has no letters. */
export function slugOf(text: string): string {
  const words = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().match(/[a-z0-9]+/g) ?? [];
  let slug = "";
  for (const word of words) {
    if (slug.length + word.length + 1 > 32) break;
    slug += slug ? `-${word}` : word;
  }
  return slug || (words[0] ?? "").slice(0, 32);
}

/** The `count` next numbers after the highest that `prefix-N` has among `names`. */
export function nextNumbers(prefix: string, count: number, names: Iterable<string>): number[] {
  let highest = 0;
  for (const name of names) {
    const number = name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : "";
    if (/^\d{1,9}$/.test(number)) highest = Math.max(highest, Number(number));
  }
  return Array.from({ length: count }, (_, i) => highest + 1 + i);
}
