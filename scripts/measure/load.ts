// Fifty agents that report all the time, and fifty `fleet wait` at once: CPU as milliseconds in each second, all of it: the
// reporting processes, the tmux server with what it starts, and the waiters. 10 ms a second are 1 % of a core.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { titleTicks } from "../../src/fleet/launch";
import { codex } from "../../src/kinds/codex";
import { openTmux } from "../../src/ports/tmux/call";
import { titleHook } from "../../src/ports/tmux/titles";
import type { Series } from "./rounds";
import { makeAgents } from "./list";
import { type Stand, type TestRepo, until } from "./stand";

const TICK_MS = 10;

export interface LoadOptions {
  stand: Stand;
  repo: TestRepo;
  fleet: string;
  agents: number;
  /** How long reports come, and how long waiters are watched. */
  seconds: number;
  waitSeconds: number;
}

interface Target {
  id: string;
  session: string;
  pane: string;
  tty: string;
}

/** What was measured, and what was lost of it: statuses that are not the last one reported, waiters that did not wake. */
export interface Loaded {
  lost: string[];
}

/** All of it, into `series`: "hook reports", "a hook report", "title reports", "title floor", "waits", "wake". */
export async function measureLoad(series: Series, options: LoadOptions, say: (text: string) => void): Promise<Loaded> {
  const { stand, repo, fleet, agents, seconds, waitSeconds } = options;
  await makeAgents(stand, repo, fleet, agents);
  const targets = stand.tmux("list-panes", "-a", "-f", "#{!=:#{@fleet_id},}", "-F", "#{@fleet_id} #{session_id} #{pane_id} #{pane_tty}").split("\n")
    .map((line) => line.split(" ")).map(([id = "", session = "", pane = "", tty = ""]): Target => ({ id, session, pane, tty }));
  const note = (name: string, cpu: number, wall = 0) => series.set(name, [...(series.get(name) ?? []), { cpu, wall }]);
  say(`${agents} agents, ten hook reports a second`);
  const lost = [...(await hookReports(options, targets, seconds, note))];
  say(`${agents} agents, titles that change ten times a second in each`);
  lost.push(...(await titleReports(options, targets, seconds, note)));
  say(`${agents} × fleet wait`);
  lost.push(...(await waits(options, targets, waitSeconds, note)));
  return { lost };
}

type Note = (name: string, cpu: number, wall?: number) => void;

/** What an agent's turn reports, again and again; the last one is what must stand there in the end. */
const TURN = [
  ["prompt", { prompt: "do it" }, "working"],
  ["waiting", { reason: "permission", message: "May I?" }, "waiting"],
  ["working", { step: "answered" }, "working"],
  ["stop", { message: "done", error: false }, "idle"],
] as const;

function report(fleet: string, stand: Stand, { id, pane }: Target, [event, payload]: (typeof TURN)[number]): Bun.Subprocess {
  const env = { ...stand.env, FLEET_ID: id, FLEET_KIND: "demo", TMUX: `${join(stand.env["TMUX_TMPDIR"]!, `tmux-${process.getuid!()}`, "default")},1,0`, TMUX_PANE: pane };
  return Bun.spawn([fleet, "hook", event, "demo"], { env, stdin: Buffer.from(JSON.stringify(payload)), stdout: "ignore", stderr: "ignore" });
}

async function hookReports({ stand, fleet }: LoadOptions, targets: readonly Target[], seconds: number, note: Note): Promise<string[]> {
  const next = new Map(targets.map(({ id }) => [id, 0]));
  const expected = new Map<string, string>();
  const running: Promise<number>[] = [];
  const before = new Map<string, Promise<number>>();
  const asks = serverClock(stand);
  const spent = asks();
  const began = performance.now();
  for (let n = 0; n < seconds * 10; n++) {
    await Bun.sleep(Math.max(0, began + n * 100 - performance.now()));
    // One agent's reports come one after the other, as its program sends them.
    const target = targets[(n >> 2) % targets.length]!;
    const turn = next.get(target.id)!;
    const what = TURN[turn % TURN.length]!;
    next.set(target.id, turn + 1);
    expected.set(target.id, what[2]);
    // A program waits for its hook before it goes on: on a busy machine one may take longer than the next is due.
    const done = (before.get(target.id) ?? Promise.resolve(0)).then(async () => {
      const child = report(fleet, stand, target, what);
      await child.exited;
      return Number(child.resourceUsage()!.cpuTime.total) / 1000;
    });
    before.set(target.id, done);
    running.push(done);
  }
  const own = (await Promise.all(running)).reduce((all, one) => all + one, 0);
  await ticksDone(stand);
  const server = asks() - spent;
  note("hook reports", (own + server) / seconds, performance.now() - began);
  note("a hook report", (own + server) / (seconds * 10));
  return wrong(stand, targets, expected);
}

