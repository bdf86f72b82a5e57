// The agents popup beside a bare popup with fzf of the same lines: from the key press to the list, and from a move of the cursor
// to the preview. Measured at a terminal of its own: what arrives there is what a person sees.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attach } from "./client";
import type { Unit } from "./rounds";
import { type Stand, until } from "./stand";

/** No two of one line have a letter in common at the same place: tmux sends only what changed. */
function wordOf(n: number): string {
  return String.fromCharCode(65 + (n % 26)).repeat(9);
}

interface Line {
  pane: string;
  branch: string;
}

/** Stands in the pane below the popup: it is drawn again when the popup has closed. */
const BELOW = "below the popup";
const PREFIX = "\u0002";
const CLOSE = { A: "q", B: "\u0003", P: "\u0003" } as const;

/** Bindings A for fleet, B for the bare popup, P for it with a preview, and their units. The agents are there, and their panes blank. */
export async function popupUnits(stand: Stand, fleet: string): Promise<{ units: Unit[]; close(): void }> {
  const file = join(stand.fleetHome, "lines");
  const popup = ["display-popup", "-E", "-w", "90%", "-h", "90%"] as const;
  const fzf = "exec fzf --ansi --layout=reverse --no-sort --header-lines=2 --delimiter='\t' --with-nth=3..";
  stand.tmux("set-option", "-s", "escape-time", "0");
  stand.tmux("bind-key", "A", "run-shell", "-C", `${popup.join(" ")} -c '#{client_name}' ${fleet} popup --client '#{client_name}' --pane '#{pane_id}'`);
  stand.tmux("bind-key", "B", ...popup, `${fzf} <${file}`);
  stand.tmux("bind-key", "P", ...popup, `SHELL=/bin/sh ${fzf} --preview='tmux capture-pane -ep -t {2}' <${file}`);
  stand.tmux("respawn-pane", "-k", "-t", "main:", `yes '${BELOW}' | head -60; exec sleep 100000`);
  const client = await attach(stand);
  await client.ms(`${PREFIX}A`, "agent-0");
  const lines = await linesOf(stand, file);
  await client.ms(CLOSE.A, BELOW);
  // Each pane shows a word of its own, so that a preview can be told from another one.
  for (const [i, { pane }] of lines.entries()) writeFileSync(stand.tmux("display-message", "-p", "-t", pane, "#{pane_tty}"), `${wordOf(i)}\r\n`);
  const last = lines.at(-1)!.branch;
  const list = (name: string, key: "A" | "B"): Unit => async (note) => {
    note(name, { wall: await client.ms(PREFIX + key, last), cpu: 0 });
    await client.ms(CLOSE[key], BELOW);
  };
  const preview = (name: string, key: "A" | "P"): Unit => async (note) => {
    await client.ms(PREFIX + key, wordOf(0));
    for (let i = 1; i < 6; i++) note(name, { wall: await client.ms("\u001b[B", wordOf(i)), cpu: 0 });
    await client.ms(CLOSE[key], BELOW);
  };
  const units = [list(NAMES.list, "A"), list(NAMES.bareList, "B"), preview(NAMES.preview, "A"), preview(NAMES.barePreview, "P")];
  return { units, close: client.close };
}

/** The series, as the bars name them. */
export const NAMES = { list: "popup: key to list", bareList: "bare popup and fzf: key to list", preview: "popup: move to preview", barePreview: "fzf and capture-pane: move to preview" };

/** What the open popup shows, also written to `file` for the bare one. */
async function linesOf(stand: Stand, file: string): Promise<Line[]> {
  const folder = join(stand.fleetHome, "cache", "popups");
  const rows = () => (existsSync(folder) ? readdirSync(folder) : []).map((name) => join(folder, name, "rows")).find((path) => existsSync(path));
  await until("the popup has written its lines", () => rows() !== undefined);
  const text = readFileSync(rows()!, "utf8");
  writeFileSync(file, text);
  return text.trimEnd().split("\n").slice(2).map((line) => {
    const [, pane = "", shown = ""] = line.split("\t");
    return { pane, branch: shown.trim().split(/\s/)[0]! };
  });
}
