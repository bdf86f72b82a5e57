// An agent that drives others: it may end, merge, keep and bring back only what it has started itself. Pure.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine } from "../base/text";

/**
 * The agent whose program calls; null for a person. tmux hands an agent's FLEET_ID to all that it starts in the agent's session: to
 * popups, which have no pane, and to panes that a person splits off.
 */
export function callingAgent(env: Record<string, string | undefined>, ownPane: (id: string) => string | null | undefined = () => null): string | null {
  const id = env["FLEET_ID"];
  if (!id || !env["TMUX"]) return id || null;
  if (!env["TMUX_PANE"]) return null;
  const own = ownPane(id);
  return !own || own === env["TMUX_PANE"] ? id : null;
}

/** Where each of these agents runs, by its id. */
export function paneAmong(agents: readonly Pick<Agent, "record" | "pane">[]): (id: string) => string | null | undefined {
  return (id) => agents.find(({ record }) => record.id === id)?.pane;
}

/** Throws UserError where an agent calls, and one of these was not started by it. */
export function refuseForeign(env: Record<string, string | undefined>, agents: readonly Pick<Agent, "record" | "branch">[], verb: string, ownPane: (id: string) => string | null | undefined): void {
  const caller = callingAgent(env, ownPane);
  if (caller === null) return;
  const foreign = agents.filter(({ record }) => record.parent !== caller);
  if (foreign.length === 0) return;
  const names = foreign.map(({ branch }) => oneLine(branch)).join(", ");
  throw new UserError(`an agent may ${verb} only agents that it started: ${names}`, { hint: `a person can do it, in a pane that is no agent's: fleet ${verb} …` });
}
