// The peak of resident memory of each command, its git and tmux included, with fifty agents on the server.
import { memoryRow, type Row } from "./report";
import type { Stand, TestRepo } from "./stand";
import { time } from "./time";

const MOST_MB = 60;

// In this order: each leaves what the next needs. `agent-0` and `agent-1` are there.
const COMMANDS = [
  ["--version"], ["--help"], ["list", "--help"], ["list"], ["list", "--json"], ["list", "--all", "--grouped"],
  ["path", "agent-1"], ["logs", "agent-1"], ["logs", "agent-1", "--screen"], ["diff", "agent-1"], ["diff", "agent-1", "--stat"], ["exec", "agent-*", "--", "true"],
  ["config", "show"], ["config", "validate"], ["doctor"], ["doctor", "--json"], ["completion", "bash"], ["refresh"],
  ["prompt", "agent-1", "hello"], ["interrupt", "agent-1"], ["create", "heavy", "-a", "sleep", "-d"], ["stop", "heavy"], ["start", "heavy"],
  ["restart", "heavy"], ["kill", "heavy", "--yes"], ["undo", "heavy"], ["undo", "--list"],
] as const;

/** One row a command. A command that is refused counts too: it took that much to say so. */
export function memoryRows(stand: Stand, repo: TestRepo, fleet: string, weigh: string): Row[] {
  return COMMANDS.flatMap((words) => {
    const [bytes, code] = time([weigh, fleet, ...words], { cwd: repo.cwd, env: stand.env }).stdout.trim().split(" ").map(Number) as [number, number];
    // 2: no such command in this fleet.
    return code === 2 ? [] : [memoryRow(`${words.join(" ")}${code === 0 ? "" : ` (ended with ${code})`}`, bytes, MOST_MB)];
  });
}
