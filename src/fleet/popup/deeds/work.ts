// Prompting, snoozing, stopping and starting what is marked.
import { Cancelled, UserError } from "../../../base/errors";
import type { Agent } from "../../../base/model";
import { oneLine } from "../../../base/text";
import { kindsOf } from "../../kind-of";
import { snoozeAgent } from "../../snooze";
import { type Deed, type Doing, namesOf } from "../doing";

const SNOOZE = "10m";

export const snooze: Deed = async (doing) => {
  return each(doing, `snoozed for ${SNOOZE}`, (agent) => snoozeAgent(doing, agent, SNOOZE));
};

export const stop: Deed = async (doing) => {
  const [{ stopAgent }, { interruptSignalPastHangup }] = await Promise.all([import("../../stop"), import("../../../ports/interrupt")]);
  interruptSignalPastHangup();
  const doomed = new Set(doing.agents.flatMap((agent) => agent.session ?? []));
  doing.out.progress(`stopping ${namesOf(doing.agents)} …\n`);
  return each(doing, "stopped", (agent) => stopAgent(doing, agent, doomed));
};

export const restart: Deed = async (doing) => {
  const [{ stopAgent }, { startAgent }, { interruptSignalPastHangup }] = await Promise.all([import("../../stop"), import("../../start"), import("../../../ports/interrupt")]);
  interruptSignalPastHangup();
  const kinds = await kindsOf(doing, true);
  const doomed = new Set(doing.agents.flatMap((agent) => agent.session ?? []));
  const size = { columns: 160, rows: 48 };
  doing.out.progress(`starting ${namesOf(doing.agents)} again …\n`);
  return each(doing, "started again", async (agent) => {
    if (agent.session !== null && agent.status !== "exited") await stopAgent(doing, agent, doomed);
    await startAgent(doing, agent.status === "exited" ? agent : { ...agent, status: "stopped", session: null, pane: null }, kinds(agent.record.kind), size);
  });
};

export const sendPrompt: Deed = async (doing) => {
  const { agents, out } = doing;
  const [{ promptAgent, queuePrompt }, { askPrompt }] = await Promise.all([import("../../prompt"), import("../ask-prompt")]);
  const text = await askPrompt(doing, `prompt for ${namesOf(agents)}`);
  if (text === null) throw new Cancelled();
  const ports = { ...doing, kinds: await kindsOf(doing) };
  out.progress(`prompting ${namesOf(agents)} …\n`);
  return each(doing, "prompted", async (agent) => {
    // What works or asks gets it when its turn is over, unless its program keeps prompts itself.
    try {
      await promptAgent(ports, agent, text, { interrupt: false, dryRun: false });
    } catch (error) {
      if (!(error instanceof UserError) || (agent.status !== "working" && agent.status !== "waiting")) throw error;
      await queuePrompt(ports, agent, text, null, false);
    }
  });
};

/** One agent's refusal is thrown; of several each is counted and the first is told. */
async function each({ agents }: Doing, deed: string, act: (agent: Agent) => Promise<void>): Promise<string> {
  const refused: string[] = [];
  for (const agent of agents) {
    try {
      await act(agent);
    } catch (error) {
      if (agents.length === 1 || !(error instanceof UserError)) throw error;
      refused.push(`${oneLine(agent.branch)}: ${oneLine(error.message)}`);
    }
  }
  if (refused.length === 0) return `✓ ${deed}: ${namesOf(agents)}`;
  throw new UserError(`${agents.length - refused.length} of ${agents.length} ${deed}; ${refused.join("; ")}`);
}
