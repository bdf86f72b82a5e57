// Branch names that fleet thinks up for many agents, and how many names are said at once. Pure.

const LONGEST = 32;
const NAMED = 12;

/** A branch name of a text's first line that says something: lower case, dashes, at most 32 characters; "" when none does. */
export function slugOf(text: string): string {
  const lines = text.slice(0, 2000).split("\n").map((line) => plain(line).match(/[\p{L}\p{N}]+/gu) ?? []);
  const words = lines.find((line) => line.length > 0) ?? [];
  let slug = "";
  for (const word of words) {
    if (slug && slug.length + word.length + 1 > LONGEST) break;
    slug += slug ? `-${word}` : [...word].slice(0, LONGEST).join("");
  }
  return slug;
}

/** Without addresses, which say nothing as a name, and without the accents of Latin letters. */
function plain(text: string): string {
  const named = text.replace(/\]\([^)\s]*\)/g, "] ").replace(/\bhttps?:\/\/\S+/g, " ").replace(/['’]/g, "");
  return named.normalize("NFKD").replace(/(\p{Script=Latin})\p{M}+/gu, "$1").normalize("NFC").toLowerCase();
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

/** "a, b, c"; of many, the first dozen and a count. */
export function listed(names: readonly string[]): string {
  return names.length > NAMED ? `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more` : names.join(", ");
}
