// One pane: read it, send to it.
import { ProcessError } from "../../base/errors";
import { spawn } from "../spawn";
import { sourceLine, type Tmux, type TmuxCommand } from "./call";
import type { SessionOption } from "./sessions";

/** The pane's text; `history` adds what has scrolled away, `colours` keeps SGR sequences. Wrapped lines are joined. */
export async function capturePane(tmux: Tmux, pane: string, options: { history?: boolean; colours?: boolean } = {}): Promise<string> {
  const range = options.history ? ["-S", "-"] : [];
  return tmux.call([["capture-pane", "-p", "-J", ...(options.colours ? ["-e"] : []), ...range, "-t", pane]]);
}

/** The programs that run in the panes of a session, by pane. */
export async function paneCommands(tmux: Tmux, session: string): Promise<Map<string, string>> {
  const output = await tmux.call([["list-panes", "-s", "-t", session, "-F", "#{pane_id}\t#{pane_current_command}"]]);
  return new Map(output.split("\n").filter(Boolean).map((line): [string, string] => [line.split("\t")[0]!, line.slice(line.indexOf("\t") + 1)]));
}

/** Where the program of a pane stands. */
export async function paneDirectory(tmux: Tmux, pane: string): Promise<string> {
  return (await tmux.call([["display-message", "-p", "-t", pane, "#{pane_current_path}"]])).replace(/\n$/, "");
}

/** The rows of the screen as they are, and the title that the program gave its pane. */
export async function paneScreen(tmux: Tmux, pane: string, options: { colours?: boolean } = {}): Promise<{ screen: string[]; title: string }> {
  const { screen, title } = await paneAtOnce(tmux, pane, [], options);
  return { screen, title };
}

/** The same, and user options of its session, of one and the same moment. */
export async function paneAtOnce(tmux: Tmux, pane: string, names: readonly SessionOption[], options: { colours?: boolean } = {}): Promise<{ screen: string[]; title: string; told: string[] }> {
  const shown = ["pane_title", ...names.map((name) => `@fleet_${name}`)].map((name): TmuxCommand => ["display-message", "-p", "-t", pane, `#{${name}}`]);
  const output = await tmux.call([...shown, ["capture-pane", "-p", ...(options.colours ? ["-e"] : []), "-t", pane]]);
  const [title = "", ...rest] = output.replace(/\n$/, "").split("\n");
  return { title, told: rest.slice(0, names.length), screen: rest.slice(names.length) };
}

/** The rows of the visible screen with their SGR sequences. */
export async function captureColoured(tmux: Tmux, pane: string): Promise<string[]> {
  return (await tmux.call([["capture-pane", "-p", "-e", "-t", pane]])).split("\n");
}

/** The visible screens of several panes, in one call; undefined for a pane that has gone. Wrapped lines stay as they are shown. */
export async function captureScreens(tmux: Tmux, panes: readonly string[]): Promise<(string | undefined)[]> {
  if (panes.length === 0) return [];
  // A line that no screen shows by itself: the text comes from programs.
  const mark = `fleet-${crypto.randomUUID()}`;
  const commands = panes.flatMap((pane): TmuxCommand[] => [["display-message", "-p", mark], ["capture-pane", "-p", "-t", pane]]);
  try {
    return (await tmux.call(commands)).split(`${mark}\n`).slice(1);
  } catch (error) {
    if (!(error instanceof ProcessError)) throw error;
    // The call ended at a pane that has gone: one by one.
    return Promise.all(panes.map((pane) => tmux.call([["capture-pane", "-p", "-t", pane]]).catch(() => undefined)));
  }
}

/**
 * Commands that happen only while the agent's program runs: what it leaves in its pane is a menu of fleet's own, or a shell. Nor
 * into a dead pane, which kills a server ≤ 3.3a at a paste (tmux issue 3830).
 */
function whileItRuns(pane: string, commands: readonly TmuxCommand[], otherwise: readonly TmuxCommand[] = []): TmuxCommand {
  const line = (list: readonly TmuxCommand[]) => list.map(sourceLine).join(" ; ");
  return ["if-shell", "-F", "-t", pane, "#{||:#{pane_dead},#{==:#{@fleet_status},exited}}", line(otherwise), line(commands)];
}

