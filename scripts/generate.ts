// bun run generate: writes man/fleet.1 and the README's marked blocks from the tables. With --check it writes nothing and
// fails when one is stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { COMMANDS } from "../src/commands/index";
import { KINDS } from "../src/kinds/index";
import { manPage } from "../src/reference/man";
import { fillBlocks, readmeBlocks } from "../src/reference/readme";

const ROOT = join(import.meta.dir, "..");

/** Every generated file as it should be, by its path. */
export function generated(): Record<string, string> {
  return {
    "man/fleet.1": manPage(COMMANDS),
    "README.md": fillBlocks(readFileSync(join(ROOT, "README.md"), "utf8"), readmeBlocks(COMMANDS, KINDS)),
  };
}

/** Paths whose content on disk is not what the tables say. */
export function stale(): string[] {
  return Object.entries(generated()).filter(([path, text]) => read(path) !== text).map(([path]) => path);
}

function read(path: string): string | null {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    return null;
  }
}

if (import.meta.main) {
  const paths = stale();
  if (process.argv.includes("--check")) {
    if (paths.length) console.error(`stale: ${paths.join(", ")}; bun run generate`);
    process.exit(paths.length ? 1 : 0);
  }
  const texts = generated();
  for (const path of paths) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), texts[path]!);
    console.error(`wrote ${path}`);
  }
}
