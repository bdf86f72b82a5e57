// A conflict as a prompt: the agent that made the change knows best how it goes together with what came into the base.
import { UserError } from "../../base/errors";
import type { Agent } from "../../base/model";
import { oneLine, shellWord } from "../../base/text";
import type { Git } from "../../ports/git/call";
import type { Store } from "../../ports/store";
import type { Terminal } from "../../ports/terminal";
import type { Tmux } from "../../ports/tmux/call";
import type { Out } from "../../ui/out";
import { kindsOf } from "../kind-of";
import { promptAgent } from "../prompt";
import type { TickPorts } from "../tick";
import type { Conflicts } from "./plan";

const MOST_PATHS = 50;

/** What the agent is asked. Pure. */
export function conflictPrompt(base: string, paths: readonly string[]): string {
  const shown = paths.slice(0, MOST_PATHS).map((path) => `- ${oneLine(path)}`);
  if (paths.length > MOST_PATHS) shown.push(`- and ${paths.length - MOST_PATHS} more`);
  return [
    `The branch ${base} has moved on, and this branch conflicts with it in:`,
    ...shown,
    `Run git merge ${shellWord(base)}, settle the conflicts so that both changes keep their meaning, run the project's checks, and commit the merge. Leave ${base} itself as it is.`,
  ].join("\n");
}

/** Throws UserError where it can't be prompted now. */
export async function handOver(ports: TickPorts, agent: Agent, base: string, paths: readonly string[]): Promise<void> {
  await promptAgent(ports, agent, conflictPrompt(base, paths), { interrupt: false, dryRun: false });
}

export interface Settling {
  git: Git;
  tmux: Tmux;
  store: Store;
  env: Record<string, string | undefined>;
  out: Out;
  terminal: Pick<Terminal, "interactive">;
  now(): number;
}

/**
 * Say what conflicts, and hand it to the agent: as told, or after a yes on a terminal. false: it was not, and nothing was said.
 * Throws UserError where the agent can't be prompted now.
 */
export async function settleConflict(means: Settling, conflicts: Conflicts, { handOver: told, ask }: { handOver: boolean; ask: boolean }): Promise<boolean> {
  const asks = ask && !told && means.terminal.interactive;
  if (!told && !asks) return false;
  const { agent, base, paths } = conflicts;
  means.out.error(conflicts.message, undefined, conflicts.detail);
  if (asks && !(await (await import("../../ui/ask")).confirm(`Ask ${oneLine(agent.branch)} to settle it?`))) return true;
  if (agent.session === null) throw new UserError(`${oneLine(agent.branch)} has no session to ask in: it is ${agent.status}`, { hint: `fleet start ${shellWord(agent.branch)} && fleet sync ${shellWord(agent.branch)} --hand-over` });
  await handOver({ ...means, kinds: await kindsOf(means) }, agent, base, paths);
  means.out.done(`handed over: ${oneLine(agent.branch)} settles it`);
  means.out.hint(`fleet wait ${shellWord(agent.branch)} && fleet merge ${shellWord(agent.branch)}`);
  return true;
}
