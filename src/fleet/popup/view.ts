// One open popup as a private directory: what it shows, what is marked, and how its keys tell one another.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Agent } from "../../base/model";
import { oneLine } from "../../base/text";
import { quickStyle } from "../../ui/paint";
import { PREVIEW } from "../../ui/picker/options";
import { namesIn } from "../../ports/directory";
import { type Store, writeFileAtomic } from "../../ports/store";
import { pickerInput, pickerOrder } from "./lines";

export interface View {
  readonly folder: string;
  /** The terminal that it is on; null where that is not known. */
  readonly client: string | null;
  /** Columns of the terminal, and where the preview is. */
  columns: number;
  rows: number;
  side: "right" | "down";
  /** Of a comparison that stands over the list; without it, it is the list. */
  readonly of?: "attempts";
}

/** Preview modes in the order of Tab; the first one to begin with. */
export const PREVIEWS = ["screen", "diff", "log", "details"] as const;
export const ATTEMPT_PREVIEWS = ["diff", "output", "details"] as const;

export function previewsOf(view: View): readonly string[] {
  return view.of === "attempts" ? ATTEMPT_PREVIEWS : PREVIEWS;
}

/** From this many columns on the preview is right of the list: a popup of 90 % on a terminal of 120. */
const RIGHT_FROM = 104;

export function viewOf(home: string, pid: number, client: string | undefined, size: { columns: number; rows: number }): View {
  return { folder: join(home, "cache", "popups", String(pid)), client: client ?? null, ...size, side: size.columns >= RIGHT_FROM ? "right" : "down" };
}

/** A comparison has its place within the popup that it is opened from. */
export function attemptView(view: View): View {
  return { ...view, folder: join(view.folder, "compare"), of: "attempts" };
}

/** Make the directory of a new popup, and drop those whose popup is gone. */
export function makeView(view: View): void {
  const all = dirname(view.folder);
  rmSync(view.folder, { recursive: true, force: true });
  mkdirSync(join(view.folder, "marks"), { recursive: true, mode: 0o700 });
  writeFileSync(join(view.folder, "view.json"), JSON.stringify(view));
  for (const name of namesIn(all)) if (/^\d+$/.test(name) && !isAlive(Number(name))) rmSync(join(all, name), { recursive: true, force: true });
}

export function readView(folder: string): View {
  return JSON.parse(readFileSync(join(folder, "view.json"), "utf8")) as View;
}

export function closeView(view: View): void {
  rmSync(view.folder, { recursive: true, force: true });
}

/** Terminals on which a popup shows the agents now. */
export function popupClients(home: string): Set<string> {
  const all = join(home, "cache", "popups");
  const clients = namesIn(all).filter((name) => isAlive(Number(name))).map((name) => {
    try {
      return readView(join(all, name)).client;
    } catch {
      // It is closing.
      return null;
    }
  });
  return new Set(clients.filter((client) => client !== null));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Columns of a line of the list: without the preview, the pointer and the bar at the edge. */
export function listWidth(view: View): number {
  const list = view.side === "right" ? Math.floor(view.columns * (1 - PREVIEW.right / 100)) : view.columns;
  return list - 4;
}

export function marked(view: View): Set<string> {
  return new Set(namesIn(join(view.folder, "marks")));
}

export function clearMarks(view: View): void {
  for (const id of marked(view)) rmSync(join(view.folder, "marks", id), { force: true });
}

export function toggleMark(view: View, id: string): void {
  const file = join(view.folder, "marks", id);
  if (existsSync(file)) rmSync(file);
  else writeFileSync(file, "");
}

/** A line on top of the list, until the next one. A popup that is gone is told nothing. */
export function setMessage(view: View, message: string): void {
  if (existsSync(view.folder)) writeFileSync(join(view.folder, "message"), message);
}

/** What could not be done, in red. */
export function setRefusal(view: View, why: string): void {
  setMessage(view, `\u001b[31m✗ ${oneLine(why)}\u001b[39m`);
}

/** When the last action said something; 0 when none has. */
export function messageTime(view: View): number {
  return statSync(join(view.folder, "message"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** `filter`: it filters. `at`: the agent under the cursor. `compare`: the one that a comparison is opened on. `over`: nothing is left to show. */
export type Note = "filter" | "at" | "compare" | "over";

export function leaveNote(view: View, name: Note): void {
  if (existsSync(view.folder)) writeFileSync(join(view.folder, name), "");
}

/** What a key left for the popup; null when none did. */
export function takeNote(view: View, name: Note): string | null {
  if (!existsSync(join(view.folder, name))) return null;
  const text = read(view, name).trim();
  rmSync(join(view.folder, name), { force: true });
  return text;
}

function read(view: View, name: string): string {
  try {
    return readFileSync(join(view.folder, name), "utf8");
  } catch {
    return "";
  }
}

export interface Rows {
  /** What the picker is given. */
  text: string;
  /** Ids, line by line. */
  order: string[];
  /** What those ask that wait, by id. */
  asked?: Record<string, string>;
}

/**
 * What the list shows. Lines stay where they are while the popup is open: a hand that is about to press a key must not find another
 * agent there. New agents come at the end, those that are gone leave.
 */
export function rowsOf(view: View, agents: readonly Agent[], store: Store, now: number): Rows {
  const labels = batchLabels(store, agents);
  const before = read(view, "order").split("\n").filter(Boolean);
  const known = new Map(agents.map((agent) => [agent.record.id, agent]));
  const fresh = pickerOrder(agents.filter((agent) => !before.includes(agent.record.id)), now);
  const ordered = [...before.flatMap((id) => known.get(id) ?? []), ...fresh];
  const text = pickerInput(ordered, { width: listWidth(view), now, marked: marked(view), message: message(view), style: quickStyle, labelOf: (id) => labels.get(id) ?? id });
  const asked = Object.fromEntries(ordered.filter(({ status }) => status === "waiting").map((agent) => [agent.record.id, agent.doing]));
  return { text, order: ordered.map((agent) => agent.record.id), asked };
}

/** For the picker's next look; nothing where the popup is closed. By rename: a reload may be reading. */
export function keepRows(view: View, { text, order, asked = {} }: Rows): void {
  if (!existsSync(view.folder)) return;
  writeFileSync(join(view.folder, "asked"), JSON.stringify(asked));
  writeFileSync(join(view.folder, "order"), order.join("\n"));
  writeFileAtomic(join(view.folder, "rows"), text);
}

/** What the list has shown last that an agent asks; undefined when it did not wait then. */
export function shownAsk(view: View, id: string): string | undefined {
  return (JSON.parse(read(view, "asked") || "{}") as Record<string, string>)[id];
}

/** The next list is sorted anew. */
export function forgetOrder(view: View): void {
  rmSync(join(view.folder, "order"), { force: true });
}

/** What Tab has turned the preview to. */
export function preview(view: View): string {
  const [mode, all] = [read(view, "mode").trim(), previewsOf(view)];
  return all.find((one) => one === mode) ?? all[0]!;
}

/** The line on top; "" when no action has left one. */
export function message(view: View): string {
  return read(view, "message");
}

function batchLabels(store: Store, agents: readonly Agent[]): Map<string, string> {
  if (agents.every((agent) => agent.record.batch === null)) return new Map();
  // Only where one has a batch.
  const { batches } = require("../batch/record") as typeof import("../batch/record");
  return new Map(batches(store).map((batch) => [batch.id, batch.label]));
}
