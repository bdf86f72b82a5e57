// A prompt on its way: now, once the agent is ready, or queued.
import { UserError } from "../base/errors";
import type { Agent, Status } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import { enqueue } from "./queue";
import { asksOnScreen, interruptAgent, sendPrompt } from "./send";
import type { TickPorts } from "./tick";
import { waitForStatus } from "./wait";

/** How long a program may take until it reads, and until it has stopped after an interrupt. */
const READY_MS = 30_000;
const STOPPED_MS = 10_000;
/** So long after a person's answer a program may still say that it waits, or show half a screen. */
const ANSWERED_MS = 2_000;
const LOOK_SECONDS = 0.2;

/** Send it now; an agent that starts is waited for, and with `interrupt` its turn is stopped first. */
export async function promptAgent(ports: TickPorts, agent: Agent, text: string, { interrupt, dryRun }: { interrupt: boolean; dryRun: boolean }): Promise<void> {
  const kind = ports.kinds(agent.record.kind);
  let now = agent;
  if (!dryRun && now.status === "starting") now = await untilStatus(ports, now, ["idle", "working", "waiting", "unknown"], READY_MS);
  if (!dryRun && now.status === "waiting" && !(await asksOnScreen(ports.tmux, now, kind))) now = await untilStatus(ports, now, ["idle", "working"], ANSWERED_MS);
  if (!dryRun && interrupt && now.status === "working") {
    await interruptAgent(ports, now, kind);
    now = await untilStatus(ports, now, ["idle"], STOPPED_MS);
  }
  await sendPrompt(ports, now, kind, text, dryRun);
}

async function untilStatus(ports: TickPorts, agent: Agent, statuses: Status[], ms: number): Promise<Agent> {
  const waited = await waitForStatus(ports, { ids: [agent.record.id], statuses, any: false, lookAgain: () => LOOK_SECONDS, deadline: ports.now() + ms, signal: new AbortController().signal });
  const [there] = waited.reached;
  if (there) return there;
  const last = waited.pending[0] ?? agent;
  if (last.status === "starting" || last.status === "working") throw new UserError(`${oneLine(agent.branch)} is still ${last.status} after ${ms / 1000} seconds`, { hint: `fleet logs ${shellWord(agent.branch)} --screen` });
  return last;
}

/** Put it at the end of the agent's queue. */
export async function queuePrompt(ports: TickPorts, agent: Agent, text: string, after: Agent | null, dryRun: boolean): Promise<void> {
  if (after?.record.id === agent.record.id) throw new UserError(`an agent can't wait for itself: ${oneLine(agent.branch)}`, { hint: `fleet prompt ${shellWord(agent.branch)} --when-idle …` });
  if (agent.status === "unknown" && agent.session !== null && !ports.kinds(agent.record.kind).reports) {
    throw new UserError(`nobody can tell when ${oneLine(agent.branch)} is idle: its program does not report`, { hint: `fleet prompt ${shellWord(agent.branch)} …` });
  }
  if (dryRun) return;
  await enqueue(ports.store, [{ is: "prompt", agent: agent.record.id, text, after: after?.record.id ?? null }], ports.now());
}
