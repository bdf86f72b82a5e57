// `fleet list` beside a compiled hello and one list-panes, with more and more agents on the server.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Unit } from "./rounds";
import type { Stand, TestRepo } from "./stand";
import { backgroundDone, until } from "./stand";
import { sum, time } from "./time";

/** Make agents until there are `count`: trees of four processes; every other one has a commit and an uncommitted file. */
export async function makeAgents(stand: Stand, repo: TestRepo, fleet: string, count: number): Promise<void> {
  const there = () => stand.tmux("list-sessions", "-F", "#{@fleet_status}").split("\n").filter((status) => status !== "");
  for (let n = there().length; n < count; n++) {
    const made = JSON.parse(time([fleet, "create", `agent-${n}`, "-a", "tree", "-d", "--json"], repo).stdout) as { worktree: string };
    if (n % 2 === 0) continue;
    const at = { cwd: made.worktree, env: stand.env };
    writeFileSync(join(made.worktree, "committed.txt"), "one\ntwo\n");
    time(["git", "add", "-A"], at);
    time(["git", "commit", "-q", "-m", "Work"], at);
    writeFileSync(join(made.worktree, "loose.txt"), "three\n");
  }
  await until("all agents run", () => there().filter((status) => status !== "starting").length >= count);
}

/** Units at one number of agents. The git cache is warm: changes were measured a moment ago, counts are known. */
export function listUnits(repo: TestRepo, fleet: string, hello: string, count: number): Unit[] {
  const floor: Unit = (note) => note(`hello + list-panes (${count})`, sum([time([hello], repo), time(["tmux", "list-panes", "-a"], repo)]));
  const list: Unit = (note) => {
    time([fleet, "refresh"], repo);
    note(`list (${count})`, time([fleet, "list"], repo));
  };
  return [floor, list];
}

/** A list whose changes are all to be measured again: held to its deadline, never to a multiple of a floor. */
export function coldListUnit(stand: Stand, repo: TestRepo, fleet: string, count: number): Unit {
  return async (note) => {
    await backgroundDone(fleet);
    Bun.spawnSync(["rm", "-f", join(stand.fleetHome, "cache", "git.json")]);
    note(`list, git cache cold (${count})`, time([fleet, "list"], repo));
  };
}
