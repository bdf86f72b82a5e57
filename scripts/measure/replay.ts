// Exactly the git and tmux calls of a fleet command, made again by hand for another agent: the floor of kill and undo.
// Stand-ins on PATH record words, git's environment and stdin of one run; a replay puts the other agent's names in.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Place, type Sample, sum, time, type Words } from "./time";

interface Call {
  argv: Words;
  env: Record<string, string>;
  stdin: Uint8Array;
  failed: boolean;
}

/** What one agent's calls name, longest first where one holds another. */
export interface Names {
  worktree: string;
  /** Its git directory, `<common>/worktrees/NAME`. */
  admin: string;
  /** Where a kill puts the two. */
  trashedWorktree: string;
  trashedAdmin: string;
  branch: string;
  id: string;
  session: string;
  pane: string;
}

const GIT_VARIABLES = ["GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

/** Run `argv` once and return the git and tmux calls that it made, in the order in which they began. */
export function record(argv: Words, place: Place, folder: string): Call[] {
  const calls = join(folder, "calls");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(calls, { recursive: true });
  for (const tool of ["git", "tmux"]) {
    const file = join(folder, tool);
    writeFileSync(file, standIn(tool, Bun.which(tool, { PATH: place.env["PATH"]! })!, calls));
    chmodSync(file, 0o755);
  }
  time(argv, { ...place, env: { ...place.env, PATH: `${folder}:${place.env["PATH"]}` } });
  const found: Call[] = [];
  for (let n = 0; existsSync(join(calls, String(n))); n++) {
    const part = (name: string) => readFileSync(join(calls, String(n), name));
    const argv = part("argv").toString().split("\0").slice(0, -1) as unknown as Words;
    const values = part("env").toString().split("\0");
    const env = Object.fromEntries(GIT_VARIABLES.flatMap((name, i) => (values[i] ? [[name, values[i]]] : [])));
    found.push({ argv, env, stdin: part("stdin"), failed: part("code").toString().trim() !== "0" });
  }
  return found;
}

/** A directory taken by mkdir numbers the call, also where several begin at once. */
function standIn(tool: string, real: string, calls: string): string {
  return `#!/bin/sh
n=0
while ! mkdir "${calls}/$n" 2>/dev/null; do n=$((n + 1)); done
into=${calls}/$n
printf '%s\\0' ${tool} "$@" >"$into/argv"
printf '%s\\0' ${GIT_VARIABLES.map((name) => `"\${${name}-}"`).join(" ")} >"$into/env"
cat >"$into/stdin"
"${real}" "$@" <"$into/stdin"
code=$?
echo "$code" >"$into/code"
exit "$code"
`;
}

/** Make the calls again, one after another, for the agent with other names. What a kill moves is moved before the first call that asks for it. */
export function replay(calls: readonly Call[], from: Names, to: Names, place: Place): Sample {
  const swap = (text: string) => swapNames(text, from, to);
  const samples = calls.map((call) => {
    const argv = call.argv.map(swap) as unknown as Words;
    const env = Object.fromEntries(Object.entries(call.env).map(([name, value]) => [name, swap(value)]));
    const named = [...argv, ...Object.values(env)];
    move(named, to.worktree, to.trashedWorktree);
    move(named, to.admin, to.trashedAdmin);
    // Names of equal length: byte counts within the stream stay right.
    const stdin = Buffer.from(swap(Buffer.from(call.stdin).toString("latin1")), "latin1");
    return time(argv, { cwd: place.cwd, env: { ...place.env, ...env } }, { stdin, mayFail: call.failed });
  });
  return sum(samples);
}

function move(words: readonly string[], from: string, to: string): void {
  if (!words.some((word) => word.includes(to)) || !existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

function swapNames(text: string, from: Names, to: Names): string {
  // Ids of tmux are whole words: %1 is also the beginning of %12.
  if (text === from.session) return to.session;
  if (text === from.pane) return to.pane;
  const keys = ["trashedWorktree", "trashedAdmin", "worktree", "admin", "branch", "id"] as const;
  // Through marks, so that what one swap put in is not swapped again.
  const marked = keys.reduce((all, key) => all.replaceAll(from[key], `\u0001${key}\u0001`), text);
  return keys.reduce((all, key) => all.replaceAll(`\u0001${key}\u0001`, to[key]), marked);
}
