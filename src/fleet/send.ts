// Talking to a running agent: a prompt, an interrupt.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import type { Kind } from "../kinds/kind";
import { withLock } from "../ports/lock";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { pasteText, paneInput, pressKeys, typeLines } from "../ports/tmux/panes";
import { requirePane } from "./select";

// A program reads a large paste and the Enter after it in one go, and swallows that Enter; it needs a moment between.
export const BEFORE_ENTER_MS = 250;

/** The lock under which keys go to an agent: whoever types has its pane to itself. */
export function sendLock(store: Store, id: string): string {
  return store.path("locks", `send-${id}`);
}

/** Why a prompt can't go to this agent now, or null. Pure. */
export function refusePrompt(agent: Agent): UserError | null {
  const name = oneLine(agent.branch);
  if (agent.status === "exited") {
    return new UserError(`the program of ${name} has ended${agent.reason ? ` (${agent.reason})` : ""}`, { hint: `fleet start ${shellWord(agent.branch)}` });
  }
  if (agent.status === "starting") return new UserError(`${name} is still starting`, { hint: `fleet logs ${shellWord(agent.branch)} --screen` });
  // Its dialog would take the Enter for a yes.
  if (agent.status === "waiting") {
    return new UserError(`${name} waits for an answer${agent.doing ? `: ${oneLine(agent.doing)}` : ""}`, { hint: `fleet answer ${shellWord(agent.branch)} yes|no|N|TEXT` });
  }
  return null;
}

/** Send `text` as one prompt and submit it once. Two senders take turns, so that their texts can't mix. */
export async function sendPrompt(ports: { tmux: Tmux; store: Store }, agent: Agent, kind: Kind, text: string, dryRun = false): Promise<void> {
  const { tmux, store } = ports;
  const { pane } = requirePane(agent);
  const refusal = refusePrompt(agent);
  if (refusal) throw refusal;
  const input = await paneInput(tmux, pane);
  const lines = text.split("\n");
  if (!input.raw && lines.length > 1) {
    throw new UserError(`${oneLine(agent.branch)} reads line by line: ${lines.length} lines would be ${lines.length} prompts`, { hint: "send one line, or name a file for it to read" });
  }
  if (dryRun) return;
  await withLock(sendLock(store, agent.record.id), async () => {
    if (kind.input === "lines") await typeLines(tmux, pane, lines);
    else await pasteText(tmux, pane, text, `fleet-${agent.record.id}`);
    await Bun.sleep(BEFORE_ENTER_MS);
    await pressKeys(tmux, pane, ["Enter"]);
  });
}

/** Press the keys with which the kind's program stops its turn. */
export async function interruptAgent(tmux: Tmux, agent: Agent, kind: Kind): Promise<void> {
  const { pane } = requirePane(agent);
  if (agent.status === "exited") throw new UserError(`nothing runs: the program of ${oneLine(agent.branch)} has ended`, { hint: `fleet start ${shellWord(agent.branch)}` });
  await pressKeys(tmux, pane, kind.interrupt);
}
