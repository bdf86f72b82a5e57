// A command line run in an agent's worktree, whose output is kept beside the agent.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Cancelled, UserError } from "../../base/errors";
import type { AgentRecord } from "../../base/model";
import { oneLine, shellWord, stripControl } from "../../base/text";
import { withoutRepository } from "../../ports/git/call";
import { runProgram } from "../../ports/process";
import type { Store } from "../../ports/store";
import { agentEnvironment } from "../launch";
import type { MergeEntry } from "./entry";
import type { MovePorts } from "./move";

export interface MergePorts extends MovePorts {
  env: Record<string, string | undefined>;
}

export interface MergeWatch {
  /** Aborted by Ctrl-C: until the target moves, everything is taken back. */
  signal: AbortSignal;
  /** Something begins that may take long. */
  note(message: string): void;
  /** Milliseconds that the checks may take. */
  timeoutMs?: number | undefined;
}

export interface Checked {
  /** null when a signal or the time limit ended it. */
  code: number | null;
  signal: string | null;
  timedOut: boolean;
  /** Milliseconds. */
  took: number;
  output: string;
  /** The file with all that it printed. */
  log: string;
}

/** Run a line for sh in the agent's worktree, to its end. `what` names its log. */
export async function runCheck({ store, env }: { store: Store; env: Record<string, string | undefined> }, record: AgentRecord, line: string, what: string, limits: { timeoutMs?: number | undefined; signal?: AbortSignal }): Promise<Checked> {
  const log = store.path("agents", record.id, `${what}.log`);
  const began = performance.now();
  const ran = await runProgram(["sh", "-c", line], {
    cwd: record.worktree,
    env: { ...withoutRepository(env), ...agentEnvironment(record) },
    io: "collect",
    ...(limits.timeoutMs === undefined ? {} : { timeout: limits.timeoutMs }),
    ...(limits.signal === undefined ? {} : { signal: limits.signal }),
  });
  const took = Math.round(performance.now() - began);
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
  writeFileSync(log, ran.output, { mode: 0o600 });
  return { code: ran.code, signal: ran.signal, timedOut: ran.timedOut, took, output: ran.output, log };
}

const SHOWN_LINES = 20;

/** Throws UserError with the last lines where it does not end with 0. */
export async function check(ports: MergePorts, { record, agent, into }: MergeEntry, line: string, watch: MergeWatch): Promise<void> {
  watch.note(`checking ${oneLine(agent.branch)}: ${oneLine(line)}`);
  const { code, signal, timedOut, output, log } = await runCheck(ports, record, line, "merge", watch);
  if (watch.signal.aborted) throw new Cancelled();
  if (code === 0) return;
  const how = timedOut ? "took too long" : signal !== null ? `was ended by ${signal}` : `failed with ${code}`;
  const detail = stripControl(output).trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
  throw new UserError(`${oneLine(into.branch)} was not moved, because the check of ${oneLine(agent.branch)} ${how}: ${oneLine(line)}`, { detail, hint: `less ${shellWord(log)}   ·   fleet sync ${shellWord(agent.branch)} brings ${into.branch} in for the agent to work with` });
}
