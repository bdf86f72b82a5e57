// Looking at running programs beyond what they reported: their own notes, titles, screens. What it finds is written back,
// once, so that status line, waiters and later looks know it too.
import { realpathSync } from "node:fs";
import { ProcessError } from "../base/errors";
import { SOURCES, STATUSES, type Source, type Status } from "../base/model";
import { oneLine, truncate } from "../base/text";
import { builtInKind } from "../kinds/index";
import type { Kind, Note, ScreenReading } from "../kinds/kind";
import { startTime } from "../ports/process-identity";
import { NoServer, type Tmux } from "../ports/tmux/call";
import { captureScreens } from "../ports/tmux/panes";
import { reportCommand } from "../ports/tmux/report";
import { type FleetPane, readPathOption, UNKNOWN_PROMPT } from "../ports/tmux/sessions";
import { askOption } from "./ask";
import { type Piece, screenPiece, titlePiece, type Verdict, weigh } from "./evidence";
import { readNotes } from "./notes";

const FIRST_PROMPT_SECONDS = 30;

export interface Closer {
  kind: Kind;
  pane: FleetPane;
  told: Piece;
  seen: Piece[];
  verdict: Verdict;
}

/** What `explain` asks for: every screen, also where a note is enough. */
export interface CloserOptions {
  now: number;
  all?: boolean;
}

/**
 * The panes given are the agents' own, one each. Programs that have ended, setup, and kinds without eyes are left out.
 * The options of the panes are brought up to date. One tmux call for the screens, one for what changed.
 */
export async function lookCloser(tmux: Tmux, panes: readonly FleetPane[], { now, all = false }: CloserOptions): Promise<Closer[]> {
  const wanted = panes.flatMap((pane) => {
    const kind = builtInKind(pane.options.like || pane.options.kind);
    const running = pane.options.status !== "exited" && pane.options.step === "" && !pane.dead;
    return running && kind && (kind.readScreen || kind.notes || kind.titles) && kind.name !== "demo" ? [{ pane, kind, told: toldPiece(pane), seen: [] as Piece[] }] : [];
  });
  if (wanted.length === 0) return [];
  const notes = new Map<Kind, Note[]>();
  for (const one of wanted) {
    const { kind, pane, told, seen } = one;
    if (kind.notes && !notes.has(kind)) notes.set(kind, readNotes(kind.notes, tmux.env));
    const note = oldest(notes.get(kind)?.filter((candidate) => isOf(candidate, pane)) ?? []);
    if (note) seen.push({ source: "registry", status: note.status, since: Math.floor(note.at / 1000), reason: note.waitsFor === null ? null : waitsFor(note.waitsFor) });
    const title = kind.titles && titlePiece(kind.titles, pane.title);
    // Qwen starts anew behind its question of trust, with its title up and nothing on its screen.
    if (title && !(title.status === "idle" && isUnbegun(pane, told, now))) seen.push(title);
  }
  const screens = wanted.filter(({ kind, told, seen }) => kind.readScreen && (all || needsScreen(told, seen)));
  const texts = await captureScreens(tmux, screens.map(({ pane }) => pane.pane));
  screens.forEach(({ kind, pane, told, seen }, i) => {
    const reading = texts[i] === undefined ? null : kind.readScreen!(texts[i].split("\n"), pane.title);
    // A first prompt stands in the input box for a moment before the program takes it.
    if (reading && !(isFirst(told, now) && reading.status === "idle" && reading.draft)) seen.push(screenPiece(isUnbegun(pane, told, now) ? notYet(reading) : isOver(pane) || isReturned(kind, reading) ? withoutWords(reading, told) : reading));
  });
  const closer = wanted.map(({ kind, pane, told, seen }) => ({ kind, pane, told, seen, verdict: weigh(told, seen, now) }));
  await writeBack(tmux, closer, now);
  return closer;
}

/** It is idle since a prompt came back unanswered: what its screen says is of the turn before. */
function isOver({ options }: FleetPane): boolean {
  return options.over !== "" && options.status === "idle" && options.over === options.since;
}

/** Started with a prompt, maybe behind a question as trust: an input box that stands there empty is not the end of a turn. */
function isUnbegun({ options }: FleetPane, told: Piece, now: number): boolean {
  return options.prompted !== "" && (isFirst(told, now) || told.status === "waiting");
}

function isFirst(told: Piece, now: number): boolean {
  return told.status === "starting" && now - (told.since ?? now) < FIRST_PROMPT_SECONDS;
}

