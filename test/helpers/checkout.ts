// The project's files as they are now, in a repository of their own: what a person would clone.
import { copyFileSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./plugin";

/** Make it at `path`, with one commit. */
export function makeCheckout(path: string, env: Record<string, string>): string {
  const git = (cwd: string, ...words: string[]) => {
    const ran = Bun.spawnSync(["git", ...words], { cwd, env, stdout: "pipe", stderr: "pipe" });
    if (ran.exitCode !== 0) throw new Error(`git ${words.join(" ")}: ${ran.stderr.toString()}`);
    return ran.stdout.toString();
  };
  for (const file of git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    try {
      copyFileSync(join(ROOT, file), join(path, file));
    } catch (error) {
      // Removed, and not yet committed.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  git(path, "init", "-q");
  git(path, "add", "-A");
  git(path, "commit", "-q", "-m", "All");
  return path;
}

/** PATH with the Bun that runs the tests under the name that scripts look for: npm's package calls it bun.exe. */
export function pathWithBun(): string {
  const directory = join(ROOT, ".cache/lent");
  mkdirSync(directory, { recursive: true });
  rmSync(join(directory, "bun"), { force: true });
  symlinkSync(process.execPath, join(directory, "bun"));
  return `${directory}:${process.env["PATH"]}`;
}

/** The packages that are installed here, so that a build there asks no registry. */
export function lendPackages(checkout: string): void {
  symlinkSync(join(ROOT, "node_modules"), join(checkout, "node_modules"));
}