/** As programs do it that tell by their title: the spinner turns, and now and then it waits, or is done. */
async function titleReports({ stand, fleet }: LoadOptions, targets: readonly Target[], seconds: number, note: Note): Promise<string[]> {
  for (const followed of [false, true]) {
    if (followed) await openTmux(stand.env).call(targets.flatMap(({ id, pane }) => titleHook({ pane, agent: id, titles: codex.titles!, prompted: false, then: titleTicks(fleet, stand.fleetHome) })));
    const asks = serverClock(stand);
    const before = asks();
    const began = performance.now();
    for (let n = 0; n < seconds * 10; n++) {
      await Bun.sleep(Math.max(0, began + n * 100 - performance.now()));
      targets.forEach((target, i) => setTitle(target, n + i));
    }
    await ticksDone(stand);
    note(followed ? "title reports" : "title floor", (asks() - before) / seconds, performance.now() - began);
  }
  for (const target of targets) writeFileSync(target.tty, "\u001b]2;a title | repo\u0007");
  await until("the last titles are read", () => stand.tmux("list-panes", "-a", "-f", "#{!=:#{@fleet_id},}", "-F", "#{pane_title}").split("\n").every((title) => title === "a title | repo"));
  return wrong(stand, targets, new Map(targets.map(({ id }) => [id, "idle"])));
}

const GLYPHS = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** A turn of five seconds: it works, asks for a second, works on, and is done for a moment. */
function setTitle({ tty }: Target, n: number): void {
  const at = n % 50;
  const title = at >= 20 && at < 30 ? `[ ${at % 2 ? "!" : "."} ] Action Required | repo` : at >= 45 ? "a title | repo" : `${GLYPHS[at % 10]} a title | repo`;
  writeFileSync(tty, `\u001b]2;${title}\u0007`);
}

/** All with fifty waiters that wait for an agent each, all at work. */
async function waits({ stand, repo, fleet }: LoadOptions, targets: readonly Target[], seconds: number, note: Note): Promise<string[]> {
  for (const target of targets) await report(fleet, stand, target, TURN[0]).exited;
  await ticksDone(stand);
  const waiters = targets.map(({ id }) => Bun.spawn([fleet, "wait", id], { cwd: repo.cwd, env: stand.env, stdin: "ignore", stdout: "pipe", stderr: "pipe" }));
  const clients = () => childrenOf(waiters.map(({ pid }) => pid));
  await until("all of them wait", () => clients().length === waiters.length, 60);
  // What they do at their start is over.
  await Bun.sleep(1_000);
  const asks = serverClock(stand);
  const own = () => [...waiters.map(({ pid }) => pid), ...clients()].reduce((all, pid) => all + cpuOf(pid), 0);
  const [before, began] = [asks() + own(), performance.now()];
  await Bun.sleep(seconds * 1000);
  const passed = (performance.now() - began) / 1000;
  note("waits", (asks() + own() - before) / passed, passed * 1000);
  const lost: string[] = [];
  for (const [i, target] of targets.entries()) {
    const told = performance.now();
    const waiter = waiters[i]!;
    await report(fleet, stand, target, TURN[3]).exited;
    const code = await Promise.race([waiter.exited, Bun.sleep(5_000).then(() => null)]);
    note("wake", 0, performance.now() - told);
    if (code !== 0) lost.push(`wait ${target.id} ended with ${code}`);
    waiter.kill();
  }
  return lost;
}

function childrenOf(pids: readonly number[]): number[] {
  return pids.flatMap((pid) => {
    try {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ").filter(Boolean).map(Number);
    } catch {
      return [];
    }
  });
}

/** Milliseconds of CPU of a process and of what it has started and waited for. */
function cpuOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields.slice(11, 15).reduce((all, ticks) => all + Number(ticks), 0) * TICK_MS;
  } catch {
    return 0;
  }
}

/** The server's own CPU and that of the programs which it ran and which have ended: ticks. */
function serverClock(stand: Stand): () => number {
  const pid = Number(stand.tmux("display-message", "-p", "#{pid}"));
  return () => cpuOf(pid);
}

async function ticksDone(stand: Stand): Promise<void> {
  await until("no tick runs", () => !existsSync(join(stand.fleetHome, "tick/now.lock")) && !existsSync(join(stand.fleetHome, "tick/again")), 30);
}

function wrong(stand: Stand, targets: readonly Target[], expected: ReadonlyMap<string, string>): string[] {
  const now = new Map(stand.tmux("list-panes", "-a", "-f", "#{!=:#{@fleet_id},}", "-F", "#{@fleet_id} #{@fleet_status}").split("\n").map((line) => line.split(" ") as [string, string]));
  return targets.flatMap(({ id }) => (!expected.has(id) || now.get(id) === expected.get(id) ? [] : [`${id} is ${now.get(id)}, reported ${expected.get(id)}`]));
}
