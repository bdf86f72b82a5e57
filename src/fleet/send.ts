// Talking to a running agent: a prompt, an interrupt.
import { UserError } from "../base/errors";
import type { Agent } from "../base/model";
import { oneLine, shellWord } from "../base/text";
import type { Kind } from "../kinds/kind";
import { withLock } from "../ports/lock";
import type { Store } from "../ports/store";
import type { Tmux } from "../ports/tmux/call";
import { paneInput, paneScreen, pressKeys } from "../ports/tmux/panes";
import { noteReturned } from "../ports/tmux/report";
import { statusesOf } from "../ports/tmux/wait";
import { deliver, hasEnded, type Look, waitsFor } from "./deliver";
import { clearInput, clearReturned, doneTyping, keepTyping } from "./draft";
import { requirePane } from "./select";

const BETWEEN_KEYS_MS = 250;
const READY_MS = 800;
const STOPPED_MS = 600;

/** The lock under which keys go to an agent: whoever types has its pane to itself. */
export function sendLock(store: Store, id: string): string {
  return store.path("locks", `send-${id}`);
}

/** Whether a question stands there: a person's answer is seen on the screen before its program tells of it. */
export async function asksOnScreen(tmux: Tmux, agent: Agent, kind: Kind): Promise<boolean> {
  const { screen, title } = await paneScreen(tmux, requirePane(agent).pane);
  return kind.readScreen === undefined || kind.readScreen(screen, title)?.ask !== undefined;
}

/** Why a prompt can't go to this agent now, or null. Pure. */
export function refusePrompt(agent: Agent): UserError | null {
  const name = oneLine(agent.branch);
  if (agent.status === "exited") return hasEnded(agent, agent.reason);
  if (agent.status === "starting") return new UserError(`${name} is still starting`, { hint: `fleet logs ${shellWord(agent.branch)} --screen` });
  // Its dialog would take the Enter for a yes.
  if (agent.status === "waiting") {
    return waitsFor(agent, agent.doing);
  }
  return null;
}

/** The same for an agent at work: a prompt goes to its program only where that keeps it until the turn is over. Pure. */
export function refuseWhileWorking(agent: Agent, kind: Kind): UserError | null {
  if (agent.status !== "working" || kind.queuesPrompts) return null;
  const name = shellWord(agent.branch);
  return new UserError(`${oneLine(agent.branch)} is working`, { hint: `fleet prompt ${name} --when-idle …   or   fleet prompt ${name} --interrupt …` });
}

/** Send `text` as one prompt and submit it once. Two senders take turns, so that their texts can't mix. */
export async function sendPrompt(ports: { tmux: Tmux; store: Store }, agent: Agent, kind: Kind, text: string, dryRun = false): Promise<void> {
  const { tmux, store } = ports;
  const { pane } = requirePane(agent);
  const refusal = refusePrompt(agent) ?? refuseWhileWorking(agent, kind);
  if (refusal) throw refusal;
  const lines = text.replace(/\n+$/, "").split("\n");
  if (lines.length > 1 && !(await readsKeys(tmux, pane))) {
    throw new UserError(`${oneLine(agent.branch)} reads line by line: ${lines.length} lines would be ${lines.length} prompts`, { hint: "send one line, or name a file for it to read" });
  }
  if (dryRun) return;
  await withLock(sendLock(store, agent.record.id), () => typePrompt(ports, agent, kind, lines.join("\n")));
}

/** Whoever is ended meanwhile leaves word of what it typed. */
async function typePrompt(ports: { tmux: Tmux; store: Store }, agent: Agent, kind: Kind, text: string): Promise<void> {
  let isBegun = false;
  try {
    await deliver(ports, agent, kind, text, async (now) => {
      await refuseOnScreen(ports, agent, kind, now);
      keepTyping(ports.store, agent.record.id, text);
      isBegun = true;
    });
  } finally {
    if (isBegun) doneTyping(ports.store, agent.record.id);
  }
}

/** A program that has just started reads nothing yet; one that reads whole lines never will read keys. */
async function readsKeys(tmux: Tmux, pane: string): Promise<boolean> {
  for (const deadline = Date.now() + READY_MS; ; await Bun.sleep(60)) {
    if ((await paneInput(tmux, pane)).raw) return true;
    if (Date.now() > deadline) return false;
  }
}

/** The screen has the last word: a menu would take the Enter, and what a person has typed is theirs. */
async function refuseOnScreen(ports: { tmux: Tmux; store: Store }, agent: Agent, kind: Kind, { reading }: Look): Promise<void> {
  await refuseShell(agent, kind);
  if (reading?.ask) throw waitsFor(agent, reading.ask.text);
  // Another sender may have been first.
  const busy = reading?.status === "working" ? refuseWhileWorking({ ...agent, status: "working" }, kind) : null;
  if (busy) throw busy;
  if (reading?.draft) await clearInput(ports, agent, requirePane(agent).pane, kind);
}

/** Under a shell of somebody's own the program may have ended a moment ago: what is typed would run. */
async function refuseShell(agent: Agent, kind: Kind): Promise<void> {
  if (!agent.sessionAdopted || agent.pid === null) return;
  const { endedUnderShell } = await import("./adopt/ended");
  const options = { id: agent.record.id, kind: kind.name, like: kind.builtIn ?? "", adopted: "shell" };
  if ((await endedUnderShell([{ panePid: agent.pid, options }])).size > 0) throw refusePrompt({ ...agent, status: "exited", reason: null });
}

/** Press the keys with which the kind's program stops its turn. */
export async function interruptAgent(ports: { tmux: Tmux; store: Store }, agent: Agent, kind: Kind): Promise<void> {
  await refuseShell(agent, kind);
  if (agent.status === "exited") throw new UserError(`nothing runs: the program of ${oneLine(agent.branch)} has ended`, { hint: `fleet start ${shellWord(agent.branch)}` });
  await withLock(sendLock(ports.store, agent.record.id), () => interruptClaimed(ports, agent, kind));
}

async function interruptClaimed(ports: { tmux: Tmux; store: Store }, agent: Agent, kind: Kind): Promise<void> {
  const { tmux } = ports;
  const { pane, session } = requirePane(agent);
  for (const [i, key] of kind.interrupt.entries()) {
    // Two at once are another key: Alt-Esc.
    if (i > 0) await Bun.sleep(BETWEEN_KEYS_MS);
    await pressKeys(tmux, pane, [key]);
  }
  if (!kind.returnsPrompt || agent.status !== "working" || !(await clearReturned(ports, agent, pane, kind))) return;
  // Its title says so a moment later; no hook does.
  if (kind.titles) for (const deadline = Date.now() + STOPPED_MS; Date.now() < deadline; await Bun.sleep(40)) if ((await statusesOf(tmux, [session]))?.split(" ")[1] === "idle") break;
  // What stands above the input box now is of an earlier turn.
  await noteReturned(tmux, { pane, agent: agent.record.id, at: Math.floor(Date.now() / 1000) });
}
