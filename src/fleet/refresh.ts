// What a list had no time for: one background process that asks git until all is known, and ends.
import { setPriority } from "node:os";
import type { AgentRecord } from "../base/model";
import { withLockIfFree } from "../ports/lock";
import { type GitQuestion, loadGitFacts } from "./changes";
import { refreshLock } from "./leave-refresh";

// One worktree of a large repository on a slow disk may take seconds; a git that hangs must not stay for ever.
const WHOLE_MS = 120_000;
const CALL_MS = 30_000;

/** Ask git all that is not known of `records`. Does nothing while another process is at it; returns whether it ran. */
export async function refreshGitFacts(question: Pick<GitQuestion, "git" | "home" | "now">, records: readonly AgentRecord[]): Promise<boolean> {
  try {
    // The agents' own work comes first.
    setPriority(10);
  } catch {
    // Not permitted: it is as quick as the others.
  }
  const whole = { ...question, deadlineMs: WHOLE_MS, callMs: CALL_MS, leaveBehind: () => {} };
  return (await withLockIfFree(refreshLock(question.home), () => loadGitFacts(whole, records))) !== null;
}
