// What agents cost now: CPU over the time since a remembered sample, memory of the whole process tree.
import { uptime } from "node:os";
import { type ProcessRow, type ProcessSource, type ProcessTable, processSource, scanProcesses, treeOf } from "../ports/metrics";
import { readSamples, remember, type Sample, sampleOf } from "./samples";

export interface Usage {
  /** Percent of one core; null when no process is left. */
  cpu: number | null;
  /** Resident bytes of all processes, shared pages counted in each; null when no process is left. */
  memory: number | null;
  /** Running processes, zombies not counted. */
  processes: number;
}

// Ticks are 10 ms, so a window of 200 ms tells 5 % steps a process.
const WINDOW_MS = 200;
const OLDEST_MS = 5 * 60_000;

/**
 * The cost of each agent's process trees. CPU is the difference to a sample of FLEET_HOME/samples.json; an agent that no
 * remembered sample covers costs one wait of 200 ms (once for all). `now` in epoch milliseconds. Never throws for the file.
 */
export async function measureUsage(
  home: string,
  roots: ReadonlyMap<string, readonly number[]>,
  now: () => number,
  options: { source?: ProcessSource } = {},
): Promise<Map<string, Usage>> {
  if (roots.size === 0) return new Map();
  const source = options.source ?? processSource();
  const scan = async () => ({ at: now(), table: await scanProcesses({ source, roots: [...roots.values()].flat() }) });
  const remembered = readSamples(home);
  const seen = await scan();
  const usable = remembered
    .filter((sample) => sample.source === source && isUsable(sample, seen.at))
    .map((sample) => compare(sample, seen.table, seen.at));
  const usage = new Map<string, Usage>();
  const uncovered: string[] = [];
  for (const [id, pids] of roots) {
    const tree = treeOf(pids, seen.table);
    const cpu = firstAnswer(usable, (window) => cpuIn(window, tree));
    usage.set(id, weigh(tree, cpu));
    if (cpu === null && tree.length > 0) uncovered.push(id);
  }
  const first = sampleOf(seen.table, seen.at, source);
  if (uncovered.length === 0) {
    remember(home, remembered, first);
    return usage;
  }
  await Bun.sleep(WINDOW_MS);
  const again = await scan();
  const window = compare(first, again.table, again.at);
  for (const id of uncovered) {
    const tree = treeOf(roots.get(id)!, again.table);
    usage.set(id, weigh(tree, cpuIn(window, tree)));
  }
  remember(home, [first, ...remembered], sampleOf(again.table, again.at, source), "at once");
  return usage;
}

function isUsable(sample: Sample, now: number): boolean {
  const age = now - sample.at;
  // A sample from before the machine started counts other processes under the same numbers.
  return age >= WINDOW_MS && age <= OLDEST_MS && age < uptime() * 1000;
}

function firstAnswer<T, A>(items: readonly T[], ask: (item: T) => A | null): A | null {
  for (const item of items) {
    const answer = ask(item);
    if (answer !== null) return answer;
  }
  return null;
}

function weigh(tree: readonly ProcessRow[], cpu: number | null): Usage {
  const running = tree.filter((row) => !row.zombie);
  if (running.length === 0) return { cpu: null, memory: null, processes: 0 };
  return { cpu, memory: running.reduce((sum, row) => sum + row.rss, 0), processes: running.length };
}

// `startedAtMs` is right to about two seconds.
const START_SLACK_MS = 2_000;

/** From a sample to now. */
export interface Window {
  sample: Sample;
  /** Milliseconds. */
  length: number;
  /** Per surviving process: the time that its since vanished descendants had used when the sample was taken. */
  vanished: Map<number, number>;
}

export function compare(sample: Sample, table: ProcessTable, now: number): Window {
  return { sample, length: now - sample.at, vanished: vanishedTime(sample, table) };
}

/**
 * Percent of one core that `tree` used in the window; null when the sample can't tell, because a process is older than it and
 * not in it. Children that came and went in between are counted through the process that waited for them.
 */
export function cpuIn({ sample, length, vanished }: Window, tree: readonly ProcessRow[]): number | null {
  let used = 0;
  for (const row of tree) {
    const old = sample.rows.get(row.pid);
    if (old && old.start === row.start) {
      used += row.cpuMs - old.cpuMs;
      // What a vanished child had used before the sample is in its parent's count now, and is not news.
      used += Math.max(0, row.waitedMs - old.waitedMs - (vanished.get(row.pid) ?? 0));
    } else if (row.startedAtMs !== undefined && row.startedAtMs < sample.at - START_SLACK_MS) {
      return null;
    } else {
      used += row.cpuMs + row.waitedMs;
    }
  }
  const percent = (100 * used) / length;
  if (!Number.isFinite(percent)) return null;
  // A step of the clock between the samples must not show a thousand percent.
  const most = 100 * navigator.hardwareConcurrency;
  return Math.round(10 * Math.min(Math.max(percent, 0), most)) / 10;
}

function vanishedTime(sample: Sample, table: ProcessTable): Map<number, number> {
  const lives = (pid: number) => table.get(pid)?.start === sample.rows.get(pid)?.start;
  const lost = new Map<number, number>();
  for (const [pid, row] of sample.rows) {
    if (lives(pid)) continue;
    let heir = row.ppid;
    for (let steps = 0; sample.rows.has(heir) && !lives(heir) && steps < 100; steps++) heir = sample.rows.get(heir)!.ppid;
    lost.set(heir, (lost.get(heir) ?? 0) + row.cpuMs + row.waitedMs);
  }
  return lost;
}
