// From what was seen of one running program to its status, and why. Pure.
import type { Source, Status } from "../base/model";
import type { Ask, ScreenReading } from "../kinds/kind";

/** One thing that was seen. */
export interface Piece {
  source: Source;
  status: Status;
  /** Epoch seconds: since when it says so; null where it says only how it is now. */
  since: number | null;
  reason: string | null;
  ask?: Ask | undefined;
  /** Its last words. */
  said?: string | undefined;
}

export interface Verdict {
  piece: Piece;
  /** Why it won, for `explain`. */
  why: string;
}

/** A hook, the note and the screen of one event come some hundred milliseconds apart. */
const SETTLE_SECONDS = 1;
const DOUBTFUL_SECONDS = 4;
/** The slowest of the programs shows nothing for 70 seconds when it is offline. */
const READABLE_SECONDS = 120;

/**
 * Which piece tells the status. `told` is what the session's options hold, from whatever source.
 * Between two of them the newer one wins where both have a time; what has none is how it is now, and beats what is older
 * than a moment.
 */
export function weigh(told: Piece, seen: readonly Piece[], now: number): Verdict {
  if (told.status === "exited") return { piece: told, why: "its program has ended" };
  const of = (source: Source) => seen.find((piece) => piece.source === source);
  // A report's time is cut to the second.
  const fresh = told.source === "hook" && told.since !== null && now - told.since < SETTLE_SECONDS + 1;
  const early = told.status === "starting" || told.status === "unknown";
  const note = of("registry");
  const screen = of("screen");
  if (note) {
    const behind = (note.since ?? 0) - (told.since ?? 0);
    // Of the same second is also the note of a program that is about to begin its first turn, and has not told of a prompt yet.
    const doubtful = behind === 0 && told.status === "working" && !told.said;
    // An answer needs no time to settle: what it asked is neither on its screen nor in its note any more.
    const answered = told.status === "waiting" && !fresh && behind >= 0 && note.status !== "waiting" && screen !== undefined && screen.status !== "waiting";
    const newer = answered || (behind >= 0 && now - (note.since ?? now) >= (doubtful ? DOUBTFUL_SECONDS : SETTLE_SECONDS));
    // Before its first prompt a dialog may stand on the screen of which neither hook nor note tells.
    if (screen?.status === "waiting" && note.status !== "working" && !fresh) return agree(told, screen, "a question stands on its screen");
    if (note.status === told.status) return agree(told, screen?.status === told.status ? screen : note, "its hooks and its own note agree");
    if (early || newer) return { piece: withScreen(note, screen), why: "its own note is newer than the last report" };
    return { piece: told, why: "the report is newer than its own note" };
  }
  if (fresh) return { piece: told.status === screen?.status ? agree(told, screen, "").piece : told, why: "it has just reported" };
  const title = of("title");
  // Gemini's title works on while it asks what to do about a limit.
  if (title?.status === "working" && screen?.status === "waiting") return agree(told, screen, "a question stands on its screen");
  if (title && title.status !== "idle") return agree(told, withScreen(title, screen), "its title says so now");
  if (screen) return agree(told, screen, told.status === screen.status ? "its screen agrees" : "its screen says so now");
  if (title && (told.source !== "wrapper" || told.status !== "starting")) return agree(told, title, "its title says so now");
  if (told.status === "starting" && now - (told.since ?? now) > READABLE_SECONDS) return { piece: { ...told, source: "screen", status: "unknown", since: null }, why: "nothing on its screen can be read" };
  return { piece: told, why: "nothing else was seen" };
}

/** The same status keeps its time and source; what the screen adds to it is taken. */
function agree(told: Piece, piece: Piece, why: string): Verdict {
  if (piece.status !== told.status) return { piece, why };
  // Of a program that does not report, a turn or a new conversation may have come between two looks: an error above it is over.
  if (piece.source === "screen" && piece.status === "idle" && (told.source === "screen" || told.source === "title")) return { piece: { ...told, reason: piece.reason, said: piece.said ?? told.said }, why };
  // What holds a turn up stands there only as long as it does.
  if (piece.source === "screen" && piece.status === "working") return { piece: { ...told, reason: piece.reason }, why };
  return { piece: { ...told, reason: piece.reason ?? told.reason, ask: piece.ask ?? told.ask, said: piece.said ?? told.said }, why };
}

/** A title or note has the status, the screen its words. */
function withScreen(piece: Piece, screen: Piece | undefined): Piece {
  if (screen?.status !== piece.status) return piece;
  return { ...piece, reason: screen.reason ?? piece.reason, ask: screen.ask, said: screen.said };
}

export function screenPiece(reading: ScreenReading): Piece {
  return { source: "screen", status: reading.status, since: null, reason: reading.reason ?? null, ask: reading.ask, said: reading.said };
}

/** What a title says; null when it fits no pattern. */
export function titlePiece(titles: { waiting: string; working: string; idle: string }, title: string): Piece | null {
  const fits = (pattern: string) => new RegExp(pattern, "u").test(title);
  const status = fits(titles.waiting) ? "waiting" : fits(titles.working) ? "working" : fits(titles.idle) ? "idle" : null;
  return status && { source: "title", status, since: null, reason: null };
}
