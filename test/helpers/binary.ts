// The compiled binary that tests run: built once, again only when a source is newer.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
let built: Promise<string> | undefined;

/** The path of a binary as new as the sources. FLEET_TEST_BINARY names another one, which is taken as it is. */
export function binary(): Promise<string> {
  return (built ??= process.env["FLEET_TEST_BINARY"] ? Promise.resolve(process.env["FLEET_TEST_BINARY"]) : build());
}

async function build(): Promise<string> {
  const file = join(ROOT, "bin/fleet");
  if (modified(file) > newest([join(ROOT, "src"), join(ROOT, "package.json"), join(ROOT, "bun.lock"), join(ROOT, "scripts/build")])) return file;
  const ran = Bun.spawnSync([join(ROOT, "scripts/build"), process.execPath], { stdout: "pipe", stderr: "pipe" });
  if (ran.exitCode !== 0) throw new Error(`scripts/build failed\n${ran.stderr.toString()}${ran.stdout.toString()}`);
  return file;
}

/** Milliseconds since the epoch of the last change below `paths`. A directory's own time tells of removed files. */
function newest(paths: readonly string[]): number {
  const times = paths.map((path) => {
    if (!statSync(path).isDirectory()) return modified(path);
    return Math.max(modified(path), newest(readdirSync(path).map((name) => join(path, name))));
  });
  return Math.max(0, ...times);
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
