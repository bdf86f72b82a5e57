// Commands that read nothing from config.toml work while it is broken, and say so: a mistake is not found out by the next create only.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../base/version";

/** What is wrong with config.toml, in one line; null when nothing is. A file that was found sound is not read again until it changes. */
export async function configMistake(home: string): Promise<string | null> {
  const path = join(home, "config.toml");
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) return null;
  const stamp = join(home, "cache", "config-sound");
  const state = `${VERSION} ${stat.mtimeMs} ${stat.size}`;
  if (textOf(stamp) === state) return null;
  const [{ configProblems }, { problemText }] = await Promise.all([import("./settings"), import("./config-problems")]);
  const { problems } = await configProblems({ home, main: null, common: null, userHome: "" });
  const [first, ...more] = problems;
  if (first) return `${problemText(first)}${more.length > 0 ? ` (and ${more.length} more)` : ""}`;
  const { writeFileAtomic } = await import("../ports/store");
  writeFileAtomic(stamp, state);
  return null;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
