// Agents for tests of kill and undo: stopped ones, where their work is, and what of kills and undos lies about.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentRecord } from "../../src/base/model";
import { leftovers } from "./leftovers";
import type { Place } from "./place";
import { openTestRepo } from "./repo";

export interface StoppedAgent {
  id: string;
  worktree: string;
  git(...args: string[]): Promise<string>;
  write(path: string, text: string): void;
}

/** An agent that has stopped, so that nothing but the test writes into its worktree. */
export async function stoppedAgent(place: Place, branch: string, ...words: string[]): Promise<StoppedAgent> {
  await place.ok(["create", branch, "-a", "demo", "-d", ...words]);
  await place.ok(["stop", branch]);
  const { id, worktree } = await place.agent(branch);
  const checkout = openTestRepo(place.server, worktree);
  return { id, worktree, git: checkout.git, write: checkout.write };
}

/** Change what state.json says of an agent (null: forget it): what a broken file, or somebody's hand, may have made of it. */
export function rewriteRecord(place: Place, id: string, change: Partial<AgentRecord> | null): void {
  const file = join(place.server.fleetHome, "state.json");
  const state = JSON.parse(readFileSync(file, "utf8")) as { agents: Record<string, AgentRecord> };
  if (change === null) delete state.agents[id];
  else Object.assign(state.agents[id]!, change);
  writeFileSync(file, JSON.stringify(state));
}

const names = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** The leftovers of every command, and of the trash what no entry tells of. */
export async function allLeftovers(place: Place): Promise<string[]> {
  const home = place.server.fleetHome;
  const known = new Set(names(join(home, "trash")).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5)));
  const folders = [join(home, "worktrees/.trash"), join(place.repo.path, ".git/fleet-trash"), join(home, "trash")];
  const strays = folders.flatMap((folder) => names(folder).filter((name) => !known.has(name.replace(/\.json$/, ""))).map((name) => join(folder, name)));
  const refs = (await place.repo.git("for-each-ref", "--format=%(refname)", "refs/fleet/")).split("\n").filter((ref) => ref && !known.has(ref.split("/").at(-1)!));
  // The purge that a kill leaves in the background is at work, or takes its lock along when it ends.
  const others = (await leftovers(place)).filter((path) => !path.includes("/.trash/") && !path.includes("/locks/purge."));
  return [...others, ...strays, ...refs];
}

/** Where `work.txt` of the agent is, with exactly this text: worktree, trash, ref. Empty: it is lost. */
export async function workIn(place: Place, { id, worktree }: { id: string; worktree: string }, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const [where, file] of [["worktree", join(worktree, "work.txt")], ["trash", join(place.server.fleetHome, "worktrees/.trash", id, "tree/work.txt")]] as const) {
    if (existsSync(file) && readFileSync(file, "utf8") === text) found.push(where);
  }
  if ((await place.repo.git("show", `refs/fleet/trash/${id}:worktree/work.txt`).catch(() => "")) === text.trimEnd()) found.push("ref");
  return found;
}

/** The step at which an operation was cut off: "kill save"; "none" when nothing is half done. */
export function unfinishedStep(place: Place): string {
  const folder = join(place.server.fleetHome, "journal");
  const entries = names(folder).filter((name) => name.endsWith(".json")).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as { operation: string; step: string });
  return entries[0] ? `${entries[0].operation} ${entries[0].step}` : "none";
}
