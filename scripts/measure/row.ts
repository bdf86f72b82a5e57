// A row of the tables of statuses, whether it is right, and what both tables do to programs.
import type { Stand } from "./stand";

export interface Row {
  kind: string;
  event: string;
  expected: string;
  got: string;
  ms: number;
}

/** What of an agent in `fleet list --json` the tables need. */
export interface Looked {
  id: string;
  branch: string;
  status: string;
  reason: string | null;
  pane: string | null;
  session: string | null;
  worktree: string;
}

/** A reason is looked at where one is expected, and then as far as that goes; with a dash behind there must be none. */
export function isRight(expected: string, got: string): boolean {
  if (expected.endsWith(" -")) return got === expected.slice(0, -2);
  return got === expected.trim() || got.startsWith(`${expected.trim()} `);
}

export function isWrong({ expected, got }: Row): boolean {
  return !isRight(expected, got);
}

export async function run(argv: readonly string[], env: Record<string, string>, cwd = "/"): Promise<string> {
  const ran = Bun.spawn(argv as string[], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [code, out, err] = await Promise.all([ran.exited, ran.stdout.text(), ran.stderr.text()]);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}\n${err}`);
  return out;
}

/** The wrapper's child, which is the program. */
export async function killProgram(pane: string, stand: Stand): Promise<void> {
  const wrapper = stand.tmux("display-message", "-p", "-t", pane, "#{pane_pid}");
  const child = (await run(["pgrep", "-P", wrapper], stand.env)).trim().split("\n")[0]!;
  process.kill(Number(child), "SIGKILL");
}

/** What the program of a pane has started with these words. */
export async function killBelow(pane: string, words: string, stand: Stand): Promise<void> {
  const table = (await run(["ps", "-A", "-o", "pid=,ppid=,args="], stand.env)).trim().split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)!.slice(1));
  const below = (parent: string): string[] => table.flatMap(([pid, ppid]) => (ppid === parent ? [pid!, ...below(pid!)] : []));
  const own = new Set(below(stand.tmux("display-message", "-p", "-t", pane, "#{pane_pid}")));
  for (const [pid, , args] of table) if (own.has(pid!) && args === words) process.kill(Number(pid), "SIGKILL");
}
