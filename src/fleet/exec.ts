// One command in many worktrees, a few at a time.
import { existsSync } from "node:fs";
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";
import { withoutRepository } from "../ports/git/call";
import { runProgram } from "../ports/process";
import { agentEnvironment } from "./launch";

export interface ExecResult {
  id: string;
  branch: string;
  /** null when a signal or the time limit ended it. */
  code: number | null;
  /** "done", "failed with 2", "timed out", "ended by SIGINT". */
  ending: string;
  output: string;
}

export interface ExecOptions {
  env: Record<string, string | undefined>;
  jobs: number;
  timeoutMs: number | undefined;
  onResult(result: ExecResult): void;
}

/** Results in the order of `agents`; `onResult` as each ends. */
export async function execInWorktrees(agents: readonly Agent[], argv: readonly [string, ...string[]], options: ExecOptions): Promise<ExecResult[]> {
  const results: ExecResult[] = [];
  let next = 0;
  const work = async () => {
    while (next < agents.length) {
      const i = next++;
      const result = await execOne(agents[i]!, argv, options);
      results[i] = result;
      options.onResult(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, agents.length) }, work));
  return results;
}

async function execOne(agent: Agent, argv: readonly [string, ...string[]], options: ExecOptions): Promise<ExecResult> {
  const { record } = agent;
  const name = { id: record.id, branch: oneLine(agent.branch) };
  if (!existsSync(record.worktree)) return { ...name, code: 1, ending: "its worktree is gone", output: "" };
  const ran = await runProgram(argv, {
    cwd: record.worktree,
    env: { ...withoutRepository(options.env), ...agentEnvironment(record) },
    io: "collect",
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  const ending = ran.timedOut ? "timed out" : ran.signal ? `ended by ${ran.signal}` : ran.code === 0 ? "done" : `failed with ${ran.code}`;
  return { ...name, code: ran.code, ending, output: ran.output };
}
