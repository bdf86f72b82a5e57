// Plays an agent program: screens, titles, notes and hooks as the real one has them, at the moment at which a script says so.
// Started as `player.ts KIND WORDS…` by a file on PATH that has the program's name; its orders are lines of JSON in
// $PLAYER_ORDERS/$PLAYER_NAME (default: $FLEET_ID).
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Order =
  | { screen: string }
  | { title: string }
  /** An event of the program with its payload: its hook commands run, those that fleet gave it at its start. */
  | { hook: string; payload: object }
  /** Its note of itself (Claude Code): busy, waiting or idle; `child`: of another such program that it has started in its own pane. */
  | { note: string; waitingFor?: string; child?: true }
  | { exit: number };

const [kind = "", ...words] = process.argv.slice(2);
const orders = join(process.env["PLAYER_ORDERS"]!, process.env["PLAYER_NAME"] ?? process.env["FLEET_ID"]!);
const notes = join(process.env["CLAUDE_CONFIG_DIR"] ?? join(process.env["HOME"]!, ".claude"), "sessions");
let child: Bun.Subprocess | undefined;

function after(flag: string): string | undefined {
  return words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined;
}

/** The commands that the program would run for an event. */
function commandsFor(event: string, payload: Record<string, unknown>): string[] {
  const directory = after("--plugin-dir");
  if (kind === "copilot" && directory) {
    const { hooks } = JSON.parse(readFileSync(`${directory}/hooks.json`, "utf8")) as { hooks: Record<string, { bash: string }[]> };
    return (hooks[event] ?? []).map(({ bash }) => bash);
  }
  const settings = after("--settings");
  if (kind !== "claude" || !settings) return [];
  type Groups = Record<string, { matcher?: string; hooks: { command: string }[] }[]>;
  const { hooks } = JSON.parse(readFileSync(settings, "utf8")) as { hooks: Groups };
  const fits = (matcher: string | undefined) => matcher === undefined || matcher === payload["notification_type"];
  return (hooks[event] ?? []).filter(({ matcher }) => fits(matcher)).flatMap(({ hooks }) => hooks.map(({ command }) => command));
}

/** What a hook may not do is held here: end with another code than 0, or print. */
async function runHooks(event: string, payload: object): Promise<void> {
  for (const command of commandsFor(event, payload as Record<string, unknown>)) {
    const ran = Bun.spawn(["sh", "-c", command], { stdin: Buffer.from(JSON.stringify({ hook_event_name: event, cwd: process.cwd(), ...payload })), stdout: "pipe", stderr: "pipe" });
    const [code, out, err] = await Promise.all([ran.exited, ran.stdout.text(), ran.stderr.text()]);
    appendFileSync(`${orders}.hooks`, `${JSON.stringify({ event, code, said: out + err })}\n`);
  }
}

function writeNote(status: string, waitingFor: string | undefined, isChild: boolean): void {
  if (isChild) child ??= Bun.spawn(["sleep", "100000"], { stdio: ["ignore", "ignore", "ignore"] });
  const pid = isChild ? child!.pid : process.pid;
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "latin1") : null;
  mkdirSync(notes, { recursive: true });
  writeFileSync(join(notes, `${pid}.json`), JSON.stringify({
    pid, sessionId: "4f7cd7dd-4783-4add-b564-eedd3a6ee5be", cwd: process.cwd(), ...(stat === null ? {} : { procStart: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] }),
    tmux: `main:@0.${process.env["TMUX_PANE"]}`, status, statusUpdatedAt: Date.now(), ...(waitingFor === undefined ? {} : { waitingFor }),
  }));
}

async function obey(order: Order): Promise<void> {
  if ("screen" in order) process.stdout.write(`\u001b[2J\u001b[H${order.screen.replace(/\n+$/, "").split("\n").slice(-36).join("\r\n")}`);
  else if ("title" in order) process.stdout.write(`\u001b]2;${order.title}\u0007`);
  else if ("hook" in order) await runHooks(order.hook, order.payload);
  else if ("note" in order) writeNote(order.note, order.waitingFor, order.child === true);
  else process.exit(order.exit);
}

process.stdin.setRawMode?.(true);
process.stdin.on("data", (keys) => appendFileSync(`${orders}.keys`, keys));
process.on("exit", () => {
  child?.kill();
  // As the program does, but for kill -9.
  rmSync(join(notes, `${process.pid}.json`), { force: true });
});
process.on("SIGHUP", () => process.exit(129));

writeFileSync(`${orders}.words`, JSON.stringify(words));
for (let done = 0; ; await Bun.sleep(10)) {
  const lines = existsSync(orders) ? readFileSync(orders, "utf8").split("\n").slice(0, -1) : [];
  for (; done < lines.length; done++) {
    const order = JSON.parse(lines[done]!) as Order;
    const tell = () => writeFileSync(`${orders}.done`, String(done + 1));
    if ("exit" in order) tell();
    await obey(order);
    tell();
  }
}
