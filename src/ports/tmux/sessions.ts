// Sessions that fleet made: make and tag, tell, list, end.
import { ProcessError } from "../../base/errors";
import { sessionClosedHook } from "./tick";
import { formatText, NoServer, type Tmux, type TmuxCommand } from "./call";

/** A pane of a session that carries `@fleet_id`. Empty options are "". */
export interface FleetPane {
  session: string;
  sessionName: string;
  pane: string;
  panePid: number;
  dead: boolean;
  attached: number;
  /** Epoch seconds: the last key of a person in the session, and when a terminal last came to it (0: never). */
  activity: number;
  lastAttached: number;
  width: number;
  height: number;
  /** As the program set it: anybody's text. */
  title: string;
  options: Record<SessionOption, string>;
}

/** The live state of an agent: user options of its session, never set with -g. */
export const SESSION_OPTIONS = [
  "id", "status", "reason", "since", "exit", "step", "shell", "pane", "doing", "source", "ask", "seen", "snooze",
  "branch", "kind", "batch", "repo", "worktree", "base",
  // Which question `ask` is, and the conversation that the program has now.
  "asked", "conversation",
  // The last prompt that it was given, as far as anybody told: "-" after one that was typed by hand into a program that does not report.
  "sent",
  // Since when it is idle, where the words on its screen are of an earlier turn.
  "over",
  // The built-in kind that a variant of the config is like.
  "like",
  // Empty where fleet made all of it. `worktree`: it only stands in a worktree that was there before. `shell` and `program`: the
  // session was there too, and its program runs under a shell, or is itself what the pane was made for.
  "adopted",
  // "1" while its program was started with a prompt, and has not been seen to take it up.
  "prompted",
] as const;
/** `sent`, where nobody told. */
export const UNKNOWN_PROMPT = "-";
export type SessionOption = (typeof SESSION_OPTIONS)[number];

const FIELDS = [
  "session_id", "pane_id", "pane_pid", "pane_dead", "session_attached", "window_width", "window_height", "session_activity", "session_last_attached",
  // Anybody's text.
  "s/\t/ /:pane_title",
  ...SESSION_OPTIONS.map((name) => `@fleet_${name}`),
  // Free text last: on tmux ≤ 3.6 a session name may hold what fleet did not write.
  "session_name",
];
const FIRST_OPTION = FIELDS.indexOf("@fleet_id");
const FORMAT = FIELDS.map((field) => `#{${field}}`).join("\t");

/** All panes of fleet's sessions on this server; null when no server runs. A failed call throws. */
export async function listFleetPanes(tmux: Tmux): Promise<FleetPane[] | null> {
  const output = await askPanes(tmux, FORMAT, "#{!=:#{@fleet_id},}");
  return output === null ? null : parsePanes(output);
}

/** What tmux prints of all panes, or of those that the format `which` is true for; null when no server runs. A failed call throws. */
export async function askPanes(tmux: Tmux, format: string, which = "1"): Promise<string | null> {
  try {
    return await askUntilTold(() => tmux.call([["list-panes", "-a", "-f", which, "-F", format]]));
  } catch (error) {
    if (error instanceof NoServer) return null;
    // A server without a session (`exit-empty off`) knows no target: it has answered that there are none.
    if (error instanceof ProcessError && error.stderr.trim() === "no current target") return "";
    throw error;
  }
}

const ENDING_MS = 1000;

/** A server that ends just then has told nothing: the next call says whether one is there. With many panes it takes its time. */
async function askUntilTold(ask: () => Promise<string>): Promise<string> {
  const deadline = Date.now() + ENDING_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ProcessError) || !/server exited|lost server/.test(error.stderr) || Date.now() > deadline) throw error;
      await Bun.sleep(50);
    }
  }
}

export function parsePanes(output: string): FleetPane[] {
  const panes: FleetPane[] = [];
  for (const line of output.split("\n")) {
    if (!line) continue;
    const cells = line.split("\t");
    const [session = "", pane = "", pid, dead, attached, width, height, activity, lastAttached, title = ""] = cells;
    const options = {} as Record<SessionOption, string>;
    SESSION_OPTIONS.forEach((name, i) => (options[name] = cells[FIRST_OPTION + i] ?? ""));
    panes.push({
      session,
      pane,
      panePid: Number(pid),
      dead: dead === "1",
      attached: Number(attached),
      width: Number(width),
      height: Number(height),
      activity: Number(activity),
      lastAttached: Number(lastAttached),
      title,
      options,
      sessionName: cells.slice(FIRST_OPTION + SESSION_OPTIONS.length).join("\t"),
    });
  }
  return panes;
}

export interface NewSession {
  name: string;
  window: string;
  cwd: string;
  width: number;
  height: number;
  env: Record<string, string>;
  argv: readonly string[];
  options: Partial<Record<SessionOption, string>>;
  /** A line of sh that tmux runs whenever a session ends. */
  onClose?: string | undefined;
}

