// Preloaded by `bun test`: no test sees the person's home, git settings or tmux server, and a test that could is a failure.
import { afterAll, beforeEach } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

const root = mkdtempSync(join(realpathSync("/tmp"), "fleet-test-"));

for (const name of Object.keys(process.env)) {
  if (/^(GIT_|TMUX|FLEET_(?!TEST_)|XDG_)/.test(name)) delete process.env[name];
}
process.env["HOME"] = join(root, "home");
process.env["FLEET_HOME"] = join(root, "home", ".ai_fleet");
process.env["TMUX_TMPDIR"] = root;
process.env["GIT_CONFIG_NOSYSTEM"] = "1";

// Bun starts programs with the environment it began with, whatever process.env says since (1.4.5).
const { spawn, spawnSync } = Bun;
const withEnvironment = (start: (...words: never[]) => unknown) => (...words: unknown[]) => {
  const [first, second] = words;
  if (!Array.isArray(first)) return start({ env: process.env, ...(first as object) } as never);
  return start(first as never, { env: process.env, ...(second as object) } as never);
};
Object.assign(Bun, { spawn: withEnvironment(spawn), spawnSync: withEnvironment(spawnSync) });

/** What an environment would let a test reach of the person's own things; empty when nothing. */
export function reaches(env: Record<string, string | undefined>, realHome: string): string[] {
  const found: string[] = [];
  if (!env["HOME"] || env["HOME"] === realHome) found.push("HOME is the person's own");
  if (env["TMUX"] || env["TMUX_PANE"]) found.push("TMUX names the person's tmux server");
  if (!env["TMUX_TMPDIR"] || env["TMUX_TMPDIR"] === "/tmp") found.push("TMUX_TMPDIR is the person's own");
  if (env["GIT_DIR"]) found.push("GIT_DIR points at a repository");
  return found;
}

function check(): void {
  const found = reaches(process.env, userInfo().homedir);
  if (found.length) throw new Error(`the test environment is not private: ${found.join("; ")}`);
}

check();
beforeEach(check);
afterAll(() => rmSync(root, { recursive: true, force: true }));
