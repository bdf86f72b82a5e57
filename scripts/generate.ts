// bun run generate: writes man/fleet.1 and the README's marked blocks from the tables. With --check it writes nothing and
// fails when one is stale.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { allCommands } from "../src/commands/index";
import { KINDS } from "../src/kinds/index";
import { manPage } from "../src/reference/man";
import { fillBlocks, readmeBlocks } from "../src/reference/readme";

const ROOT = join(import.meta.dir, "..");

/** Every generated file as it should be, by its path. */
export async function generated(): Promise<Record<string, string>> {
  const commands = await allCommands();
  return {
    "man/fleet.1": manPage(commands),
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