/**
 * Make and tag a session in one call; the name is the lock.
 * Returns ids, or null when a session of that name is there. Starts a server where none runs.
 */
export async function newSession(tmux: Tmux, spec: NewSession): Promise<{ session: string; pane: string } | null> {
  const environment = Object.entries(spec.env).flatMap(([key, value]) => ["-e", `${key}=${value}`]);
  const commands: TmuxCommand[] = [
    ["new-session", "-d", "-P", "-F", "#{session_id}\t#{pane_id}", "-s", formatText(spec.name), "-n", formatText(spec.window),
      "-c", formatText(spec.cwd), "-x", String(spec.width), "-y", String(spec.height), ...environment, "--", ...spec.argv],
    // Named, for without -t a client inside tmux means its own session ($TMUX_PANE), not the new one.
    ...tags(`=${spec.name}:`, spec),
  ];
  try {
    return idsOf(await tmux.call(commands));
  } catch (error) {
    const made = error instanceof ProcessError ? idsOf(error.stdout) : null;
    // Made, but a person's after-new-session hook renamed it, or failed, before it was tagged: by its id then.
    if (made) return tagById(tmux, made, spec);
    if (error instanceof ProcessError && error.stderr.split("\n").includes(`duplicate session: ${spec.name}`)) return null;
    throw error;
  }
}

function idsOf(output: string): { session: string; pane: string } | null {
  const [, session, pane] = /^(\$\d+)\t(%\d+)$/m.exec(output) ?? [];
  return session && pane ? { session, pane } : null;
}

/** Tag a session that is there already; one that can't be tagged is ended, or nobody would ever find it. */
async function tagById(tmux: Tmux, made: { session: string; pane: string }, spec: NewSession): Promise<{ session: string; pane: string }> {
  try {
    await tmux.call(tags(made.session, spec));
    return made;
  } catch (error) {
    await tmux.call([["kill-session", "-t", made.session]]).catch(() => {});
    throw error;
  }
}

/** What makes a session an agent's. */
export function tags(target: string, spec: NewSession): TmuxCommand[] {
  return [
    // A user's `destroy-unattached on` would end it at once.
    ["set-option", "-t", target, "destroy-unattached", "off"],
    // Closing an agent moves its viewer to another session instead of detaching the terminal.
    ["set-option", "-t", target, "detach-on-destroy", "off"],
    ["set-option", "-t", target, "-F", "@fleet_pane", "#{pane_id}"],
    // What is empty reads the same unset, and each set costs tmux a look at every session: 0.2 ms with 30 of them (3.3a).
    ...setOptions(target, Object.fromEntries(Object.entries(spec.options).filter(([, value]) => value !== ""))),
    ...(spec.onClose === undefined ? [] : [sessionClosedHook(spec.onClose)]),
  ];
}

/** The tmux commands that set options of one session, to be joined with others in one call. */
export function setOptions(target: string, options: Partial<Record<SessionOption, string>>): TmuxCommand[] {
  return Object.entries(options).map(([name, value]) => ["set-option", "-t", target, "--", `@fleet_${name}`, value]);
}

/** Set options of several sessions, by id, in one call. For what may be lost: one that has ended meanwhile ends the call. */
export async function tellSessions(tmux: Tmux, changes: readonly { session: string; options: Partial<Record<SessionOption, string>> }[]): Promise<void> {
  const commands = changes.flatMap(({ session, options }) => setOptions(session, options));
  if (commands.length === 0) return;
  try {
    await tmux.call(commands);
  } catch (error) {
    if (!(error instanceof NoServer) && !(error instanceof ProcessError)) throw error;
  }
}

/** A path as the value of an option: one with control characters would break the lines and cells that options are read in. */
export function pathOption(path: string): string {
  return /[\u0000-\u001f\u007f]/.test(path) ? JSON.stringify(path).replaceAll("\u007f", "\\u007f") : path;
}

/** The path that pathOption wrote; a plain one begins with a slash. */
export function readPathOption(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

/** Whether that option says that the session was there before its agent. */
export function isAdoptedSession(adopted: string): boolean {
  return adopted === "shell" || adopted === "program";
}

/**
 * End the session of agent `id`. Ids of sessions begin anew with each server: another one's is left alone, and so is one that was there
 * before its agent.
 */
export async function endSession(tmux: Tmux, session: string, id: string): Promise<void> {
  if (!/^\$\d+$/.test(session) || !/^[a-z0-9]+$/.test(id)) throw new Error(`not a session and an agent: ${session} ${id}`);
  try {
    await tmux.call([["if-shell", "-F", "-t", `${session}:`, `#{&&:#{==:#{@fleet_id},${id}},#{&&:#{!=:#{@fleet_adopted},shell},#{!=:#{@fleet_adopted},program}}}`, `kill-session -t ${session}`]]);
  } catch (error) {
    if (error instanceof NoServer) return;
    if (error instanceof ProcessError && /can't find (session|pane|window)/.test(error.stderr)) return;
    throw error;
  }
}

