// git fast-import, fed as fast as it reads: how raw bytes become a commit.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ProcessError } from "../../base/errors";
import type { Git } from "./call";

const QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"];
// Names that mean `.git` on other systems are fine here; the one that means it everywhere is written in another way.
const ANY_NAME = ["-c", "core.protectNTFS=false", "-c", "core.protectHFS=false"];

export interface Importing {
  cwd: string;
  env: Record<string, string>;
  /** The git directory, where a failing git leaves a report. */
  gitDir: string;
}

/** Throws what making the stream throws, and ProcessError when git fails or takes in nothing for `stallMs` milliseconds. */
export async function importStream(git: Git, { cwd, env, gitDir }: Importing, parts: Iterable<Uint8Array>, stallMs = 60_000): Promise<void> {
  const argv = ["git", "-C", cwd, ...QUIET, ...ANY_NAME, "fast-import", "--quiet", "--done", "--force"];
  const child = Bun.spawn(argv, { env: { ...git.env, ...env }, stdin: "pipe", stdout: "ignore", stderr: "pipe" });
  let fed: unknown;
  let stalled = false;
  const alarm = setTimeout(() => ((stalled = true), child.kill("SIGKILL")), stallMs);
  try {
    await feed(child.stdin, parts, () => alarm.refresh());
  } catch (error) {
    fed = error;
    child.kill("SIGKILL");
  }
  const [code, stderr] = await Promise.all([child.exited, Promise.race([child.stderr.text(), child.exited.then(() => Bun.sleep(50)).then(() => "")])]);
  clearTimeout(alarm);
  if (fed !== undefined) throw fed;
  if (code === 0) return;
  // What git writes for its own developers when it fails.
  rmSync(join(gitDir, `fast_import_crash_${child.pid}`), { force: true });
  throw new ProcessError(argv, code, "", stderr, stalled);
}

/** Throws what reading the tree throws. A git that ended early tells why by its exit code. */
async function feed(sink: Bun.FileSink, parts: Iterable<Uint8Array>, moved: () => void): Promise<void> {
  const write = async (act: () => unknown) => {
    try {
      await act();
      return true;
    } catch {
      return false;
    }
  };
  for (const part of parts) {
    if (!(await write(() => (sink.write(part), sink.flush())))) return;
    moved();
  }
  await write(() => sink.end());
}
