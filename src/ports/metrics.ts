// The process table in one pass: who descends from whom, CPU time so far, resident memory. The only file that knows pidusage.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { spawn } from "./spawn";

export interface ProcessRow {
  pid: number;
  ppid: number;
  /** The pid of the session's leader; 0 where the system does not tell. */
  session: number;
  /** Opaque, as process-identity.ts has it for living processes; pid and start together are one process for ever. */
  start: string;
  /** User and system time so far. */
  cpuMs: number;
  /** The same of children that ended and were waited for; 0 where it can't be known. */
  waitedMs: number;
  /** Resident bytes. */
  rss: number;
  /** Ended, not yet waited for. It has no memory, but its CPU time still counts. */
  zombie: boolean;
  /** Milliseconds since the epoch, to about two seconds. */
  startedAtMs?: number;
}

export type ProcessTable = Map<number, ProcessRow>;
export type ProcessSource = "proc" | "ps";

export interface ScanOptions {
  /** Where rows come from; by default /proc where there is one. */
  source?: ProcessSource;
  /** Without /proc, only the trees of these pids are asked for CPU time and memory; the others have 0. */
  roots?: Iterable<number>;
}

/** Where this machine's process table is read from. */
export function processSource(): ProcessSource {
  return existsSync("/proc/self/stat") ? "proc" : "ps";
}

/** One pass over all processes. A process that ends meanwhile is left out; without an answer the table is empty. */
export async function scanProcesses(options: ScanOptions = {}): Promise<ProcessTable> {
  return (options.source ?? processSource()) === "proc" ? scanProc() : await scanPs(options.roots ?? []);
}

/** `roots` that are there and all their descendants; also what a root that leads a session has left behind in it. */
export function treeOf(roots: Iterable<number>, table: ProcessTable): ProcessRow[] {
  const { children, sessions } = kinship(table);
  const found = new Set<ProcessRow>();
  for (const root of roots) {
    const self = table.get(root);
    // A process whose parent ended belongs to init, but stays in its terminal session.
    const queue = [...(self ? [self] : []), ...(sessions.get(root) ?? [])];
    for (let row = queue.pop(); row; row = queue.pop()) {
      if (found.has(row)) continue;
      found.add(row);
      queue.push(...(children.get(row.pid) ?? []));
    }
  }
  return [...found];
}

type Kinship = Record<"children" | "sessions", Map<number, ProcessRow[]>>;
const kinships = new WeakMap<ProcessTable, Kinship>();

/** Who belongs to whom; made once a table, for one table serves fifty agents. */
function kinship(table: ProcessTable): Kinship {
  let kin = kinships.get(table);
  if (kin) return kin;
  kin = { children: new Map(), sessions: new Map() };
  for (const row of table.values()) {
    file(kin.children, row.ppid, row);
    if (row.session !== 0) file(kin.sessions, row.session, row);
  }
  kinships.set(table, kin);
  return kin;
}

function file(groups: Map<number, ProcessRow[]>, key: number, row: ProcessRow): void {
  const group = groups.get(key);
  if (group) group.push(row);
  else groups.set(key, [row]);
}

function scanProc(): ProcessTable {
  const { tickMs, pageBytes } = machineUnits();
  const bootMs = Date.now() - uptimeMs();
  const table: ProcessTable = new Map();
  for (const name of readdirSync("/proc")) {
    const first = name.charCodeAt(0);
    if (first < 49 || first > 57) continue;
    const row = parseProcStat(readStat(name), tickMs, pageBytes, bootMs);
    if (row) table.set(row.pid, row);
  }
  return table;
}

/** One line of /proc/PID/stat (proc(5)); null when it is no such line. The name in field 2 may hold blanks and parentheses. */
export function parseProcStat(stat: string, tickMs: number, pageBytes: number, bootMs: number): ProcessRow | null {
  const end = stat.lastIndexOf(")");
  if (end < 0) return null;
  const f = stat.slice(end + 2).split(" ", 22);
  const start = f[19];
  if (!start) return null;
  const zombie = f[0] === "Z" || f[0] === "X";
  return {
    pid: Number.parseInt(stat, 10),
    ppid: Number(f[1]),
    session: Number(f[3]),
    start,
    cpuMs: (Number(f[11]) + Number(f[12])) * tickMs,
    waitedMs: (Number(f[13]) + Number(f[14])) * tickMs,
    rss: zombie ? 0 : Number(f[21]) * pageBytes,
    zombie,
    startedAtMs: bootMs + Number(start) * tickMs,
  };
}

