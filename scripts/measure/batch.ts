// `fleet fanout` beside the same worktrees and sessions made by hand, one after another as git's lock wants it.
import { join } from "node:path";
import type { Unit } from "./rounds";
import { scrub, type Stand, type TestRepo, until } from "./stand";
import { sum, time, type Words } from "./time";

export interface BatchOptions {
  stand: Stand;
  repo: TestRepo;
  fleet: string;
  /** How many agents. */
  count: number;
  /** The end of each name. */
  size: string;
}

const PROMPT = "work 600";
const SLEEP: Words = ["sleep", "100000"];
let serial = 0;

/** Agents whose program is there (`sleep`), and demo agents until each is seen at work, with the same by hand. */
export function batchUnits(options: BatchOptions): Unit[] {
  const { fleet } = options;
  return [
    byFleet(options, "sleep", ["-d"]),
    byHand(options, "sleep", SLEEP),
    byFleet(options, "demo", []),
    byHand(options, "demo", [fleet, "demo-agent", "--", PROMPT]),
  ];
}

/** A fanout whose time is that of its checkouts, and these alone: four workers each, as fleet has them. */
export function largeBatchUnits(options: BatchOptions): Unit[] {
  return [
    byFleet(options, "sleep", ["-d"]),
    (note) => {
      const name = nextName();
      note(`${options.count} checkouts (${options.size})`, sum(names(name, options.count).map((branch) => add(options, branch, ["-c", "checkout.workers=4"]))));
      scrub(options.stand, options.repo);
    },
  ];
}

/** Bring the number of agents to `count`, whose programs sleep, and list them: a unit for each number, one after another. */
export async function growTo({ stand, repo, fleet }: Omit<BatchOptions, "count" | "size">, count: number): Promise<Unit> {
  const there = () => stand.tmux("list-sessions", "-f", "#{!=:#{@fleet_id},}", "-F", "#{@fleet_status}").split("\n").filter((status) => status !== "" && status !== "starting").length;
  time([fleet, "fanout", String(count - there()), nextName(), "-a", "sleep", "-p", PROMPT, "--yes", "-d"], repo);
  await until(`${count} agents run`, () => there() === count, 60);
  return (note) => {
    time([fleet, "refresh"], repo);
    note(`list of many (${count})`, time([fleet, "list"], repo));
  };
}

function nextName(): string {
  return `fan-${++serial}`;
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);
}

function byFleet({ stand, repo, fleet, count, size }: BatchOptions, kind: string, flags: readonly string[]): Unit {
  return (note) => {
    note(`fanout ${count} ${kind} (${size})`, time([fleet, "fanout", String(count), nextName(), "-a", kind, "-p", PROMPT, "--yes", ...flags], repo));
    const there = stand.tmux("list-sessions", "-f", "#{!=:#{@fleet_id},}", "-F", "#{@fleet_status}").split("\n").length;
    if (there !== count) throw new Error(`${there} of ${count} agents have a session`);
    scrub(stand, repo);
  };
}

function byHand(options: BatchOptions, kind: string, program: Words): Unit {
  const { stand, repo, count, size } = options;
  return (note) => {
    const made = names(nextName(), count).flatMap((branch) => [
      add(options, branch, []),
      time(["tmux", "new-session", "-d", "-s", branch, "-c", pathOf(stand, branch), "--", ...program], repo),
    ]);
    note(`${count} × worktree add + new-session, ${kind} (${size})`, sum(made));
    scrub(stand, repo);
  };
}

function add({ stand, repo }: BatchOptions, branch: string, flags: readonly string[]) {
  return time(["git", ...flags, "worktree", "add", "--quiet", "-b", branch, pathOf(stand, branch), "main"], repo);
}

function pathOf(stand: Stand, branch: string): string {
  return join(stand.fleetHome, "worktrees", "by-hand", branch);
}