function notYet(reading: ScreenReading): ScreenReading {
  return reading.status === "idle" && !reading.reason ? { status: "starting" } : reading;
}

/** Esc by hand puts the prompt back, and above it stands how the turn before it ended; hooks tell of each turn's own end. */
function isReturned(kind: Kind, reading: ScreenReading): boolean {
  return kind.returnsPrompt === true && !kind.report && Boolean(reading.draft);
}

/** Why the last turn failed, where that is known, stays known. */
function withoutWords(reading: ScreenReading, told: Piece): ScreenReading {
  if (reading.status !== "idle") return reading;
  return { status: "idle", ...(told.status === "idle" && told.reason !== null ? { reason: told.reason } : {}) };
}

/** Who notes its status itself, and says what was reported, need not be looked at; a question's choices, and what holds a turn up, stand on the screen. */
function needsScreen(told: Piece, seen: readonly Piece[]): boolean {
  const note = seen.find((piece) => piece.source === "registry");
  return note === undefined || note.status === "waiting" || told.status !== "idle";
}

function toldPiece({ options }: FleetPane): Piece {
  const status = (STATUSES as readonly string[]).includes(options.status) ? (options.status as Status) : "unknown";
  const source = (SOURCES as readonly string[]).includes(options.source) ? (options.source as Source) : "hook";
  return { source, status, since: options.since ? Number(options.since) : null, reason: options.reason || null, said: options.doing || undefined };
}

function waitsFor(words: string): string {
  return /permission/.test(words) ? "permission" : "question";
}

/** Of several in one pane the first one is the agent: it has started the others. */
function oldest(notes: readonly Note[]): Note | undefined {
  return [...notes].sort((a, b) => Number(a.start ?? 0) - Number(b.start ?? 0) || a.pid - b.pid)[0];
}

/** By pane and directory: a person's own program may run in a split of the same worktree. A killed one leaves its note. */
function isOf(note: Note, pane: FleetPane): boolean {
  if (note.pane !== null && note.pane !== pane.pane) return false;
  if (real(note.cwd) !== real(readPathOption(pane.options.worktree))) return false;
  const start = startTime(note.pid);
  return start !== null && (process.platform !== "linux" || note.start === null || note.start === start);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What it asked is not what it is at once nobody asks it any more, nor are its last words what it asks, or works at; undefined: as it was. */
function doingAfter(told: Piece, piece: Piece, kind: Kind): string | undefined {
  const asked = told.status === "waiting";
  if (piece.status === "waiting") return piece.ask?.text ?? (asked ? undefined : "");
  if (piece.status === "idle") return piece.said ?? (asked ? "" : undefined);
  return piece.status === "working" && (asked || (told.status === "idle" && !kind.report)) ? "" : undefined;
}

async function writeBack(tmux: Tmux, closer: readonly Closer[], now: number): Promise<void> {
  const commands = closer.flatMap(({ kind, pane, told, verdict: { piece } }) => {
    const { options } = pane;
    const ask = piece.status === "waiting" && piece.ask ? askOption(piece.ask) : piece.status === told.status ? options.ask : "";
    const doing = doingAfter(told, piece, kind);
    const change: Record<string, string> = {
      ...(piece.status === told.status ? {} : { status: piece.status, source: piece.source, asked: "" }),
      reason: piece.reason ?? "",
      ...(piece.status === "working" ? { prompted: "", ...(told.status === "idle" && !kind.report ? { sent: UNKNOWN_PROMPT } : {}) } : {}),
      ...(ask === options.ask ? {} : { ask }),
      ...(doing === undefined || (kind.tellsWords && told.source === "hook" && options.doing !== "" && piece.status === told.status) ? {} : { doing: truncate(oneLine(doing.slice(0, 1600)), 200) }),
    };
    for (const name of Object.keys(change)) if (options[name as "doing"] === change[name]) delete change[name];
    if (Object.keys(change).length === 0 || !options.pane) return [];
    const since = Math.floor(piece.since ?? now);
    const command = reportCommand({ pane: options.pane, agent: options.id, at: since, options: change, stillAt: { status: options.status, since: options.since } });
    Object.assign(options, change, change["status"] === undefined ? {} : { since: String(since) });
    return [command];
  });
  if (commands.length === 0) return;
  try {
    await tmux.call(commands);
  } catch (error) {
    // A session that ended meanwhile: the next look sees it.
    if (!(error instanceof ProcessError) && !(error instanceof NoServer)) throw error;
  }
}