/** "" when the process has ended. */
function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return "";
  }
}

let units: { tickMs: number; pageBytes: number } | undefined;

/** Clock tick and page size as the kernel hands them to every program (getauxval(3)); 10 ms and 4 KiB where it is silent. */
function machineUnits(): { tickMs: number; pageBytes: number } {
  if (units) return units;
  let [ticks, pageBytes] = [100, 4096];
  try {
    const aux = new BigUint64Array(new Uint8Array(readFileSync("/proc/self/auxv")).buffer);
    for (let i = 0; i + 1 < aux.length; i += 2) {
      if (aux[i] === 6n) pageBytes = Number(aux[i + 1]);
      if (aux[i] === 17n) ticks = Number(aux[i + 1]);
    }
  } catch {
    // Unreadable for a process that may not be traced: the usual values hold.
  }
  return (units = { tickMs: 1000 / ticks, pageBytes });
}

function uptimeMs(): number {
  return Number.parseFloat(readFileSync("/proc/uptime", "latin1")) * 1000;
}

/** The tree from ps, CPU time and memory from pidusage. */
async function scanPs(roots: Iterable<number>): Promise<ProcessTable> {
  const ran = await spawn(["ps", "-axo", "pid=,ppid=,sess=,state=,lstart="], { env: plainEnvironment(), timeout: 5_000 });
  const table = parsePs(ran.stdout);
  const tree = treeOf(roots, table);
  if (tree.length > 0) await addUsage(table, tree.map((row) => row.pid));
  return table;
}

/** Lines of `ps -o pid=,ppid=,sess=,state=,lstart=`, times in UTC. */
export function parsePs(output: string): ProcessTable {
  const table: ProcessTable = new Map();
  for (const line of output.split("\n")) {
    const [pid = "", ppid, session = "", state = "", ...started] = line.trim().split(/\s+/);
    if (!pid || started.length === 0) continue;
    const startedAtMs = Date.parse(`${started.join(" ")} UTC`);
    table.set(Number(pid), {
      pid: Number(pid),
      ppid: Number(ppid),
      // macOS prints a kernel address here, or 0.
      session: /^\d+$/.test(session) ? Number(session) : 0,
      start: started.join("_"),
      cpuMs: 0,
      waitedMs: 0,
      rss: 0,
      zombie: state.startsWith("Z"),
      ...(Number.isNaN(startedAtMs) ? {} : { startedAtMs }),
    });
  }
  return table;
}

async function addUsage(table: ProcessTable, pids: number[]): Promise<void> {
  const { default: pidusage } = await import("pidusage");
  // pidusage reads ps's TIME, whose decimal point is the locale's on macOS; it starts ps before it returns.
  const before = process.env["LC_ALL"];
  process.env["LC_ALL"] = "C";
  // It keeps an open file a process for `maxage` milliseconds, and needs some: at 0 it never ends.
  const asked = pidusage(pids, { maxage: 1_000 });
  if (before === undefined) delete process.env["LC_ALL"];
  else process.env["LC_ALL"] = before;
  // It refuses only when none of the processes is left.
  const usage = await asked.catch((): Awaited<typeof asked> => ({}));
  for (const [pid, stat] of Object.entries(usage)) {
    const row = table.get(Number(pid));
    // Its `cpu` is 0 in a program that asks once; `ctime` is the time so far.
    if (row && stat) Object.assign(row, { cpuMs: stat.ctime, rss: row.zombie ? 0 : stat.memory });
  }
}

/** process-identity.ts asks ps the same way, so that start times compare. */
function plainEnvironment(): Record<string, string | undefined> {
  return { ...process.env, LC_ALL: "C", TZ: "UTC0" };
}
