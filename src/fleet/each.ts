// One deed for many agents: each refusal under its name, the rest done, one closing count.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";

export interface Narrator {
  done(message: string): void;
  error(message: string, hint?: string, detail?: string): void;
}

/** false when any was refused. One agent alone throws its own error. */
export async function eachAgent(say: Narrator, agents: readonly Agent[], deed: string, act: (agent: Agent) => Promise<void>): Promise<boolean> {
  let refused = 0;
  for (const agent of agents) {
    try {
      await act(agent);
      say.done(`${deed}: ${oneLine(agent.branch)}`);
    } catch (error) {
      if (agents.length === 1 || !(error instanceof UserError)) throw error;
      refused++;
      say.error(`${oneLine(agent.branch)}: ${error.message}`, error.hint, error.detail);
    }
  }
  if (agents.length > 1) say.done(`${agents.length - refused} of ${agents.length} ${deed}`);
  return refused === 0;
}
