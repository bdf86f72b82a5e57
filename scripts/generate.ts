// bun run generate: writes man/fleet.1, the README's marked blocks and the fields of this version of the JSON from the tables. With
// --check it writes nothing and fails when one is stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { allCommands } from "../src/commands/index";
import { KINDS } from "../src/kinds/index";
import { JSON_VERSION } from "../src/base/version";
import { promisedLines } from "../src/reference/json/text";
import { manPage } from "../src/reference/man";
import { fillBlocks, readmeBlocks } from "../src/reference/readme";

const ROOT = join(import.meta.dir, "..");

/** Every field of this version of the JSON. */
export const JSON_PROMISED = `docs/json-${JSON_VERSION}.txt`;

/** The lines that it has now. What is promised stays: lines are added, none is taken out. */
export function promised(): string[] {
  return (read(JSON_PROMISED) ?? "").split("\n").filter(Boolean);
}

/** Every generated file as it should be, by its path. */
export async function generated(): Promise<Record<string, string>> {
  const commands = await allCommands();
  return {
    "man/fleet.1": manPage(commands),
    [JSON_PROMISED]: `${[...new Set([...promised(), ...promisedLines()])].sort().join("\n")}\n`,
    "README.md": fillBlocks(readFileSync(join(ROOT, "README.md"), "utf8"), readmeBlocks(commands, KINDS)),
  };
}

/** Paths whose content on disk is not what the tables say. */
export async function stale(): Promise<string[]> {
  return Object.entries(await generated()).filter(([path, text]) => read(path) !== text).map(([path]) => path);
}

function read(path: string): string | null {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    return null;
  }
}

if (import.meta.main) {
  const paths = await stale();
  if (process.argv.includes("--check")) {
    if (paths.length) console.error(`stale: ${paths.join(", ")}; bun run generate`);
    process.exit(paths.length ? 1 : 0);
  }
  const texts = await generated();
  for (const path of paths) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), texts[path]!);
    console.error(`wrote ${path}`);
  }
}
