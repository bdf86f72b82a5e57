// One action of the key table on agents by id: for the picker's keys, and for whoever has ids and a terminal to move.
import { Cancelled, UserError } from "../../base/errors";
import { oneLine } from "../../base/text";
import { showMessage } from "../../ports/tmux/clients";
import { hold } from "../../ui/hold";
import { loadAgents } from "../agents";
import { deedOf } from "./deeds/index";
import type { Act, ActName, ActPorts } from "./doing";
import { lookQuickly } from "./figures";
import { clearMarks, keepRows, leaveNote, marked, readView, rowsOf, setMessage, toggleMark, type View } from "./view";

/** On what is marked, where something is; a mark is used up by one of them. */
const ON_MARKED: readonly ActName[] = ["prompt", "snooze", "stop", "restart", "kill"];
/** These have the terminal. */
const ON_SCREEN: readonly ActName[] = ["keep", "merge", "check", "output", "no", "answer", "prompt", "diff", "logs", "new", "fanout", "stop", "restart", "kill", "undo", "help"];
const BLANK = "\u001b[H\u001b[2J";
/** These need no agent. */
const ON_NONE: readonly ActName[] = ["check", "answer", "new", "fanout", "undo", "help", "renew", "no"];

/** Returns the exit code; what came of it stands on top of the list, on the terminal, or in a message of the client. */
export async function runAct(ports: ActPorts, act: Act): Promise<number> {
  const view = act.view === undefined ? null : readView(act.view);
  if (act.name === "mark") return mark(ports, act, view);
  let line: string | void;
  let failed = false;
  let over = false;
  try {
    const all = await loadAgents(ports);
    const marks = view && ON_MARKED.includes(act.name) ? all.filter((agent) => marked(view).has(agent.record.id)) : [];
    const agents = marks.length > 0 ? marks : all.filter((agent) => act.ids.includes(agent.record.id));
    if (agents.length === 0 && !ON_NONE.includes(act.name)) throw new UserError(act.ids.length === 0 ? "no agent there" : "that agent is gone");
    // What the terminal showed before the list, or the last action, is no part of this one.
    if (view && ON_SCREEN.includes(act.name)) ports.out.progress(BLANK);
    line = await (await deedOf(act.name))({ ...ports, act, agents, all, openView: view, closeView: () => void (over = true) });
    if (view && marks.length > 0 && line) clearMarks(view);
  } catch (error) {
    if (error instanceof Cancelled) line = "";
    else if (error instanceof UserError) [line, failed] = [`✗ ${oneLine(error.message)}${error.detail ? `: ${oneLine(error.detail).slice(0, 160)}` : ""}`, true];
    else throw error;
  }
  // The next one finds the terminal blank.
  if (view && ON_SCREEN.includes(act.name)) ports.out.progress(BLANK);
  await tell(ports, act, view, line ?? "", failed);
  if (view && over) leaveNote(view, "over");
  return failed ? 1 : 0;
}

async function mark(ports: ActPorts, act: Act, view: View | null): Promise<number> {
  if (!view) return 1;
  for (const id of act.ids) toggleMark(view, id);
  await rewrite(ports, view);
  return 0;
}

/** The view's rows as they are now, for its picker's next look. */
async function rewrite(ports: ActPorts, view: View): Promise<void> {
  const [agents, now] = [await lookQuickly(ports, view), ports.now() / 1000];
  if (view.of !== "attempts") return keepRows(view, rowsOf(view, agents, ports.store, now));
  const { attemptRows, readCompared } = await import("../compare/rows");
  keepRows(view, attemptRows(view, readCompared(view), agents, ports.store, now));
}

async function tell(ports: ActPorts, act: Act, view: View | null, line: string, failed: boolean): Promise<void> {
  if (act.name === "show") {
    if (line !== "") ports.out.answer(line);
    return;
  }
  if (view) {
    setMessage(view, line === "" ? "" : `\u001b[${failed ? 31 : 32}m${line}\u001b[39m`);
    await rewrite(ports, view);
    return;
  }
  if (line === "") return;
  if (act.client !== undefined) return showMessage(ports.tmux, act.client, line);
  ports.out.answer(line);
  if (failed && ports.terminal.interactive) await hold(ports.out);
}
