// Keeping one attempt: who it is kept among, and that the others may go. Pure.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";

/** The other agents of its batch. Throws UserError where it is of none, or alone. */
export function siblingsOf(agent: Agent, agents: readonly Agent[]): Agent[] {
  const { batch, id } = agent.record;
  const name = oneLine(agent.branch);
  if (batch === null) throw new UserError(`${name} is of no batch, so there are no other attempts`, { hint: `fleet merge ${shellWord(agent.branch)}` });
  const siblings = agents.filter(({ record }) => record.batch === batch && record.id !== id);
  if (siblings.length === 0) throw new UserError(`${name} is the only one left of its batch`, { hint: `fleet merge ${shellWord(agent.branch)}` });
  return siblings;
}
