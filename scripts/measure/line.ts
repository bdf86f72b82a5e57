// What fleet costs in the status line while nothing happens: processes that the tmux server starts, and its share of a core.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeAgents } from "./list";
import { type Row, valueRow } from "./report";
import { makeRepo, makeStand, type Stand, until } from "./stand";
import { time } from "./time";

const CLIENTS = [1, 3];
const COUNTS = "#{E:@fleet_seg_counts}";
const FIGURES = `${COUNTS} #{E:@fleet_seg_cpu} #{E:@fleet_seg_mem}`;
const MOST = { idle: 0.2, figures: 1 };
/** Time for what an attach, or a first look, brings. */
const SETTLE_MS = 6_000;

export interface LineOptions {
  root: string;
  fleet: string;
  counts: readonly number[];
  /** How long each figure is taken for. */
  seconds: number;
  say(text: string): void;
}

/** Rows for each number of agents; those without figures of CPU and memory at once, for they are idle. */
export async function lineRows(options: LineOptions, stands: Stand[]): Promise<Row[]> {
  const { root, counts, say } = options;
  const traced = Bun.which("strace") !== null;
  if (!traced) say("no strace: processes that the server starts are not counted");
  const lines: Line[] = [];
  for (const count of counts) {
    const stand = makeStand(root, `line-${count}`);
    stands.push(stand);
    const outer = makeStand(root, `outer-${count}`);
    stands.push(outer);
    lines.push(await makeLine(options, stand, outer, count));
  }
  const rows: Row[] = [];
  for (const clients of CLIENTS) {
    for (const where of ["elsewhere", "at an agent"] as const) {
      say(`an idle line with counts, ${clients} client${clients > 1 ? "s" : ""}, ${where}`);
      rows.push(...(await Promise.all(lines.map((line) => idleRows(options, line, clients, where, traced)))).flat());
    }
  }
  for (const line of lines) {
    for (const clients of CLIENTS) {
      say(`a line with CPU and memory every 5 s, ${line.count} agents, ${clients} client${clients > 1 ? "s" : ""}`);
      rows.push(await figureRow(options, line, clients));
    }
    line.stand.close();
  }
  return rows;
}

interface Line {
  stand: Stand;
  outer: Stand;
  count: number;
  pid: number;
}

async function makeLine({ root, fleet }: LineOptions, stand: Stand, outer: Stand, count: number): Promise<Line> {
  const repo = makeRepo(stand, join(root, `line-${count}`, "repo"), 4);
  await makeAgents(stand, repo, fleet, count);
  // As fleet.tmux puts it there.
  time(["sh", "-c", `"$1" plugin | tmux -u source-file -`, "sh", fleet], repo);
  stand.tmux("set-option", "-g", "status-right-length", "200");
  return { stand, outer, count, pid: Number(stand.tmux("display-message", "-p", "#{pid}")) };
}

/** Terminals on the server: panes of another one. */
async function attach({ stand, outer, count }: Line, clients: number, where: "elsewhere" | "at an agent"): Promise<() => void> {
  const sessions = stand.tmux("list-sessions", "-f", "#{!=:#{@fleet_id},}", "-F", "#{session_id}").split("\n");
  const socket = stand.tmux("display-message", "-p", "#{socket_path}");
  for (let i = 0; i < clients; i++) {
    const target = where === "at an agent" ? sessions[i % count]! : "=main";
    outer.tmux("new-session", "-d", "-s", `c${i}`, "-x", "160", "-y", "48", "env", "-u", "TMUX", "-u", "TMUX_PANE", "tmux", "-u", "-S", socket, "attach-session", "-t", target);
  }
  const attached = () => stand.tmux("list-clients", "-F", "x").split("\n").filter(Boolean).length;
  await until("the terminals are attached", () => attached() === clients);
  await Bun.sleep(SETTLE_MS);
  return () => {
    for (let i = 0; i < clients; i++) outer.tmux("kill-session", "-t", `=c${i}`);
  };
}

async function idleRows({ seconds }: LineOptions, line: Line, clients: number, where: "elsewhere" | "at an agent", traced: boolean): Promise<Row[]> {
  line.stand.tmux("set-option", "-g", "status-right", COUNTS);
  const detach = await attach(line, clients, where);
  const name = `idle, counts, ${line.count} agents, ${clients} client${clients > 1 ? "s" : ""} ${where}`;
  const rows = [valueRow(name, "share", await shareOf(line.pid, seconds), MOST.idle)];
  if (traced) rows.push(valueRow(name, "started", await startedBy(line.pid, seconds), 0));
  // A program that reports nothing is unknown.
  shows(line, new RegExp(`\\? ${line.count}`));
  detach();
  await until("the terminals are gone", () => line.stand.tmux("list-clients", "-F", "x") === "");
  return rows;
}

async function figureRow({ seconds }: LineOptions, line: Line, clients: number): Promise<Row> {
  line.stand.tmux("set-option", "-g", "status-right", FIGURES, ";", "set-option", "-g", "status-interval", "5");
  const detach = await attach(line, clients, "elsewhere");
  const row = valueRow(`CPU and memory every 5 s, ${line.count} agents, ${clients} client${clients > 1 ? "s" : ""}`, "share", await shareOf(line.pid, seconds), MOST.figures);
  shows(line, /cpu \d+% mem \d/);
  detach();
  return row;
}

/** What is measured must be on the screen. */
function shows({ outer }: Line, pattern: RegExp): void {
  const screen = outer.tmux("capture-pane", "-p", "-t", "=c0:");
  if (!pattern.test(screen)) throw new Error(`the line shows no ${pattern}\n${screen}`);
}

/** Percent of one core that the server took, and what it started and has waited for. */
async function shareOf(pid: number, seconds: number): Promise<number> {
  const began = [usedMs(pid), performance.now()] as const;
  await Bun.sleep(seconds * 1000);
  return (100 * (usedMs(pid) - began[0])) / (performance.now() - began[1]);
}

/** The server itself to the nanosecond where Linux tells, its children in ticks of 10 ms. */
function usedMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 15).map(Number);
  const exact = existsSync(`/proc/${pid}/schedstat`) ? Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[0]) / 1e6 : (user + system) * 10;
  return exact + (childUser + childSystem) * 10;
}

/** How many processes the server starts meanwhile. */
async function startedBy(pid: number, seconds: number): Promise<number> {
  const file = `/tmp/fl-bench-trace.${process.pid}.${pid}`;
  const trace = Bun.spawn(["strace", "-f", "-qq", "-e", "trace=execve,fork,vfork,clone,clone3", "-o", file, "-p", String(pid)], { stdio: ["ignore", "ignore", "ignore"] });
  await Bun.sleep(seconds * 1000);
  if (trace.exitCode !== null) throw new Error(`strace ended with ${trace.exitCode}: it may not trace the server`);
  trace.kill("SIGINT");
  await trace.exited;
  const lines = readFileSync(file, "utf8").split("\n").filter((line) => /\b(execve|v?fork|clone3?)\(/.test(line)).length;
  rmSync(file);
  return lines;
}
