// A private place for one test file: an empty home, an environment without the person's own, and a tmux server of its own.
import { afterAll } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endProcesses } from "../../src/fleet/end-processes";
import { withEnvironment } from "../../src/ports/processes";
import { spawn } from "../../src/ports/spawn";

export interface Server {
  /** A temporary directory that goes with the server; `home` is below it. */
  readonly root: string;
  readonly home: string;
  readonly fleetHome: string;
  readonly socket: string;
  /** What programs of this place are started with: PATH, HOME, FLEET_HOME, TMUX_TMPDIR and little more. */
  readonly env: Record<string, string>;
  /** stdout of one tmux call on this server, without the last line end; a failing call throws. */
  tmux(...words: string[]): Promise<string>;
  /** The visible screen of a pane (or of a session's active pane), as text. */
  screen(target: string): Promise<string>;
  /** Ends the server and removes the place; called by itself after the file's tests. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Start tmux with a session `main` (default). false: no server runs until something starts one. */
  started?: boolean;
  env?: Record<string, string>;
}

/** Make the place. Call it at the top of a test file or in `beforeAll`: it ends after the file's tests. */
export async function privateServer(options: ServerOptions = {}): Promise<Server> {
  // Short, because a socket's path has at most 104 bytes on macOS; real, because /tmp is a link there.
  const root = mkdtempSync(join(realpathSync("/tmp"), "fl-"));
  const home = join(root, "home");
  const fleetHome = join(home, ".ai_fleet");
  mkdirSync(home);
  writeFileSync(join(home, ".gitconfig"), "[user]\n\tname = Tester\n\temail = tester@example.invalid\n[init]\n\tdefaultBranch = main\n");
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: home,
    FLEET_HOME: fleetHome,
    TMUX_TMPDIR: root,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
    SHELL: "/bin/sh",
    GIT_CONFIG_NOSYSTEM: "1",
    ...options.env,
  };
  const socket = join(root, `tmux-${process.getuid?.() ?? 0}`, "default");
  const tmux = async (...words: string[]): Promise<string> => {
    const ran = await spawn(["tmux", "-u", ...words], { env, cwd: root, timeout: 15_000 });
    if (ran.code !== 0) throw new Error(`tmux ${words.join(" ")}: ${ran.stderr.trim() || `ended with ${ran.code}`}`);
    return ran.stdout.replace(/\n$/, "");
  };
  const close = async (): Promise<void> => {
    // By the socket, never by name: no other server can be meant.
    await spawn(["tmux", "-S", socket, "kill-server"], { env, timeout: 15_000 });
    // What a session's end has started in the background would make a part of it anew.
    if (process.platform === "linux") await endProcesses([], (table) => withEnvironment(table, `HOME=${home}`));
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  afterAll(close);
  if (options.started !== false) await tmux("-f", "/dev/null", "new-session", "-d", "-s", "main", "-x", "120", "-y", "40", "exec sleep 100000");
  return { root, home, fleetHome, socket, env, tmux, screen: (target) => tmux("capture-pane", "-p", "-t", target), close };
}
