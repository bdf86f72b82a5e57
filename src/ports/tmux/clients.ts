// Clients: the terminals that look at sessions.
import { oneLine } from "../../base/text";
import { formatText, type Tmux } from "./call";

/**
 * The terminal at which a command in a pane, or in a popup, was typed: of those that show its session, the one used last.
 * tmux's own guess of "current client" is wrong with several clients. null when none shows it.
 */
export async function clientOfPane(tmux: Tmux, env: Record<string, string | undefined>): Promise<string | null> {
  // A popup has no TMUX_PANE, but the third field of TMUX is the session it was opened for.
  const target = env["TMUX_PANE"] || `$${env["TMUX"]?.split(",")[2] ?? ""}`;
  const output = await tmux.call([["list-clients", "-t", target, "-F", "#{client_control_mode}\t#{client_activity}\t#{client_name}"]]);
  const clients = output.split("\n").filter((line) => line.startsWith("0\t")).map((line) => line.split("\t"));
  clients.sort((a, b) => Number(b[1]) - Number(a[1]));
  return clients[0]?.slice(2).join("\t") ?? null;
}

export async function switchClient(tmux: Tmux, client: string, session: string): Promise<void> {
  await tmux.call([["switch-client", "-c", client, "-t", session]]);
}

/** Attach this terminal and wait until it detaches. Returns tmux's exit code. */
export async function attachClient(tmux: Tmux, session: string): Promise<number> {
  const child = Bun.spawn(["tmux", "-u", "attach-session", "-t", session], { env: tmux.env, stdio: ["inherit", "inherit", "inherit"] });
  return child.exited;
}

/**
 * Move every terminal that shows `session` to its last session, else to another one, never to one of `doomed`; with no other it
 * stays. Returns the clients moved.
 */
export async function leaveSession(tmux: Tmux, session: string, doomed: ReadonlySet<string> = new Set()): Promise<string[]> {
  const output = await tmux.call([
    ["list-clients", "-t", session, "-F", "client\t#{client_name}\t#{client_last_session}"],
    ["list-sessions", "-F", "session\t#{session_id}\t#{session_name}"],
  ]);
  const rows = output.split("\n").map((line) => line.split("\t"));
  const others = rows.filter(([kind, id = ""]) => kind === "session" && id !== session && !doomed.has(id));
  const moved: string[] = [];
  for (const [, client = "", last] of rows.filter(([kind]) => kind === "client")) {
    const target = others.find(([, , name]) => name === last) ?? others[0];
    if (!target) continue;
    await switchClient(tmux, client, target[1]!);
    moved.push(client);
  }
  return moved;
}

/** Show a line on terminals for `ms` milliseconds: where the pane that a command was typed in is gone. A terminal that is gone is passed over. */
export async function tellClients(tmux: Tmux, clients: readonly string[], text: string, ms = 5000): Promise<void> {
  // A message is a format, and then a strftime(3) one.
  const shown = formatText(text).replaceAll("%", "%%");
  for (const client of clients) await tmux.call([["display-message", "-d", String(ms), "-c", client, shown]]).catch(() => {});
}

/** The `@fleet_id` of the session that this terminal shows, or null. */
export async function agentOfClient(tmux: Tmux, client: string): Promise<string | null> {
  const output = await tmux.call([["list-clients", "-F", "#{client_name}\t#{@fleet_id}"]]);
  const row = output.split("\n").map((line) => line.split("\t")).find(([name]) => name === client);
  return row?.[1] || null;
}

/** A message in the status line of one terminal, for `ms` milliseconds or tmux's own time; the text is data, no format and no date. */
export async function showMessage(tmux: Tmux, client: string, text: string, ms?: number): Promise<void> {
  const time = ms === undefined ? [] : ["-d", String(ms)];
  await tmux.call([["display-message", ...time, "-c", client, formatText(oneLine(text)).replaceAll("%", "%%")]]);
}

/** The ttys of all terminals that are attached, and whether one is a pane of another tmux; programs that drive tmux (control mode) are none. */
export async function outerTerminals(tmux: Tmux): Promise<{ tty: string; isTmux: boolean }[]> {
  return (await attachedClients(tmux)).map(({ tty, term }) => ({ tty, isTmux: term.startsWith("tmux") }));
}

/** Sequences that a tmux around this one hands on to its own terminal (3.3, with `allow-passthrough on`); by itself it swallows them. */
export function passedThrough(sequences: string): string {
  return `\u001bPtmux;${sequences.replaceAll("\u001b", "\u001b\u001b")}\u001b\\`;
}

/** A message on every terminal but those named, for four seconds; the text is data, no format and no date. */
export async function messageAll(tmux: Tmux, text: string, but: ReadonlySet<string> = new Set()): Promise<void> {
  const clients = (await attachedClients(tmux)).filter(({ name }) => !but.has(name));
  const message = formatText(oneLine(text)).replaceAll("%", "%%");
  if (clients.length > 0) await tmux.call(clients.map(({ name }) => ["display-message", "-d", "4000", "-c", name, message]));
}

async function attachedClients(tmux: Tmux): Promise<{ name: string; tty: string; term: string }[]> {
  const output = await tmux.call([["list-clients", "-F", "#{client_control_mode}\t#{client_tty}\t#{client_termname}\t#{client_name}"]]);
  return output.split("\n").filter((line) => line.startsWith("0\t")).map((line) => line.split("\t")).map(([, tty = "", term = "", ...name]) => ({ tty, term, name: name.join("\t") }));
}

/** Text into tmux's paste buffer, and, where tmux and the terminal do that, into the terminal's clipboard. */
export async function setPasteBuffer(tmux: Tmux, text: string, client: string | undefined): Promise<void> {
  await tmux.call([["set-buffer", "-w", ...(client === undefined ? [] : ["-t", client]), "--", text]]);
}