/** Put text into a pane as one bracketed paste. The buffer comes by stdin: argv takes 16 kB. */
export async function pasteText(tmux: Tmux, pane: string, text: string, buffer: string): Promise<void> {
  await tmux.call([
    ["load-buffer", "-b", buffer, "-"],
    whileItRuns(pane, [["paste-buffer", "-p", "-d", "-b", buffer, "-t", pane]], [["delete-buffer", "-b", buffer]]),
  ], { stdin: text });
}

/** How the program in a pane reads: `raw` key by key, else line by line (4095 bytes each, one submit per line). */
export async function paneInput(tmux: Tmux, pane: string): Promise<{ raw: boolean }> {
  const tty = (await tmux.call([["display-message", "-p", "-t", pane, "#{pane_tty}"]])).trim();
  const flag = process.platform === "darwin" ? "-f" : "-F";
  const ran = await spawn(["stty", flag, tty, "-a"], { env: tmux.env, timeout: 2000 });
  return { raw: /(^|[\s;])-icanon/.test(ran.stdout) };
}

/** A person who has scrolled back is in copy mode, which would take the keys. */
function leaveModes(pane: string): TmuxCommand {
  return ["if-shell", "-F", "-t", pane, "#{pane_in_mode}", `copy-mode -q -t ${pane}`];
}

/** Press keys, by tmux's names for them. */
export async function pressKeys(tmux: Tmux, pane: string, keys: readonly string[]): Promise<void> {
  await tmux.call([leaveModes(pane), whileItRuns(pane, [["send-keys", "-t", pane, ...keys]])]);
}

/**
 * Type lines as a person would, with C-j between: for programs that treat a paste as somebody else's words. What they read
 * at once counts as one: after a few lines this waits until they are drawn.
 */
export async function typeLines(tmux: Tmux, pane: string, lines: readonly string[]): Promise<void> {
  const pieces = lines.flatMap((text, i) => [...(i ? ["\n"] : []), ...chunks(text, BURST_CHARACTERS)]);
  for (let i = 0; i < pieces.length; ) {
    const burst: string[] = [];
    let [characters, ends] = [0, 0];
    while (i < pieces.length) {
      const piece = pieces[i]!;
      if (burst.length > 0 && (characters + piece.length > BURST_CHARACTERS || (piece === "\n" && ends === BURST_LINES))) break;
      burst.push(piece);
      characters += piece.length;
      if (piece === "\n") ends++;
      i++;
    }
    const keys = burst.map((piece): TmuxCommand => (piece === "\n" ? ["send-keys", "-t", pane, "C-j"] : ["send-keys", "-t", pane, "-l", "--", piece]));
    const before = i < pieces.length ? await captureText(tmux, pane) : "";
    await tmux.call([leaveModes(pane), whileItRuns(pane, keys)]);
    if (i < pieces.length) await drawn(tmux, pane, before);
  }
}

// Claude Code 2.1.330 takes four lines, or some 800 characters, for a paste.
const BURST_LINES = 2;
const BURST_CHARACTERS = 600;
const DRAWN_MS = 400;

/** Until the screen is another one than `before` and stays as it is for a moment, or long enough. */
async function drawn(tmux: Tmux, pane: string, before: string): Promise<void> {
  const began = performance.now();
  let last = before;
  while (performance.now() - began < DRAWN_MS) {
    await Bun.sleep(8);
    const now = await captureText(tmux, pane);
    if (now !== before && now === last) return;
    last = now;
  }
}

function captureText(tmux: Tmux, pane: string): Promise<string> {
  return tmux.call([["capture-pane", "-p", "-t", pane]]);
}

function chunks(text: string, length: number): string[] {
  const chars = [...text];
  const out: string[] = [];
  for (let i = 0; i < chars.length; i += length) out.push(chars.slice(i, i + length).join(""));
  return out;
}
